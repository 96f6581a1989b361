"""A brief as plain words in the order of the page: what its mail and its text are both made of.

Every text is one line of plain words; nothing in it is markup.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from core.landed import STATUSES
from core.plan import CUTOFF
from reports.changed_figures import ChangedEdition
from reports.entries import SECTIONS
from reports.facts import MOST_THEMES, Facts, is_judged, usual_band
from reports.filters import changes_of, day, moment, named, share, shortened, tags, theme, words
from reports.lists import Row
from reports.page import health, reasons
from reports.parts import in_words
from reports.sentences import count, three_sentences, unrisen

MOST_WORDS = 40
MOST = {
    "changes": 2,
    "corrections": 5,
    "decisions": 5,
    "editions": 3,
    "figures": 5,
    "quiet": 5,
    "unwell": 8,
    "warnings": 5,
}
"""How much of each a mail tells; the page and its annexes have all of it."""


@dataclass(frozen=True)
class Quote:
    """Words of an outlet, at most 40 of them; `by` says whose, and what they are shown for.

    `url` is empty where the item's own leads to them.
    """

    text: str
    by: str
    url: str = ""


@dataclass(frozen=True)
class Item:
    """One thing that a section tells; `url` is empty or the address that `head` leads to."""

    head: str
    url: str = ""
    lines: tuple[str, ...] = ()
    quotes: tuple[Quote, ...] = ()


@dataclass(frozen=True)
class Section:
    """A section of the page, by its anchor there; `has_chart` where the chart belongs."""

    anchor: str
    title: str
    lines: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    has_chart: bool = False


@dataclass(frozen=True)
class Outline:
    """The whole: what stands above the sections, why it is amber (empty if not), and below."""

    title: str
    lines: tuple[str, ...]
    amber: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: tuple[str, ...]


def outline(facts: Facts) -> Outline:
    """The brief in the order of the page; a section with nothing to tell is left out."""
    sections = (
        _in_three_sentences(facts),
        _new_stories(facts),
        _what_moved(facts),
        _who_with_whom(facts),
        _only(facts),
        _since(facts),
        _coverage(facts),
    )
    return Outline(
        title=f"Broadsheet, {day(facts.edition)}",
        lines=tuple(_header(facts)),
        amber=tuple(reasons(facts)),
        sections=tuple(one for one in sections if one.lines or one.items),
        closing=tuple(_closing(facts)),
    )


def gate(facts: Facts) -> str:
    """What the gate said, with the number of its warnings."""
    found = facts.publication["gate_result"]
    return f"{found}, {count(len(facts.warnings), 'warning')}" if facts.warnings else found


def _header(facts: Facts) -> Iterator[str]:
    told, publication = facts.headline, facts.publication
    yield (
        f"Cut-off {CUTOFF:%H:%M} UTC. Made from publication {publication['publication_id']}; "
        f"gate: {gate(facts)}."
    )
    yield (
        f"{count(told['articles'], 'new article')} in {count(told['stories'], 'story')} from "
        f"{count(told['outlets'], 'outlet')} of {count(told['owners'], 'owner')}; "
        f"{'' if facts.is_first else f'{told["late"]} late, '}{told['undated']} undated."
    )
    yield (
        f"{told['outlets_reached']} of {count(told['outlets_configured'], 'outlet')} reached, "
        f"{told['outlets_silent']} silent."
    )


def _in_three_sentences(facts: Facts) -> Section:
    told = tuple(one.text for one in three_sentences(facts))
    return _section("summary", told)


def _section(
    anchor: str, lines: Iterable[str] = (), items: Iterable[Item] = (), *, has_chart: bool = False
) -> Section:
    return Section(anchor, SECTIONS[anchor], tuple(lines), tuple(items), has_chart=has_chart)


def _new_stories(facts: Facts) -> Section:
    nothing = () if facts.stories else ("No new story carries a theme today.",)
    return _section("stories", nothing, map(_story, facts.stories))


def _story(story: Row) -> Item:
    told = [
        f"{story['outlet']}, {moment(story['published_at'], story['published_precision'])}",
        count(story["articles"], "article"),
        count(story["texts"], "text"),
        count(story["owners_reporting"], "reporting owner"),
        *([theme(story)] if story["theme"] else []),
        *tags(story),
    ]
    lines = [" · ".join(told)]
    others = [row["outlet"] for row in story["printed_by"] if row["url"] != story["url"]]
    if others:
        lines.append(f"Also in {named(dict.fromkeys(others))}.")
    quotes = (
        Quote(
            plain(row["sentence"]),
            ", ".join([row["outlet"], *_themes(row)]),
            "" if row["url"] == story["url"] else row["url"] or "",
        )
        for row in story["evidence"]
    )
    return Item(plain(story["title"]), story["url"] or "", tuple(lines), tuple(quotes))


def _themes(evidence: Row) -> Iterable[str]:
    return dict.fromkeys(one["theme"] for one in evidence["themes"])


def _what_moved(facts: Facts) -> Section:
    shown = facts.themes[:MOST_THEMES]
    verdicts = {row["verdict"] for row in shown}
    lines = [] if shown else ["No theme was found in this edition."]
    if facts.has_new_taxonomy:
        lines.append("Days that were read with other themes or rules are not compared.")
    if not facts.risen and any(is_judged(row) for row in facts.themes):
        lines.append(f"{in_words(unrisen(facts))}.")
    if len(verdicts) == 1:  # once is enough
        lines.append(f"{verdicts.pop()}.".capitalize())
    items = (_theme(row, is_alike=len(verdicts) == 0) for row in shown)
    return _section("moved", lines, items, has_chart=bool(shown))


def _theme(row: Row, *, is_alike: bool) -> Item:
    """A theme's day and edition; its verdict, unless all are alike."""
    usual = f" (usual {usual_band(row)} a day)" if is_judged(row) else ""
    verdict = "" if is_alike else f": {row['verdict']}"
    told = (
        f"{count(row['day_stories'], 'story')}{share(row)} on {row['day'].day} {row['day']:%B}"
        f"{usual}{verdict}. New in this edition: {count(row['articles'], 'article')} in "
        f"{count(row['stories'], 'story')} of {count(row['owners'], 'owner')}."
    )
    within = f", in {row['parent_name']}" if row["parent_name"] else ""
    return Item(f"{row['name']}{within}", lines=(told,))


def _who_with_whom(facts: Facts) -> Section:
    pairs = (
        Item(
            f"{plain(row['name_a'])} and {plain(row['name_b'])}",
            lines=(f"{count(row['stories'], 'story')} of {count(row['owners'], 'owner')}.",),
            quotes=(Quote(plain(row["sentence"]), row["outlet"], row["url"] or ""),),
        )
        for row in facts.pairs
    )
    return _section("who", items=pairs)


def _only(facts: Facts) -> Section:
    return _section(
        "only", items=(*map(_set_gap, facts.set_gaps), *map(_exclusive, facts.exclusives))
    )


def _set_gap(row: Row) -> Item:
    told = (
        f"{row['theme']}: {count(row['stories'], 'story')} in the {words(row['set_id'])}, none in "
        f"the {words(row['missing_in'])}. One of them, from {row['outlet']}."
    )
    return Item(plain(row["title"]), row["url"] or "", (told,))


def _exclusive(row: Row) -> Item:
    told = f"Only in {row['outlet']} · {row['theme']}"
    return Item(plain(row["title"]), row["url"] or "", (told,))


def _since(facts: Facts) -> Section:
    quiet = [plain(row["new_title"]) for row in facts.changed_quietly]
    lines = [*_further(len(facts.corrections) - MOST["corrections"], "corrected article")]
    if quiet:
        lines.append(f"Changed without a notice: {'; '.join(quiet[: MOST['quiet']])}.")
    lines += _further(len(quiet) - MOST["quiet"], "article changed without a notice")
    if facts.figures_grown:
        lines.append(
            f"{count(facts.figures_grown, 'figure')} of earlier stories went up as later editions "
            "added to them."
        )
    corrections = map(_correction, facts.corrections[: MOST["corrections"]])
    figures = map(_changed, facts.figures_corrected[: MOST["editions"]])
    return _section("since", lines, (*corrections, *figures))


def _correction(row: Row) -> Item:
    is_gone = row["change"] == "removed"
    became = "gone" if is_gone else "corrected"
    told = (
        f"{row['outlet']} · cited on {day(row['cited_in'])} · "
        f"{became} as of {moment(row['seen_at'], 'minute')}"
    )
    quotes = [
        Quote(cut(side.striptags()), said)
        for change in changes_of(row)[: MOST["changes"]]
        for side, said in (
            (change.before, "as cited"),
            (change.after, "last wording" if is_gone else "now"),
        )
        if side
    ]
    return Item(plain(row["old_title"]), row["url"] or "", (told,), tuple(quotes))


def _changed(one: ChangedEdition) -> Item:
    shown = one.figures[: MOST["figures"]]
    return Item(
        f"{day(one.edition)}, as printed from {one.printed_in}",
        lines=(
            *(
                f"{shortened(plain(row.subject))}: {row.measure} {row.was}, now {row.now}."
                for row in shown
            ),
            *_further(len(one.figures) - len(shown), "figure"),
            f"Since then: {'; '.join(one.causes) or 'nothing that is recorded'}.",
        ),
    )


def _further(more: int, noun: str) -> tuple[str, ...]:
    return (f"And {count(more, f'further {noun}')}.",) if more > 0 else ()


def _coverage(facts: Facts) -> Section:
    totals = {status: sum(row[status] for row in facts.coverage) for status in STATUSES}
    ended = ", ".join(f"{number} {words(status)}" for status, number in totals.items() if number)
    found = count(sum(row["found"] for row in facts.coverage), "page")
    lines = [f"{count(len(facts.coverage), 'outlet')} showed {found}: {ended or 'none'}."]
    if facts.refused_runs:
        runs = [f"{row['edition']} ({row['expectations']})" for row in facts.refused_runs]
        lines.append(
            f"The gate stopped {count(len(runs), 'run')} in the last seven days: {'; '.join(runs)}."
        )
    if facts.verdicts:
        failed = f"{len(facts.warnings)} failed" if facts.warnings else "all held"
        lines.append(f"Expectations checked: {len(facts.verdicts)}; {failed}.")
    unwell = (
        Item(row["outlet"], lines=(f"{'; '.join(told)}.".capitalize(),))
        for row in facts.coverage
        if (told := health(row))
    )
    shown = islice(unwell, MOST["unwell"])
    return _section("coverage", lines, (*shown, *_warnings(facts), *_decisions(facts)))


def _warnings(facts: Facts) -> Iterator[Item]:
    for row in facts.warnings[: MOST["warnings"]]:
        over = f" Critical, overridden by {row['overridden_by']}." if row["overridden_by"] else ""
        yield Item(
            f"Warning: {row['expectation']}",
            lines=(f"{row['sentence']} Observed: {shortened(plain(str(row['observed'])))}.{over}",),
        )


def _decisions(facts: Facts) -> Iterator[Item]:
    for row in facts.decisions[: MOST["decisions"]]:
        over = f" in spite of {row['expectations']}" if row["expectations"] else ""
        yield Item(
            f"Decision: {row['decision']}, edition {row['edition']}{over}",
            row["url"] or "",
            (f"{row['decided_by']}, {row['decided_at']:%Y-%m-%d %H:%M} UTC. {plain(row['why'])}",),
        )


def _closing(facts: Facts) -> Iterator[str]:
    publication = facts.publication
    yield (
        f"Made from publication {publication['publication_id']} alone, published "
        f"{publication['published_at']:%Y-%m-%d %H:%M} UTC. Its numbers lead to their queries "
        "and their rows on the page brief.html."
    )
    terms = [f"{row['outlets']} ({row['licence']})" for row in facts.licences]
    yield f"Quoted sentences belong to their outlets{': ' if terms else ''}{'; '.join(terms)}."


def plain(text: str) -> str:
    """The text on one line."""
    return " ".join(text.split())


def cut(text: str) -> str:
    """At most 40 words of a text, on one line."""
    found = text.split()
    return " ".join(found[:MOST_WORDS]) + (" …" if len(found) > MOST_WORDS else "")
