"""The three sentences that a brief begins with, made of templates: how much, what moved, who."""

from dataclasses import dataclass

from reports.facts import MIN_EDITIONS, Facts, is_judged, usual_band, verdict
from reports.lists import Row


@dataclass(frozen=True)
class Sentence:
    """`words` with their `number`, what is `usual` of it, and where on the page more stands.

    `listing` names the list of which the number is. Both texts are plain.
    """

    words: str
    number: int
    usual: str
    anchor: str
    listing: str

    @property
    def text(self) -> str:
        return f"{self.words} ({self.usual})."


def three_sentences(facts: Facts) -> list[Sentence]:
    """How much is new; what moved beyond its usual; which new story most owners report."""
    return [_volume(facts), _moved(facts), _most_reported(facts)]


def _volume(facts: Facts) -> Sentence:
    articles, stories = facts.headline["articles"], facts.headline["stories"]
    words = (
        f"{count(articles, 'new article')} tell{'s' if articles == 1 else ''} "
        f"{count(stories, 'story')}"
        if articles
        else "No new article came in"
    )
    usual = _usual(facts.usual["articles"], "articles an edition")
    return Sentence(words, articles, usual, "stories", "usual")


def _moved(facts: Facts) -> Sentence:
    if not facts.themes:
        return Sentence(
            "No theme was found",
            0,
            _usual(facts.usual["themes_risen"], "themes that rise"),
            "moved",
            "themes",
        )
    if facts.risen:
        first = facts.risen[0]
        words = (
            f"{count(len(facts.risen), 'theme')} rose beyond the usual, first of all "
            f"{first['name']} with {count(first['day_stories'], 'story')} on {_date(first)}"
        )
        return Sentence(words, len(facts.risen), _band(first), "moved", "themes")
    judged = [row for row in facts.themes if is_judged(row)]
    if judged:
        most = max(judged, key=lambda row: row["day_stories"])
        words = (
            f"{unrisen(facts)}; the most told theme, {most['name']}, "
            f"has {count(most['day_stories'], 'story')} of {_date(most)}"
        )
        return Sentence(words, most["day_stories"], _band(most), "moved", "themes")
    most = max(facts.themes, key=lambda row: row["stories"])
    words = f"The most told theme, {most['name']}, has {count(most['stories'], 'new story')}"
    return Sentence(words, most["stories"], verdict(most), "moved", "themes")


def unrisen(facts: Facts) -> str:
    """What is told where no theme rose; what stands beside a row must not say otherwise."""
    above = any(is_judged(row) and row["day_stories"] > row["high"] for row in facts.themes)
    fell = f", {len(facts.fallen)} fell below it" if facts.fallen else ""
    if not above and not fell:
        return "Nothing moved beyond the usual"
    return f"No theme rose beyond the usual{' more than chance may do' if above else ''}{fell}"


def _most_reported(facts: Facts) -> Sentence:
    usual = _usual(facts.usual["most_owners"], "for the most reported")
    if not facts.stories:
        return Sentence("No new story carries a theme", 0, usual, "stories", "stories")
    first = facts.stories[0]
    owners = first["owners_reporting"]
    words = (
        f"{count(owners, 'owner')} report{'s' if owners == 1 else ''} the most reported new story, "
        f"“{first['title']}”"
    )
    return Sentence(words, owners, usual, "story-1", "stories")


def _usual(row: Row, of: str) -> str:
    if row["usual"] is None:
        if row["editions_known"] >= MIN_EDITIONS:
            return "too early to say: no edition before it covers the same kind of day"
        return f"too early to say: {row['editions_known']} of {MIN_EDITIONS} editions known"
    return f"usual {usual_band(row)} {of}"


def _band(theme: Row) -> str:
    return f"usual {usual_band(theme)} a day"


def _date(theme: Row) -> str:
    return f"{theme['day'].day} {theme['day']:%B}"


def count(number: int, noun: str) -> str:
    """`1 story`, `2 stories`."""
    plural = f"{noun[:-1]}ies" if noun.endswith("story") else f"{noun}s"
    return f"{number} {noun if number == 1 else plural}"
