"""Dates: read from what publishers write, every candidate kept, one of them chosen.

A date that names no time is a calendar day and is never shifted by a timezone; a time without
an offset is the outlet's own.
"""

import calendar
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_tz
from typing import Any, cast
from zoneinfo import ZoneInfo

from lxml.etree import XPath
from lxml.html import HtmlElement

from ingest.jsonld import text_of

EARLIEST = date(1980, 1, 1)
UTC_ZONE = ZoneInfo("UTC")

_ISO = re.compile(
    r"""^\s*(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})
        (?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*
           (Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?\b)?)?)?""",
    re.VERBOSE | re.IGNORECASE,
)
_YEAR_FIRST = re.compile(r"^(\d{4})([/.])(\d{1,2})\2(\d{1,2})(?!\d)")
_COMPACT = re.compile(r"^\s*(\d{4})(\d{2})(\d{2})(?:T?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{4})?)?\s*$")
_EPOCH = re.compile(r"^\s*(1?\d{9})(?:\d{3})?\s*$")
_WORDS = re.compile(
    r"""\b(?:(?P<m1>[^\W\d_]{3,10})\.?\s+(?P<d1>\d{1,2})(?:st|nd|rd|th)?,?
         |(?P<d2>\d{1,2})(?:st|nd|rd|th|er|º)?\.?\s+(?:de\s+)?(?P<m2>[^\W\d_]{3,10})\.?,?(?:\s+de)?)
        \s+(?P<y>\d{4})\b""",
    re.VERBOSE,
)
# How the names of each month begin in English, German, French, Spanish, Italian, Portuguese, Dutch.
_MONTHS = {
    start: number
    for number, starts in enumerate(
        (
            "jan gen ene", "feb fév fev", "mar mär mrt", "apr avr abr", "may mai mag mei",
            "jun juin giu", "jul juil lug", "aug aoû ago", "sep set", "oct okt ott out",
            "nov", "dec dez déc dic",
        ),
        1,
    )
    for start in starts.split()
}  # fmt: skip
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(\d{1,2})([./])(\d{1,2})\2(\d{4})(?!\d)(?:[\s,–-]{1,4}(\d{1,2}):(\d{2})(?!\d))?"
)
_IN_URL = re.compile(
    r"[/_-](19[89]\d|20\d\d)[/_-]?(0[1-9]|1[0-2])[/_-]?(0[1-9]|[12]\d|3[01])(?!\d)"
)
_MONTH_IN_URL = re.compile(r"/(19[89]\d|20\d\d)/(0[1-9]|1[0-2])/")

# Meta names and properties of the first publication, and of changes, in lower case.
_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "parsely-pub-date", "sailthru.date", "pubdate", "publishdate", "publish-date",
    "publish_date", "publication_date", "date.published", "dc.date.issued", "dcterms.issued",
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "article.published",
    "published_date", "displaydate", "ptime", "originalpublicationdate", "bt:pubdate",
    "article_date_original", "cxenseparse:recs:publishtime", "rnews:datepublished",
    "citation_publication_date", "citation_date", "pdate", "date",
)  # fmt: skip
_MODIFIED_META = (
    "article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified",
    "dcterms.modified", "revised",
)  # fmt: skip

# What stands before the date of publication that a page shows its readers.
_LABELLED = re.compile(
    r"""(?:\b(?:[Pp]ublished|[Pp]osted|[Ww]ritten|[Cc]reated|[Rr]eleased|[Dd]ate|[Dd]atum
            |[Vv]eröffentlicht|[Ee]rschienen|[Ee]rstellt|[Pp]ublié|[Pp]ublicado|[Pp]ubblicato
            |[Gg]epubliceerd|[Gg]eplaatst)(?:\s+(?:on|am|le|el|il|em|op))?\s*:?
         |(?:Beitrag|Artikel|Eintrag)\s+wurde\s(?:vor\s+)?(?:am)?)
        [\s,]*(?:[^\W\d_]{2,10}[.,]+\s+)?
        (\d{4}-\d\d-\d\d(?:[\sT]+\d\d:\d\d(?::\d\d)?)?
         |\d{1,2}[./]\d{1,2}[./]\d{4}(?:[\s,–-]{1,4}\d{1,2}:\d{2})?
         |\d{1,2}\.?\s+(?:de\s+)?[^\W\d_]{3,10}\.?\s+(?:de\s+)?\d{4}
         |[^\W\d_]{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?\s+\d{4})""",
    re.VERBOSE,
)
_SHOWN = XPath(
    ".//text()[not(parent::script or parent::style or parent::noscript)]",
    smart_strings=False,
)

# Which method is believed first.
ORDER = (
    "record", "json_ld", "meta", "itemprop", "feed", "sitemap", "url", "shown", "htmldate", "time",
    "url_month", "json_ld_modified", "meta_modified",
)  # fmt: skip
# Methods that name the first publication on the page itself; two of them outvote a third.
_VOTERS = frozenset({"json_ld", "meta", "itemprop", "url", "shown", "time"})
# Methods that declare a date; a page with one of them is not searched for what it shows.
_DECLARED = frozenset({"json_ld", "meta", "itemprop"})
# Guesses, which must not contradict the month in the address.
_GUESSES = frozenset({"htmldate", "time"})
_WIDEST_OFFSET = timedelta(hours=14)
_FINENESS = ("second", "minute", "day", "month", "year")


@dataclass(frozen=True)
class Moment:
    """A date as far as it is known: naive UTC, and the day it names where it names no time."""

    value: datetime
    precision: str

    @property
    def is_timed(self) -> bool:
        return self.precision in {"minute", "second"}

    def day_in(self, zone: ZoneInfo) -> date | None:
        """The calendar day in `zone`; None where only a month or a year is known."""
        if self.precision in {"month", "year"}:
            return None
        if self.precision == "day":
            return self.value.date()
        return self.value.replace(tzinfo=UTC).astimezone(zone).date()

    def last_possible_day(self) -> date:
        """The latest day that the date can mean."""
        day = self.value.date()
        if self.precision == "year":
            return date(day.year, 12, 31)
        if self.precision == "month":
            return day.replace(day=calendar.monthrange(day.year, day.month)[1])
        return day


@dataclass(frozen=True)
class Candidate:
    """A date that was found, and by which method."""

    method: str
    moment: Moment


def parse_date(text: str, zone: ZoneInfo) -> Moment | None:
    """Read ISO 8601 (with / or . too), RFC 822, epoch seconds, words or `15.10.2026`, else None."""
    text = _YEAR_FIRST.sub(r"\1-\3-\4", text.strip()[:100])
    for read in (_read_iso, _read_epoch, _read_rfc822, _read_words, _read_numeric):
        try:
            moment = read(text, zone)
        except (ValueError, OverflowError):
            continue
        if moment:
            return moment
    return None


def choose(
    candidates: Iterable[Candidate], cutoff: datetime, zone: ZoneInfo = UTC_ZONE
) -> Candidate | None:
    """The most trusted candidate that is neither before 1980 nor a day after the cut-off.

    Where it stands alone against two others that agree on a day, these are believed. Where it only
    names a day, a less trusted one that names a time of that day is taken. A day that the page
    shows beats a moment which would be another day in `zone` but is that day in some timezone.
    """
    latest = cutoff + timedelta(days=1)
    sound = _unrefuted(
        [
            one
            for one in candidates
            if one.moment.value.date() >= EARLIEST and one.moment.value <= latest
        ]
    )
    best = min(sound, key=_rank, default=None)
    if best is None:
        return None
    best = _outvoting(best, sound, zone) or best
    if best.moment.is_timed:
        return _shown_day(best, sound, zone) or best
    if best.moment.precision != "day":
        return best
    day = best.moment.value.date()
    return min(
        (one for one in sound if one.moment.is_timed and one.moment.value.date() == day),
        key=_rank,
        default=best,
    )


def _unrefuted(found: list[Candidate]) -> list[Candidate]:
    """All but the guesses that lie outside the month which the address names."""
    months = [one.moment for one in found if one.method == "url_month"]
    if not months:
        return found
    first, last = months[0].value - _WIDEST_OFFSET, months[0].last_possible_day()
    return [
        one
        for one in found
        if one.method not in _GUESSES
        or (first <= one.moment.value and one.moment.value.date() <= last)
    ]


def _outvoting(best: Candidate, found: list[Candidate], zone: ZoneInfo) -> Candidate | None:
    """The best of at least two methods that agree on a day against a lone `best`."""
    if best.method not in _VOTERS:
        return None
    votes: dict[date, dict[str, Candidate]] = {}
    for one in sorted(found, key=_rank):
        day = one.moment.day_in(zone)
        if day and one.method in _VOTERS:
            # Microdata are mostly on a <time> element: one voice.
            voice = "itemprop" if one.method == "time" else one.method
            votes.setdefault(day, {}).setdefault(voice, one)
    mine = best.moment.day_in(zone)
    if mine is None or len(votes[mine]) > 1:
        return None
    others = [list(by.values()) for day, by in votes.items() if day != mine and len(by) > 1]
    return min((by[0] for by in others), key=_rank, default=None)


def _shown_day(timed: Candidate, found: list[Candidate], zone: ZoneInfo) -> Candidate | None:
    """A bare day that the page gives, if `timed` falls beside it in `zone` but may mean it."""
    day = timed.moment.day_in(zone)
    near = [
        one
        for one in found
        if one.moment.precision == "day"
        and one.method in _VOTERS
        and -_WIDEST_OFFSET <= one.moment.value - timed.moment.value <= _WIDEST_OFFSET
    ]
    return min((one for one in near if one.moment.value.date() != day), key=_rank, default=None)


def _rank(one: Candidate) -> tuple[int, int]:
    return ORDER.index(one.method), _FINENESS.index(one.moment.precision)


def page_candidates(
    tree: HtmlElement, article: dict[str, Any], url: str, zone: ZoneInfo
) -> list[Candidate]:
    """Every date that the markup and the URL of a page give, without repetition.

    `article` is the page's JSON-LD article object.
    """
    found: list[tuple[str, str]] = [
        ("json_ld", text_of(article, "datePublished") or text_of(article, "dateCreated")),
        ("json_ld_modified", text_of(article, "dateModified")),
        *_meta_dates(tree),
        *_element_dates(tree),
    ]
    candidates = _read(found, zone)
    if not any(one.method in _DECLARED for one in candidates):
        candidates += _read(_shown_dates(tree), zone)
    return list(dict.fromkeys([*candidates, *_url_dates(url)]))


def _read(found: Iterable[tuple[str, str]], zone: ZoneInfo) -> list[Candidate]:
    return [
        Candidate(method, moment)
        for method, text in found
        if text and (moment := parse_date(text, zone))
    ]


def _shown_dates(tree: HtmlElement) -> list[tuple[str, str]]:
    """The first date that stands behind a word such as "Published"."""
    texts = cast("list[str]", _SHOWN(tree))
    match = _LABELLED.search(" ".join(texts))
    return [("shown", match[1])] if match else []


def _meta_dates(tree: HtmlElement) -> list[tuple[str, str]]:
    metas: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = element.get("property") or element.get("name") or element.get("itemprop") or ""
        metas.setdefault(name.strip().lower(), element.get("content") or "")
    published = [("meta", metas[name]) for name in _PUBLISHED_META if name in metas]
    return published + [("meta_modified", metas[name]) for name in _MODIFIED_META if name in metas]


def _element_dates(tree: HtmlElement) -> list[tuple[str, str]]:
    """Microdata, and the first few <time> elements."""
    found = [
        ("itemprop", element.get("datetime") or element.get("content") or element.text or "")
        for element in tree.xpath('.//body//*[@itemprop="datePublished"]')[:3]
    ]
    times = tree.xpath(".//time")
    marked = [one for one in times if one.get("pubdate") is not None] or times
    return found + [("time", one.get("datetime") or one.text_content()) for one in marked[:1]]


def _url_dates(url: str) -> list[Candidate]:
    path = url.partition("://")[2].partition("/")[2].partition("?")[0]
    if match := _IN_URL.search(f"/{path}"):
        try:
            value = _naive(match[1], match[2], match[3])
        except ValueError:
            return []
        return [Candidate("url", Moment(value, "day"))]
    if match := _MONTH_IN_URL.search(f"/{path}"):
        value = _naive(match[1], match[2], 1)
        return [Candidate("url_month", Moment(value, "month"))]
    return []


def _read_iso(text: str, zone: ZoneInfo) -> Moment | None:
    match = _COMPACT.match(text) or _ISO.match(text)
    if not match or (match.re is _ISO and match.end() < 5 and len(text) > 4):
        return None
    year, month, day, hour, minute, second, *offset = match.groups()
    if month is None:
        return Moment(_naive(year, 1, 1), "year")
    if day is None:
        return Moment(_naive(year, month, 1), "month")
    naive = _naive(year, month, day, hour or 0, minute or 0, second or 0)
    if hour is None:
        return Moment(naive, "day")
    return _with_time(naive, _offset(offset[0]), zone, has_seconds=second is not None)


def _read_epoch(text: str, _zone: ZoneInfo) -> Moment | None:
    match = _EPOCH.match(text)
    if not match:
        return None
    return Moment(datetime.fromtimestamp(int(match[1]), UTC).replace(tzinfo=None), "second")


def _read_rfc822(text: str, zone: ZoneInfo) -> Moment | None:
    parts = parsedate_tz(text)
    if not parts or not re.search(r"\d:\d\d", text):
        return None
    naive = _naive(*parts[:6])
    offset = timezone(timedelta(seconds=parts[9])) if parts[9] is not None else None
    return _with_time(naive, offset, zone, has_seconds=text.count(":") > 1)


def _read_words(text: str, _zone: ZoneInfo) -> Moment | None:
    match = _WORDS.search(text)
    name = (match["m1"] or match["m2"]).lower() if match else ""
    month = _MONTHS.get(name[:4]) or _MONTHS.get(name[:3])
    if not match or not month:
        return None
    value = _naive(match["y"], month, match["d1"] or match["d2"])
    return Moment(value, "day")


def _read_numeric(text: str, zone: ZoneInfo) -> Moment | None:
    """`15.10.2026`, day first; between slashes only where one order of both is possible."""
    match = _NUMERIC.search(text)
    if not match:
        return None
    day, month = int(match[1]), int(match[3])
    if match[2] == "/" and day != month:
        if day <= 12 and month <= 12:
            return None
        day, month = max(day, month), min(day, month)
    naive = _naive(match[4], month, day, match[5] or 0, match[6] or 0)
    if match[5] is None:
        return Moment(naive, "day")
    return _with_time(naive, None, zone, has_seconds=False)


def _naive(*parts: int | str) -> datetime:
    year, month, day, hour, minute, second = (*(int(part) for part in parts), 0, 0, 0)[:6]
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 (offset not known yet)


def _offset(text: str | None) -> timezone | None:
    if not text:
        return None
    if text.upper() in {"Z", "UTC", "GMT"}:
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-size if text[0] == "-" else size)


def _with_time(
    naive: datetime, offset: timezone | None, zone: ZoneInfo, *, has_seconds: bool
) -> Moment:
    """Midnight sharp is how systems write a day without a time; anything else is a moment."""
    if (naive.hour, naive.minute, naive.second) == (0, 0, 0):
        return Moment(naive, "day")
    moment = naive.replace(tzinfo=offset or zone).astimezone(UTC).replace(tzinfo=None)
    return Moment(moment, "second" if has_seconds else "minute")
