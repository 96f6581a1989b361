"""Dates: read as written, never shifted without a time, chosen with reason."""

import gzip
import json
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from trafilatura import load_html

from ingest.dates import ORDER, Candidate, Moment, choose, page_candidates, parse_date
from ingest.jsonld import article_of
from ingest.page import NotAnArticleError, extract_page

LONDON = ZoneInfo("Europe/London")
CUTOFF = datetime(2026, 10, 16, 5)
MOMENTS = st.datetimes(datetime(1985, 1, 1), datetime(2035, 1, 1)).map(
    lambda moment: moment.replace(microsecond=0)
)


@pytest.mark.parametrize(
    ("text", "value", "precision"),
    [
        ("2026-10-15T09:30:00Z", datetime(2026, 10, 15, 9, 30), "second"),
        ("2026-10-15T09:30:00.123+02:00", datetime(2026, 10, 15, 7, 30), "second"),
        ("2026-10-15T09:30", datetime(2026, 10, 15, 8, 30), "minute"),  # the outlet's own time
        ("2026-10-15 09:30:00", datetime(2026, 10, 15, 8, 30), "second"),
        ("20261015T093000Z", datetime(2026, 10, 15, 9, 30), "second"),
        ("2026-10-15", datetime(2026, 10, 15), "day"),
        ("20261015", datetime(2026, 10, 15), "day"),
        ("2026-10-15T00:00:00-05:00", datetime(2026, 10, 15), "day"),
        ("2026/10/15", datetime(2026, 10, 15), "day"),
        ("2017/2/7", datetime(2017, 2, 7), "day"),
        ("2026.10.15 09:30:00Z", datetime(2026, 10, 15, 9, 30), "second"),
        ("2026-10", datetime(2026, 10, 1), "month"),
        ("2026", datetime(2026, 1, 1), "year"),
        ("1792056600", datetime(2026, 10, 15, 9, 30), "second"),
        ("1792056600000", datetime(2026, 10, 15, 9, 30), "second"),
        ("Thu, 15 Oct 2026 09:30:00 GMT", datetime(2026, 10, 15, 9, 30), "second"),
        ("Thu, 15 Oct 2026 09:30 EST", datetime(2026, 10, 15, 14, 30), "minute"),
        ("October 15th, 2026", datetime(2026, 10, 15), "day"),
        ("Published 15 Oct. 2026", datetime(2026, 10, 15), "day"),
        ("Samstag, 3. Dezember 2011", datetime(2011, 12, 3), "day"),
        ("le 1er août 2024", datetime(2024, 8, 1), "day"),
        ("3 de diciembre de 2011", datetime(2011, 12, 3), "day"),
        ("Di., 25.01.2022 - 14:45", datetime(2022, 1, 25, 14, 45), "minute"),
        ("15.10.2026", datetime(2026, 10, 15), "day"),
        ("10/15/2026", datetime(2026, 10, 15), "day"),
        ("15/10/2026", datetime(2026, 10, 15), "day"),
    ],
)
def test_notations(text: str, value: datetime, precision: str) -> None:
    assert parse_date(text, LONDON) == Moment(value, precision)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-13-01",
        "2026-02-30",
        "2026/15/10",
        "2026/10.15",
        "12345",
        "31 Foo 2026",
        "10/11/2026",
        "31.02.2026",
    ],
)
def test_what_is_no_date(text: str) -> None:
    assert parse_date(text, LONDON) is None


@given(MOMENTS)
def test_iso_and_rfc822_agree(moment: datetime) -> None:
    aware = moment.replace(tzinfo=UTC)
    assert parse_date(aware.isoformat(), LONDON) == parse_date(format_datetime(aware), LONDON)


@given(
    st.dates(date(1981, 1, 1), date(2034, 1, 1)), st.sampled_from(["Asia/Tokyo", "America/Lima"])
)
def test_a_day_without_a_time_is_never_shifted(day: date, zone: str) -> None:
    moment = parse_date(day.isoformat(), ZoneInfo(zone))
    assert moment is not None
    assert moment.day_in(ZoneInfo(zone)) == day


@given(st.text(max_size=60))
def test_no_text_makes_it_fail(text: str) -> None:
    parse_date(text, LONDON)


def test_the_day_is_the_outlets_own() -> None:
    moment = Moment(datetime(2026, 10, 15, 23, 30), "second")
    assert moment.day_in(ZoneInfo("UTC")) == date(2026, 10, 15)
    assert moment.day_in(LONDON) == date(2026, 10, 16)
    assert Moment(datetime(2026, 10, 1), "month").day_in(LONDON) is None
    assert Moment(datetime(2024, 2, 1), "month").last_possible_day() == date(2024, 2, 29)
    assert Moment(datetime(2024, 1, 1), "year").last_possible_day() == date(2024, 12, 31)


@given(
    st.lists(
        st.builds(
            Candidate,
            st.sampled_from(ORDER),
            st.builds(Moment, MOMENTS, st.sampled_from(["second", "day"])),
        )
    )
)
def test_the_chosen_date_is_a_candidate_and_never_in_the_future(found: list[Candidate]) -> None:
    chosen = choose(found, CUTOFF)
    sound = [one for one in found if one.moment.value <= CUTOFF + timedelta(days=1)]
    assert (chosen is None) == (not sound)
    assert chosen is None or chosen in sound


def test_a_time_of_the_same_day_refines_a_day() -> None:
    day = Candidate("url", Moment(datetime(2026, 10, 15), "day"))
    timed = Candidate("time", Moment(datetime(2026, 10, 15, 9, 30), "minute"))
    other = Candidate("time", Moment(datetime(2026, 10, 12, 9, 30), "minute"))
    assert choose([day, other, timed], CUTOFF) == timed
    assert choose([day, other], CUTOFF) == day


def _candidate(method: str, value: datetime, precision: str = "second") -> Candidate:
    return Candidate(method, Moment(value, precision))


def test_two_that_agree_outvote_one_that_stands_alone() -> None:
    alone = _candidate("json_ld", datetime(2026, 10, 3, 10))
    meta = _candidate("meta", datetime(2026, 10, 6, 14))
    time = _candidate("time", datetime(2026, 10, 6), "day")
    assert choose([alone, meta, time], CUTOFF) == meta
    assert choose([alone, meta], CUTOFF) == alone
    # Microdata on a <time> element are one voice, changes and guesses are none.
    itemprop = _candidate("itemprop", datetime(2026, 10, 6), "day")
    assert choose([alone, itemprop, time], CUTOFF) == alone
    changed = _candidate("meta_modified", datetime(2026, 10, 6))
    fed = _candidate("feed", datetime(2026, 10, 6))
    assert choose([alone, meta, changed, fed], CUTOFF) == alone


def test_the_day_that_a_page_shows_settles_the_timezone() -> None:
    late = _candidate("json_ld", datetime(2026, 10, 1, 23, 1))
    shown = _candidate("url", datetime(2026, 10, 2), "day")
    assert choose([late, shown], CUTOFF) == shown
    assert choose([late, shown], CUTOFF, ZoneInfo("Europe/Rome")) == late
    far = _candidate("url", datetime(2026, 10, 5), "day")
    assert choose([late, far], CUTOFF) == late


def test_a_guess_outside_the_month_of_the_address_is_not_believed() -> None:
    month = _candidate("url_month", datetime(2026, 9, 1), "month")
    guess = _candidate("htmldate", datetime(2024, 6, 1), "day")
    inside = _candidate("time", datetime(2026, 9, 30), "day")
    assert choose([guess, month], CUTOFF) == month
    assert choose([guess, month, inside], CUTOFF) == inside


@pytest.mark.parametrize(
    ("shown", "day"),
    [
        ("<p>Written: 2026-10-07 15:03:30 / Updated: 2026-10-08</p>", date(2026, 10, 7)),
        ("<b>Datum:</b> <i>08.10.2026</i>", date(2026, 10, 8)),
        ("<p>Posted on Saturday, October 3rd, 2026 by us</p>", date(2026, 10, 3)),
        ("<p>Dieser Beitrag wurde am Samstag, 3. Oktober 2026 verfasst</p>", date(2026, 10, 3)),
        ("<p>Publié le 4 octobre 2026</p>", date(2026, 10, 4)),
        ("<p>Updated: 2026-10-08</p><script>var x = 'Posted on 2026-10-01'</script>", None),
    ],
)
def test_a_date_shown_behind_its_label(shown: str, day: date | None) -> None:
    found = page_candidates(load_html(f"<html><body>{shown}</body></html>"), {}, "", LONDON)
    assert [(one.method, one.moment.day_in(LONDON)) for one in found] == (
        [("shown", day)] if day else []
    )


def test_every_kind_of_candidate_is_found() -> None:
    tree = load_html(
        """<html><head><script type="application/ld+json">{"@graph": [{"@type": "WebSite"},
        {"@type": "NewsArticle", "datePublished": "2026-10-01T10:00:00Z",
        "dateModified": "2026-10-02T10:00:00Z"}]}</script>
        <meta property="article:published_time" content="2026-10-03T10:00:00Z">
        <meta name="lastmod" content="2026-10-04"></head><body>
        <span itemprop="datePublished" content="2026-10-05"></span>
        <time datetime="2026-10-06T08:00">6 October</time><p>Text</p></body></html>"""
    )
    found = page_candidates(tree, article_of(tree), "https://a.test/2026/10/07/x", LONDON)
    assert [one.method for one in found] == [
        "json_ld", "json_ld_modified", "meta", "meta_modified", "itemprop", "time", "url",
    ]  # fmt: skip


def test_dates_of_real_pages(corpus: Path) -> None:
    """A sample of the labelled pages; the whole set is measured by `make eval`."""
    truth = json.loads((corpus / "dates" / "truth.json").read_bytes())
    sample = sorted(truth.items())[::6]
    right = 0
    for url, expected in sample:
        body = gzip.decompress((corpus / "dates" / "html" / expected["file"]).read_bytes())
        try:
            found = extract_page(body, {}, url, "Europe/Berlin", CUTOFF).candidates
        except NotAnArticleError:
            continue
        chosen = choose(found, CUTOFF)
        right += chosen is not None and chosen.moment.value.date().isoformat() == expected["date"]
    assert right >= 0.85 * len(sample)
