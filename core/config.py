"""The configuration an editor changes, checked before anything runs.

`sources.yml` names the outlets, `themes.yml` the taxonomy, `entities.yml` the gazetteer,
`thresholds.yml` the limits of the gate. The loaders raise ConfigError with file and line.
"""

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Discriminator, Field, Tag, model_validator

from core.config_model import Cue, Misplaced, Model, Phrase, Slug, refuse_cycles, refuse_repeats
from core.config_values import (
    Bytes,
    Hours,
    PlainText,
    PrivateNetwork,
    Timezone,
    WebUrl,
    hostname,
)
from core.home import Home
from core.taxonomy import Themes
from core.typography import name_key
from core.yaml_files import load_model

EntityType = Literal["PERSON", "ORG", "PLACE", "PRODUCT", "WORK", "EVENT", "OTHER"]
Relation = Literal["owned_by", "product_of", "part_of", "located_in"]
_DEFAULT_RELATION: dict[str, Relation] = {
    "ORG": "owned_by",
    "PRODUCT": "product_of",
    "PLACE": "located_in",
}
# Neither `true` nor a number in quotes.
_NUMBERS_ONLY = ConfigDict(strict=True)


# sources.yml ------------------------------------------------------------------------------


class Owner(Model):
    """Who owns an outlet; two outlets with the same owner id are one voice."""

    id: Slug
    name: Phrase


class EntryPoint(Model):
    """Where a source's articles are found.

    `feed` is RSS, Atom or JSON Feed; `sitemap` a news sitemap or an index of them; `warc`,
    `jsonl` and `parquet` are archives given by `path` (relative to the sources file).
    """

    kind: Literal["feed", "sitemap", "warc", "jsonl", "parquet"]
    url: WebUrl | None = None
    path: PlainText | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        is_web = self.kind in {"feed", "sitemap"}
        if is_web and (self.url is None or self.path is not None):
            raise ValueError(f"an entry point of kind {self.kind} takes 'url'")
        if not is_web and (self.path is None or self.url is not None):
            raise ValueError(f"an entry point of kind {self.kind} takes 'path'")
        return self


class Fetching(Model):
    """Limits and manners of fetching; sizes in decoded bytes, times in seconds.

    A host that asks for a pause longer than `max_pause_seconds` is left alone until it is over:
    its URLs are deferred. `default_pause_seconds` is the pause after a 429 that names
    none. One look fetches pages of no more than `max_hosts`, of one host no more than `max_urls`,
    and none after `max_host_seconds`: the rest is deferred. A page is looked at again once after
    each of `recheck_after_hours`, to see corrections.
    """

    model_config = _NUMBERS_ONLY
    min_gap_seconds: float = Field(1.0, ge=0, le=120)
    connections_per_host: int = Field(1, ge=1, le=8)
    deadline_seconds: float = Field(30.0, gt=0, le=600)
    read_seconds: float = Field(15.0, gt=0, le=600)
    max_pause_seconds: float = Field(10.0, ge=0, le=600)
    default_pause_seconds: float = Field(900.0, ge=0, le=86_400)
    recheck_after_hours: Hours = [24.0, 72.0]
    max_page_bytes: Bytes = 5 * 1024 * 1024
    max_feed_bytes: Bytes = 20 * 1024 * 1024
    max_sitemap_bytes: Bytes = 50 * 1024 * 1024
    max_redirects: int = Field(8, ge=0, le=20)
    max_urls: int = Field(10_000, ge=1)
    max_host_seconds: float = Field(3_600.0, gt=0)
    max_hosts: int = Field(100, ge=1, le=10_000)
    max_feed_entries: int = Field(10_000, ge=1, le=50_000)  # more would outlast the cage
    max_sitemaps: int = Field(50, ge=1, le=1_000)
    max_sitemap_depth: int = Field(3, ge=1, le=10)
    max_crawl_delay_seconds: float = Field(120.0, ge=0)


class Source(Model):
    """One outlet: who it is, where its articles are found, what may be done with them.

    `verify_tls: false` accepts any certificate (it is recorded and shown in the source health);
    `private_networks` names networks such as 10.1.0.0/16 that this outlet may lie in; `fetching`
    overrides single settings of the newsroom's, and `max_age_days` the newsroom's.
    """

    id: Slug
    name: Phrase
    owner: Owner
    homepage: WebUrl
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
    timezone: Timezone
    entry_points: Annotated[list[EntryPoint], Field(min_length=1)]
    sets: list[Slug] = []
    licence: Phrase = "all rights reserved"
    may_export_text: bool = False
    active_from: date | None = None
    active_to: date | None = None
    retired_in_edition: date | None = None
    verify_tls: bool = True
    private_networks: list[PrivateNetwork] = []
    fetching: Fetching | None = None
    max_age_days: int | None = Field(None, ge=1, le=36_500, strict=True)

    @property
    def kind(self) -> Literal["web", "archive"]:
        """`web` where anything is fetched, `archive` where all is read from files."""
        is_web = any(point.kind in {"feed", "sitemap"} for point in self.entry_points)
        return "web" if is_web else "archive"

    @property
    def host(self) -> str:
        """The host that its first entry point asks; an archive's homepage."""
        return hostname(self.entry_points[0].url or self.homepage)

    def is_active(self, edition: date) -> bool:
        """Whether this outlet is collected for `edition`."""
        return (
            self.retired_in_edition is None
            and (self.active_from is None or self.active_from <= edition)
            and (self.active_to is None or edition <= self.active_to)
        )


class Sources(Model):
    """`sources.yml`: the newsroom.

    `local_site` names a folder (relative to the file) that a run serves on loopback and on
    which every host of this file then resolves; `fixed_edition` is the one edition such a
    newsroom has, whatever the clock says.
    """

    user_agent: Annotated[str, Field(pattern=r"^[\x20-\x7e]+ \(\+[^()\s]+\)$")]
    max_age_days: int = Field(14, ge=1, le=36_500, strict=True)
    fetching: Fetching = Fetching()
    local_site: str | None = None
    fixed_edition: date | None = None
    sources: Annotated[list[Source], Field(min_length=1)]

    @model_validator(mode="after")
    def _unique(self) -> Self:
        refuse_repeats("source", "sources", [source.id for source in self.sources])
        return self

    def source(self, source_id: str) -> Source:
        return next(source for source in self.sources if source.id == source_id)

    def fetching_of(self, source: Source) -> Fetching:
        """The newsroom's settings, each replaced where the outlet has its own."""
        if source.fetching is None:
            return self.fetching
        return self.fetching.model_copy(update=source.fetching.model_dump(exclude_unset=True))

    def max_age_of(self, source: Source) -> int:
        """How many days before an edition an article of the outlet may be published."""
        return source.max_age_days or self.max_age_days


# entities.yml -----------------------------------------------------------------------------


class Alias(Model):
    """A name of an entity; `context` phrases are needed where the name is ambiguous."""

    alias: Phrase
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")
    context: list[Cue] = []


def _alias_kind(written: object) -> str:
    return "a text" if isinstance(written, str) else "a mapping"


# Told apart by hand, so that a fault is told once; the tags are no keys of the file.
AnyAlias = Annotated[
    Annotated[Phrase, Tag("a text")] | Annotated[Alias, Tag("a mapping")],
    Discriminator(_alias_kind),
]


class Entity(Model):
    """An entry of the gazetteer; its type beats any model's."""

    id: Slug
    name: Phrase
    type: EntityType
    qid: Annotated[str, Field(pattern=r"^Q[1-9]\d*$")] | None = None
    parent: Slug | None = None
    relation: Relation | None = None
    parent_from: date | None = None
    parent_to: date | None = None
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] | None = None
    ambiguous: bool = False
    context: list[Cue] = []
    aliases: list[AnyAlias] = []
    retired_in_edition: date | None = None

    @property
    def parent_relation(self) -> Relation:
        """The relation to the parent; by type where the entry does not say."""
        return self.relation or _DEFAULT_RELATION.get(self.type, "part_of")

    @property
    def names(self) -> list[Alias]:
        """Every alias, the name first; an ambiguous entry's plain names carry its context."""
        plain = self.context if self.ambiguous else []
        given = [
            Alias(alias=one, context=plain) if isinstance(one, str) else one for one in self.aliases
        ]
        return [Alias(alias=self.name, context=plain), *given]


class NamedBase(Model):
    """A knowledge base made by `broadsheet kb build`: its file, and the hash of what is in it.

    A relative path lies in `$BROADSHEET_HOME/kb`.
    """

    file: PlainText
    content_hash: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]

    def path(self, home: Home) -> Path:
        return home.kb / self.file


class Entities(Model):
    """`entities.yml`: the gazetteer, and a knowledge base for the names that it does not know."""

    entities_version: Phrase
    knowledge_base: NamedBase | None = None
    entities: Annotated[list[Entity], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse_repeats("entity", "entities", [entity.id for entity in self.entities])
        refuse_cycles("entity", "entities", {one.id: one.parent for one in self.entities})
        owner_of: dict[str, str] = {}
        for place, entity in enumerate(self.entities):
            for name in entity.names:
                other = owner_of.setdefault(name_key(name.alias), entity.id)
                if other != entity.id:
                    raise Misplaced(
                        ("entities", place),
                        f"the alias '{name.alias}' belongs to '{other}' and to '{entity.id}'; "
                        "leave it to one of them",
                    )
        return self


# thresholds.yml ---------------------------------------------------------------------------


class Thresholds(Model):
    """`thresholds.yml`: the limits of the gate; shares are 0 to 1.

    A share over fewer than `min_rows_for_share` rows is not judged. History bands run from
    `history_low_ratio` times the smallest to `history_high_ratio` times the largest value of the
    last 28 editions; below `min_history_editions` of them they are inactive.
    """

    model_config = _NUMBERS_ONLY
    max_silent_source_share: float = Field(0.49, gt=0, le=1)
    max_fetch_failed_share: float = Field(0.5, gt=0, le=1)
    max_undated_share: float = Field(0.3, ge=0, le=1)
    max_quarantined_share: float = Field(0.05, ge=0, le=1)
    max_quarantined_few: int = Field(2, ge=0)
    max_gone_share: float = Field(0.5, gt=0, le=1)
    max_deferred_share: float = Field(0.2, ge=0, le=1)
    max_repeated_text_share: float = Field(0.5, gt=0, le=1)
    max_markup_share: float = Field(0.05, ge=0, le=1)
    max_garbled_share: float = Field(0.05, ge=0, le=1)
    max_no_prose_share: float = Field(0.05, ge=0, le=1)
    max_unread_share: float = Field(0.5, gt=0, le=1)
    max_damaged_share_of_outlet: float = Field(0.5, gt=0, le=1)
    max_mistitled_share_of_outlet: float = Field(0.75, gt=0, le=1)
    max_foreign_language_share: float = Field(0.5, ge=0, le=1)
    min_median_words: int = Field(60, ge=0)
    min_articles: int = Field(1, ge=0)
    min_theme_share: float = Field(0.0, ge=0, le=1)
    max_entity_mention_share: float = Field(0.5, gt=0, le=1)
    min_mentions_for_entity_share: int = Field(200, ge=1)
    min_rows_for_share: int = Field(5, ge=1)
    min_history_editions: int = Field(14, ge=1, le=28)
    history_low_ratio: float = Field(0.5, gt=0, le=1)
    history_high_ratio: float = Field(2.0, ge=1)
    max_change_of_share: float = Field(0.3, gt=0, le=1)
    min_deviations_of_volume: float = Field(2.5, gt=0)
    max_change_of_yield: float = Field(0.25, gt=0)
    min_deviations_of_yield: float = Field(6.0, gt=0)
    min_expected_of_subject: int = Field(10, ge=5)


# loaders ----------------------------------------------------------------------------------

PROJECT_ROOT = Path(__file__).resolve().parent.parent
# Another copy of the dbt project may be built, to try a change before it is merged.
DBT_PROJECT = Path(os.environ.get("BROADSHEET_DBT_PROJECT") or PROJECT_ROOT / "dbt_project")


def config_folder() -> Path:
    """`$BROADSHEET_CONFIG`, or the `config` folder of the project."""
    return Path(os.environ.get("BROADSHEET_CONFIG") or PROJECT_ROOT / "config")


@cache
def load_sources(path: Path) -> Sources:
    return load_model(path, Sources)


@cache
def load_themes(path: Path) -> Themes:
    return load_model(path, Themes)


@cache
def load_entities(path: Path) -> Entities:
    return load_model(path, Entities)


@cache
def load_thresholds(path: Path) -> Thresholds:
    return load_model(path, Thresholds)
