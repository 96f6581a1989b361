"""The configuration an editor changes, checked before anything runs.

`sources.yml` names the outlets, `themes.yml` the taxonomy, `entities.yml` the gazetteer,
`thresholds.yml` the limits of the gate. The loaders raise ConfigError with file and line.
"""

import os
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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
from core.yaml_files import load_model

Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=80)]
Phrase = Annotated[str, Field(min_length=1, max_length=120)]
EntityType = Literal["PERSON", "ORG", "PLACE", "PRODUCT", "WORK", "EVENT", "OTHER"]
SIMILARITY = "similarity"
"""The rule id under which the sentence nearest to a theme is told."""
Relation = Literal["owned_by", "product_of", "part_of", "located_in"]
_DEFAULT_RELATION: dict[str, Relation] = {
    "ORG": "owned_by",
    "PRODUCT": "product_of",
    "PLACE": "located_in",
}


class Model(BaseModel):
    """A frozen part of the configuration; an unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


# Neither `true` nor a number in quotes.
_NUMBERS_ONLY = ConfigDict(strict=True)


def _refuse_repeats(kind: str, ids: list[str]) -> None:
    repeated = (
        sorted({one for one in ids if ids.count(one) > 1}) if len(set(ids)) < len(ids) else []
    )
    if repeated:
        raise ValueError(f"{kind} id '{repeated[0]}' is used twice; ids must be unique")


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
    overrides single settings of the newsroom's.
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
        _refuse_repeats("source", [source.id for source in self.sources])
        return self

    def source(self, source_id: str) -> Source:
        return next(source for source in self.sources if source.id == source_id)

    def fetching_of(self, source: Source) -> Fetching:
        """The newsroom's settings, each replaced where the outlet has its own."""
        if source.fetching is None:
            return self.fetching
        return self.fetching.model_copy(update=source.fetching.model_dump(exclude_unset=True))


# themes.yml -------------------------------------------------------------------------------


class Rule(Model):
    """Phrases that speak for a theme; a trailing `*` in a phrase matches any word ending.

    Every context in `requires` must be present in the scope, none of `excludes` may be: in the
    phrase's sentence; in it, the title and the first three sentences (`lead`); or in the article.
    """

    id: Slug
    phrases: Annotated[list[Phrase], Field(min_length=1)]
    requires: list[Slug] = []
    excludes: list[Slug] = []
    scope: Literal["sentence", "lead", "article"] = "sentence"
    weight: float = Field(1.0, gt=0, le=5)


Example = Annotated[str, Field(min_length=1, max_length=20_000)]


class Accuracy(Model):
    """How right a theme was on labelled articles, written by a measurement and not by hand.

    `positives` of the `articles` were about the theme; `rules` is the `core.accuracy.fingerprint`
    of what was measured, so that a theme whose rules changed since counts as unmeasured.
    """

    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    positives: int = Field(ge=1)
    articles: int = Field(ge=1)
    rules: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] = "00000000"


class Theme(Model):
    """A node of the taxonomy; `threshold` is the score from which an article is about it.

    `examples` are texts that must be about the theme, `counterexamples` texts that must not be;
    `broadsheet themes check` reads them.
    """

    id: Slug
    name: Phrase
    parent: Slug | None = None
    description: Annotated[str, Field(min_length=20)]
    iptc: Annotated[str, Field(pattern=r"^medtop:\d{8}$")] | None = None
    threshold: float = Field(1.0, gt=0)
    accuracy: Accuracy | None = None
    rules: list[Rule] = []
    examples: list[Example] = []
    counterexamples: list[Example] = []
    retired_in_edition: date | None = None

    @model_validator(mode="after")
    def _unique(self) -> Self:
        _refuse_repeats("rule", [rule.id for rule in self.rules])
        if any(rule.id == SIMILARITY for rule in self.rules):
            raise ValueError(f"the rule id '{SIMILARITY}' is kept for word vectors; choose another")
        return self


class Scoring(Model):
    """What counts for a theme beside its rules' hits, in the same points.

    `similarity` points for a text that is as near as can be (cosine 1) to the theme's name,
    description and phrases; `focus` points for an article whose every sentence is hit by a rule,
    the earlier ones counting more.
    """

    similarity: float = Field(0.0, ge=0, le=20)
    focus: float = Field(0.0, ge=0, le=20)


class Themes(Model):
    """`themes.yml`: the taxonomy, a tree of themes with their rules."""

    taxonomy_version: Phrase
    scoring: Scoring = Scoring()
    contexts: dict[Slug, Annotated[list[Phrase], Field(min_length=1)]] = {}
    themes: Annotated[list[Theme], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        ids = [theme.id for theme in self.themes]
        _refuse_repeats("theme", ids)
        _refuse_cycles("theme", {theme.id: theme.parent for theme in self.themes})
        for theme in self.themes:
            for rule in theme.rules:
                unknown = sorted({*rule.requires, *rule.excludes} - self.contexts.keys())
                if unknown:
                    raise ValueError(
                        f"rule '{theme.id}/{rule.id}' names the context '{unknown[0]}', "
                        f"which is not among: {', '.join(sorted(self.contexts))}"
                    )
        return self


def _refuse_cycles(kind: str, parents: dict[str, str | None]) -> None:
    for start, parent in parents.items():
        if parent is not None and parent not in parents:
            raise ValueError(f"{kind} '{start}' has the unknown parent '{parent}'")
        seen, node = {start}, parent
        while node is not None:
            if node in seen:
                raise ValueError(f"{kind} '{start}' is its own ancestor; remove the cycle")
            seen.add(node)
            node = parents[node]


# entities.yml -----------------------------------------------------------------------------


class Alias(Model):
    """A name of an entity; `context` phrases are needed where the name is ambiguous."""

    alias: Phrase
    valid_from: date | None = Field(default=None, alias="from")
    valid_to: date | None = Field(default=None, alias="to")
    context: list[Phrase] = []


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
    context: list[Phrase] = []
    aliases: list[Phrase | Alias] = []
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
        _refuse_repeats("entity", [entity.id for entity in self.entities])
        _refuse_cycles("entity", {entity.id: entity.parent for entity in self.entities})
        owner_of: dict[str, str] = {}
        for entity in self.entities:
            for name in entity.names:
                other = owner_of.setdefault(name.alias, entity.id)
                if other != entity.id:
                    raise ValueError(
                        f"the alias '{name.alias}' belongs to '{other}' and to '{entity.id}'; "
                        "leave it to one of them"
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
    max_deferred_share: float = Field(0.2, ge=0, le=1)
    max_repeated_text_share: float = Field(0.5, gt=0, le=1)
    max_markup_share: float = Field(0.05, ge=0, le=1)
    max_garbled_share: float = Field(0.05, ge=0, le=1)
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
