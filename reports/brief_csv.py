"""`brief.csv`: a row for every figure and every quotation of a brief, in the order of the page."""

from collections.abc import Iterator

from core.landed import STATUSES
from core.plan import CUTOFF
from reports.entries import HEADER, Entry, written
from reports.facts import MOST_THEMES, Facts, is_judged, usual_band
from reports.filters import NUMBERS, words
from reports.lists import Row
from reports.outline import cut, gate, plain
from reports.page import health
from reports.parts import in_words
from reports.sentences import count, three_sentences, unrisen

EDITION = "this edition"


def brief_csv(facts: Facts) -> bytes:
    """The file: UTF-8 with a byte order mark, no cell a formula."""
    return written(entries(facts))


def entries(facts: Facts) -> Iterator[Entry]:
    """The rows of the brief, section by section."""
    yield from _header(facts)
    for one in three_sentences(facts):
        yield Entry("summary", one.text, value=one.number, query=_query(one.listing))
    for story in facts.stories:
        yield from _story(story)
    for row in facts.themes[:MOST_THEMES]:
        yield from _theme(row)
    for row in facts.pairs:
        yield from _pair(row)
    yield from _only(facts)
    yield from _since(facts)
    yield from _coverage(facts)


def moved(facts: Facts) -> str:
    """What moved, on one line: the themes that rose with their counts, or why none is told."""
    if facts.risen:
        told = (
            f"{row['name']} ({count(row['day_stories'], 'story')}, usual {usual_band(row)})"
            for row in facts.risen
        )
        return "; ".join(told)
    if any(is_judged(row) for row in facts.themes):
        unmoved = in_words(unrisen(facts))
        return unmoved[0].lower() + unmoved[1:]
    return str(facts.themes[0]["verdict"]) if facts.themes else "no theme was found"


def _query(listing: str) -> str:
    return f"{NUMBERS}/{listing}.sql"


def _header(facts: Facts) -> Iterator[Entry]:
    for measure, value in (
        ("edition", facts.edition.isoformat()),
        ("cut-off", f"{CUTOFF:%H:%M} UTC"),
        ("publication", facts.publication["publication_id"]),
        ("gate", gate(facts)),
        ("moved", moved(facts)),
    ):
        yield Entry(HEADER, EDITION, measure, value)
    for measure in (
        "articles", "stories", "outlets", "owners", "outlets_reached", "outlets_configured",
        "outlets_silent", *([] if facts.is_first else ["late"]), "undated",
    ):  # fmt: skip
        usual = facts.usual.get(measure, {"low": None, "high": None})
        yield Entry(
            HEADER, EDITION, words(measure), facts.headline[measure], usual["low"], usual["high"],
            query=_query("usual" if measure in facts.usual else "headline"),
        )  # fmt: skip


def _story(story: Row) -> Iterator[Entry]:
    title, url = plain(story["title"]), story["url"] or ""
    for measure in ("articles", "texts", "owners_reporting"):
        yield Entry(
            "stories", title, words(measure), story[measure],
            outlet=story["outlet"], url=url, query=_query("stories"),
        )  # fmt: skip
    for row in story["evidence"]:
        yield Entry(
            "stories", title, quotation=plain(row["sentence"]),
            outlet=row["outlet"], url=row["url"] or "", query=_query("story_evidence"),
        )  # fmt: skip


def _theme(row: Row) -> Iterator[Entry]:
    low, high = (row["low"], row["high"]) if is_judged(row) else (None, None)
    yield Entry(
        "moved", row["name"], f"stories on {row['day']}", row["day_stories"], low, high,
        query=_query("themes"),
    )  # fmt: skip
    for name in ("articles", "stories", "owners"):
        yield Entry("moved", row["name"], f"new {name}", row[name], query=_query("themes"))


def _pair(row: Row) -> Iterator[Entry]:
    label = f"{plain(row['name_a'])} and {plain(row['name_b'])}"
    for measure in ("stories", "owners"):
        yield Entry("who", label, measure, row[measure], query=_query("pairs"))
    yield Entry(
        "who", label, quotation=plain(row["sentence"]),
        outlet=row["outlet"], url=row["url"] or "", query=_query("pair_sentences"),
    )  # fmt: skip


def _only(facts: Facts) -> Iterator[Entry]:
    for row in facts.set_gaps:
        measure = f"stories on {row['theme']} in {row['set_id']}, none in {row['missing_in']}"
        yield Entry(
            "only", plain(row["title"]), measure, row["stories"],
            outlet=row["outlet"], url=row["url"] or "", query=_query("set_gaps"),
        )  # fmt: skip
    for row in facts.exclusives:
        yield Entry(
            "only", plain(row["title"]), "outlets", 1,
            outlet=row["outlet"], url=row["url"] or "", query=_query("exclusives"),
        )  # fmt: skip


def _since(facts: Facts) -> Iterator[Entry]:
    for row in facts.changed:
        measure = f"{words(row['change'])} since cited on"
        yield Entry(
            "since", cut(row["new_title"]), measure, str(row["cited_in"]),
            outlet=row["outlet"], url=row["url"] or "", query=_query("corrections"),
        )  # fmt: skip
    for one in facts.figures_corrected:
        for figure in one.figures:
            label = f"{figure.edition}, {plain(figure.subject)}: {figure.measure}"
            yield Entry("since", label, f"printed from {one.printed_in}", figure.was)
            yield Entry("since", label, "now", figure.now)


def _coverage(facts: Facts) -> Iterator[Entry]:
    """The sum of each end of a page, and the outlets that are unwell."""
    outlets = f"{count(len(facts.coverage), 'outlet')}"
    for measure in ("found", *STATUSES):
        value = sum(row[measure] for row in facts.coverage)
        yield Entry("coverage", outlets, words(measure), value, query=_query("coverage"))
    for row in facts.coverage:
        if told := health(row):
            yield Entry(
                "coverage", row["outlet"], "; ".join(told), row["found"],
                outlet=row["outlet"], query=_query("coverage"),
            )  # fmt: skip
    for row in facts.warnings:
        yield Entry("coverage", row["expectation"], "warning", query=_query("verdicts"))
