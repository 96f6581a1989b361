"""The body of real news pages, and the date of real pages, beside plainer readers of HTML."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import numpy as np
from htmldate import find_date
from trafilatura import baseline

from eval.corpus import CORPUS, read_html, read_truth
from eval.score import Measurement, estimate, mean_f1, share
from ingest.charset import decode_text
from ingest.dates import Candidate, choose
from ingest.page import Article, NotAnArticleError, extract_html

_CUTOFF = datetime.combine(date(2026, 11, 22), time())
_ZONE = ZoneInfo("UTC")
_TOKEN = re.compile(r"\w+")
_SHINGLE = 4


def measure_bodies() -> Iterator[Measurement]:
    """F1 over shingles of four words: mean precision and mean recall of the pages."""
    truth = read_truth("pages")
    ours, plain = [], []
    for key, page in truth.items():
        html = decode_text(read_html(CORPUS / "pages" / "html" / f"{key}.html.gz"), "")
        article = _article(html, page["url"])
        ours.append(_overlap(article.text if article else "", page["text"]))
        plain.append(_overlap(baseline(html)[1], page["text"]))
    yield Measurement(
        "body/pages",
        "article body",
        "181 news pages",
        "F1",
        len(truth),
        estimate(np.array(ours, dtype=np.float64), mean_f1),
        estimate(np.array(plain, dtype=np.float64), mean_f1),
        "paragraphs of the page",
    )


def measure_dates() -> Iterator[Measurement]:
    """The share of pages whose day is right; no answer is not right."""
    truth = read_truth("dates")
    ours, plain, sound = [], [], []
    for url, page in truth.items():
        html = decode_text(read_html(CORPUS / "dates" / "html" / page["file"]), "")
        chosen = _date(html, url)
        day = chosen.moment.day_in(_ZONE) if chosen else None
        ours.append([day is not None and day.isoformat() == page["date"]])
        if chosen:
            sound.append([chosen.moment.value <= _CUTOFF])
        found = find_date(html, url=url, original_date=True, extensive_search=True)
        plain.append([found == page["date"]])
    yield Measurement(
        "date/dates",
        "publication date",
        "300 pages",
        "right",
        len(truth),
        estimate(np.array(ours, dtype=np.float64), share),
        estimate(np.array(plain, dtype=np.float64), share),
        "htmldate",
    )
    yield Measurement(
        "date/not-future",
        "publication date",
        "those dated of the 300 pages",
        "not in the future",
        len(sound),
        estimate(np.array(sound, dtype=np.float64), share),
    )


def _article(html: str, url: str) -> Article | None:
    try:
        return extract_html(html, url, _ZONE.key, _CUTOFF)
    except NotAnArticleError:
        return None


def _date(html: str, url: str) -> Candidate | None:
    """The date chosen; also of a page whose text is too short for an article."""
    try:
        candidates = extract_html(html, url, _ZONE.key, _CUTOFF).candidates
    except NotAnArticleError as refusal:
        candidates = refusal.candidates
    return choose(candidates, _CUTOFF, _ZONE)


def _overlap(found: str, truth: str) -> tuple[int, int, int]:
    """Shared, superfluous and missing shingles, repetitions counted."""
    one, other = _shingles(found), _shingles(truth)
    shared = (one & other).total()
    return shared, one.total() - shared, other.total() - shared


def _shingles(text: str) -> Counter[tuple[str, ...]]:
    words = _TOKEN.findall(text)
    length = min(_SHINGLE, len(words))
    return Counter(tuple(words[start : start + length]) for start in range(len(words) - length + 1))
