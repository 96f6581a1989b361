"""The three sentences that a brief begins with, made of templates: how much, what moved, who."""

from dataclasses import dataclass

from reports.facts import MIN_EDITIONS, Facts, is_judged, usual_band, verdict
from reports.lists import Row
from reports.parts import Number, Part, Place, in_words


@dataclass(frozen=True)
class Sentence:
    """What is told, in `parts`, with its `number` and what is `usual` of it; all texts are plain.

    `listing` names the list of which the number is.
    """

    parts: tuple[Part, ...]
    number: int
    usual: Number
    listing: str

    @property
    def words(self) -> str:
        return in_words(self.parts)

    @property
    def text(self) -> str:
        return f"{self.words} ({self.usual.text})."


def three_sentences(facts: Facts) -> list[Sentence]:
    """How much is new; what moved beyond its usual; which new story most owners report."""
    return [_volume(facts), _moved(facts), _most_reported(facts)]


def _volume(facts: Facts) -> Sentence:
    articles, stories = facts.headline["articles"], facts.headline["stories"]
    parts: tuple[Part, ...] = (Number("No new article came in", "headline"),)
    if articles:
        parts = (
            Number(count(articles, "new article"), "headline"),
            f" tell{'s' if articles == 1 else ''} ",
            Number(count(stories, "story"), "headline"),
        )
    return Sentence(
        parts, articles, _usual(facts.usual["articles"], "articles an edition"), "usual"
    )


def _moved(facts: Facts) -> Sentence:
    if not facts.themes:
        usual = _usual(facts.usual["themes_risen"], "themes that rise")
        return Sentence((Number("No theme was found", "themes"),), 0, usual, "themes")
    if facts.risen:
        first = facts.risen[0]
        parts = (
            Number(count(len(facts.risen), "theme"), "themes"),
            " rose beyond the usual, first of all ",
            *_with_stories(first, " with ", first["day_stories"], "story"),
            f" on {_date(first)}",
        )
        return Sentence(parts, len(facts.risen), _band(first), "themes")
    judged = [row for row in facts.themes if is_judged(row)]
    if judged:
        most = max(judged, key=lambda row: row["day_stories"])
        parts = (
            *unrisen(facts),
            "; the most told theme, ",
            *_with_stories(most, ", has ", most["day_stories"], "story"),
            f" of {_date(most)}",
        )
        return Sentence(parts, most["day_stories"], _band(most), "themes")
    most = max(facts.themes, key=lambda row: row["stories"])
    parts = (
        "The most told theme, ",
        *_with_stories(most, ", has ", most["stories"], "new story"),
    )
    usual = Number(verdict(most), "themes", most["theme_id"])
    return Sentence(parts, most["stories"], usual, "themes")


def _with_stories(theme: Row, between: str, stories: int, noun: str) -> tuple[Part, ...]:
    counted = Number(count(stories, noun), "themes", theme["theme_id"])
    return Place(theme["name"], "moved"), between, counted


def unrisen(facts: Facts) -> tuple[Part, ...]:
    """What is told where no theme rose; what stands beside a row must not say otherwise."""
    above = any(is_judged(row) and row["day_stories"] > row["high"] for row in facts.themes)
    if not above and not facts.fallen:
        return ("Nothing moved beyond the usual",)
    chance = " more than chance may do" if above else ""
    return f"No theme rose beyond the usual{chance}", *_fell(facts)


def gist(facts: Facts) -> tuple[Part, ...]:
    """What moved, before its rows, where a theme was found."""
    if facts.risen:
        rose = Number(count(len(facts.risen), "theme"), "themes")
        return rose, " rose beyond the usual", *_fell(facts)
    if any(is_judged(row) for row in facts.themes):
        return unrisen(facts)
    first = facts.themes[0]
    return (Number(verdict(first).capitalize(), "themes", first["theme_id"]),)


def _fell(facts: Facts) -> tuple[Part, ...]:
    if not facts.fallen:
        return ()
    return ", ", Number(f"{len(facts.fallen)} fell below it", "themes")


def _most_reported(facts: Facts) -> Sentence:
    usual = _usual(facts.usual["most_owners"], "for the most reported")
    if not facts.stories:
        nothing = Number("No new story carries a theme", "stories")
        return Sentence((nothing,), 0, usual, "stories")
    first = facts.stories[0]
    owners = first["owners_reporting"]
    parts = (
        Number(count(owners, "owner"), "stories", first["story_id"]),
        f" report{'s' if owners == 1 else ''} the most reported new story, “",
        Place(first["title"], "story-1"),
        "”",
    )
    return Sentence(parts, owners, usual, "stories")


def _usual(row: Row, of: str) -> Number:
    told = f"usual {usual_band(row)} {of}" if row["usual"] is not None else _too_early(row)
    return Number(told, "usual", row["measure"])


def _too_early(row: Row) -> str:
    if row["editions_known"] >= MIN_EDITIONS:
        return "too early to say: no edition before it covers the same kind of day"
    return f"too early to say: {row['editions_known']} of {MIN_EDITIONS} editions known"


def _band(theme: Row) -> Number:
    return Number(f"usual {usual_band(theme)} a day", "themes", theme["theme_id"])


def _date(theme: Row) -> str:
    return f"{theme['day'].day} {theme['day']:%B}"


def count(number: int, noun: str) -> str:
    """`1 story`, `2 stories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("story") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
