"""The sample newsroom: every URL ends as its authors meant it to."""

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml

from core.config import PROJECT_ROOT
from core.home import Home
from core.landed import read_landed
from ingest.urls import canonical_url
from tests.ingest.test_collect import collect, ends


@pytest.mark.usefixtures("sample_site")
def test_the_sample_edition_is_what_it_was_written_to_be(home: Home) -> None:
    expected: dict[str, dict[str, Any]] = {
        canonical_url(url): page
        for url, page in yaml.safe_load((PROJECT_ROOT / "samples" / "expected.yml").read_text())[
            "urls"
        ].items()
    }
    run = collect(PROJECT_ROOT / "config" / "sources.yml")
    ends(run)
    settled = dict(read_landed(run.landing, "disposition").select("url", "status").rows())
    assert settled == {url: page["disposition"] for url, page in expected.items()}
    for article in read_landed(run.landing, "article").iter_rows(named=True):
        page = expected[article["url"]]
        assert article["published_day"] == page["published_day"], article["url"]
        if "published_at" in page:
            wanted = page["published_at"]
            assert isinstance(wanted, datetime)
            assert article["published_at"] == wanted.astimezone(UTC).replace(tzinfo=None)
        if "agency" in page.get("note", ""):
            assert article["origin"] == "agency"
