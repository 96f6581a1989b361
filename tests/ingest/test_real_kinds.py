"""Genre, origin and truncation of real pages whose labels a person read."""

import gzip
import json
from datetime import datetime
from pathlib import Path

import pytest

from ingest.page import extract_page

# By the beginning of the page's key: (genre, origin, cut short).
LABELS = {
    "042bb7b5feda": ("review", "own", True),
    "04a6711caa7c": ("opinion", "own", False),
    "05844573ca7e": ("news", "agency", False),
    "1f765c487806": ("opinion", "own", False),
    "5a822960e9a2": ("news", "agency", False),
    "5f9c5ed5d64d": ("news", "agency", False),
    "63db31a161b3": ("review", "own", False),
    "7ab16ade3238": ("opinion", "own", True),
    "8634d1211c3f": ("opinion", "own", False),
    "c467d507551a": ("news", "agency", False),
    "f5c90a6d5253": ("opinion", "own", False),
    # quotes an agency, names one in its credits, or lies behind a meter that let it all through
    "d48aeb9cf2f2": ("news", "own", True),
    "57e2e98887a1": ("press_release", "press_release", False),
    "fde930b01859": ("news", "own", False),
}


@pytest.mark.parametrize("start", LABELS)
def test_a_page_is_what_a_person_says_it_is(corpus: Path, start: str) -> None:
    truth = json.loads((corpus / "pages" / "truth.json").read_bytes())
    key = next(one for one in truth if one.startswith(start))
    body = gzip.decompress((corpus / "pages" / "html" / f"{key}.html.gz").read_bytes())
    headers = {"content-type": "text/html"}
    article = extract_page(body, headers, truth[key]["url"], "UTC", datetime(2026, 10, 16, 5))
    assert (article.genre, article.origin, article.is_truncated) == LABELS[start]
