"""What an explanation of one article says, whoever found it out: the contract of its parts.

`enrich` reads a text anew, `reports` reads a publication; both give these values, and the page and
the terminal show them. Places are code points, half-open, in their section (`title` or `body`).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

NEARLY = 0.5
"""From this share of its threshold a theme that an article is not about nearly was."""


@dataclass(frozen=True)
class Mention:
    """An entity named at a place; without a rule the link is not told."""

    section: str
    start: int
    end: int
    surface: str
    sentence_no: int
    entity_id: str
    name: str
    entity_type: str
    qid: str | None
    method: str
    confidence: float | None
    link_rule: str | None
    link_confidence: float | None

    @property
    def is_local(self) -> bool:
        """Whether no knowledge base has it: its id is made of its name (NIL)."""
        return self.entity_id.startswith("local:")


@dataclass(frozen=True)
class Evidence:
    """A place in a sentence that speaks for a theme by a rule (`theme/rule`)."""

    section: str
    start: int
    end: int
    surface: str
    sentence_no: int
    sentence: str
    rule_id: str
    weight: float


@dataclass(frozen=True)
class Parts:
    """What a score is made of, in points: each rule by its id, focus, similarity."""

    rules: dict[str, float]
    focus: float
    similarity: float


@dataclass(frozen=True)
class ThemeAccount:
    """A theme's score with all that speaks for it; `parts` are None where nobody knows them.

    Precision and recall were measured with `positives` labelled articles; None is unmeasured.
    """

    theme_id: str
    name: str
    score: float
    threshold: float | None
    is_reached: bool
    is_primary: bool
    evidence: tuple[Evidence, ...]
    parts: Parts | None = None
    precision: float | None = None
    recall: float | None = None
    positives: int | None = None


class ThemeReader(Protocol):
    """Reads a text by one taxonomy."""

    @property
    def taxonomy_version(self) -> str: ...

    def read(self, title: str, text: str, language: str) -> list[ThemeAccount]:
        """The themes that it is about, the primary first, then those that nearly were."""
        ...


@dataclass(frozen=True)
class Dated:
    """A date that the page gives; `value` is naive UTC, no more exact than `precision`."""

    method: str
    value: datetime
    precision: str
    is_chosen: bool


@dataclass(frozen=True)
class Copy:
    """Another article, of the same text or of the same story."""

    article_id: str
    outlet: str
    title: str
    url: str | None
    published_at: datetime | None
    published_precision: str
    first_seen_at: datetime


@dataclass(frozen=True)
class Story:
    """The event that the article reports, with all its reports, itself included."""

    story_id: str
    title: str
    lead_article_id: str
    texts: int
    owners_reporting: int
    owners_printing: int
    members: tuple[Copy, ...]


@dataclass(frozen=True)
class Wording:
    """A wording that was seen, or (`removed`, without words) that the article was gone."""

    seen_at: datetime
    edition: date
    change: str
    is_current: bool
    title: str
    text: str


@dataclass(frozen=True)
class About:
    """Where an article comes from; a file on a disk has little of it."""

    url: str | None = None
    outlet: str | None = None
    owner: str | None = None
    licence: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    published_precision: str = "none"
    published_method: str | None = None
    first_seen_at: datetime | None = None
    first_seen_edition: date | None = None
    genre: str | None = None
    genre_method: str | None = None
    origin: str | None = None
    origin_method: str | None = None
    is_truncated: bool = False


@dataclass(frozen=True)
class Explanation:
    """All that is told of one article; `nearly` is None where no taxonomy was at hand.

    `publication_id` is None for a text that was read on the spot.
    """

    article_id: str
    title: str
    text: str
    language: str
    analysis_level: str
    taxonomy_version: str | None
    extractor_version: str | None
    mentions: tuple[Mention, ...]
    themes: tuple[ThemeAccount, ...]
    nearly: tuple[ThemeAccount, ...] | None = None
    notes: tuple[str, ...] = ()
    about: About = field(default_factory=About)
    dates: tuple[Dated, ...] = ()
    duplicates: tuple[Copy, ...] = ()
    story: Story | None = None
    wordings: tuple[Wording, ...] = ()
    publication_id: str | None = None

    def section(self, name: str) -> str:
        """The string that places in section `title` or `body` count in."""
        return self.title if name == "title" else self.text
