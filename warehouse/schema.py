"""The tables of a publication that dbt does not build: verdicts, decisions, publication records."""

from dataclasses import dataclass

from duckdb import DuckDBPyConnection

# Another one than a base has: its marts are dropped and built anew from all sealed editions.
SCHEMA_VERSION = "4"


@dataclass(frozen=True)
class Table:
    """A table with a comment on itself and on every column; columns are name → (type, comment)."""

    schema: str
    name: str
    comment: str
    columns: dict[str, tuple[str, str]]

    @property
    def qualified(self) -> str:
        return f"{self.schema}.{self.name}"


PUBLICATION = Table(
    "meta",
    "publication",
    "This publication and every earlier one that it was built on; the highest id is this one.",
    {
        "publication_id": ("varchar", "Id of the publication; ids only increase."),
        "base_publication_id": (
            "varchar",
            "Publication whose content it began with; NULL for the first.",
        ),
        "edition": ("date", "Edition whose run made it."),
        "published_at": ("timestamp", "When it was written, by the machine's clock, UTC."),
        "dag_run_id": ("varchar", "Run that made it."),
        "code_version": ("varchar", "Hash over the source files of the project."),
        "taxonomy_version": ("varchar", "taxonomy_version of themes.yml in that run."),
        "extractor_version": ("varchar", "Version(s) of entity and theme extraction loaded."),
        "entities_version": ("varchar", "entities_version of entities.yml in that run."),
        "config_hash": ("varchar", "Hash over outlets, themes and entities of that run."),
        "schema_version": ("varchar", "Version of the published tables' shape."),
        "gate_result": ("varchar", "What the gate said of it; of a rollback, to which one."),
    },
)
EDITION = Table(
    "meta",
    "edition",
    "An edition whose content is in this publication.",
    {
        "edition": ("date", "Edition: UTC date of the end of its data interval."),
        "collect_id": ("varchar", "Collection that landed it."),
        "content_hash": ("varchar", "Hash over its landed files."),
        "loaded_by_run_id": ("varchar", "Run that loaded this content."),
    },
)
BRIEF_FIGURE = Table(
    "meta",
    "brief_figure",
    "A figure printed in an earlier brief, with the query that gave it.",
    {
        "publication_id": ("varchar", "Publication the brief was made from."),
        "edition": ("date", "Edition of the brief."),
        "figure": ("varchar", "Name of the figure in the brief."),
        "value": ("varchar", "The figure as printed."),
        "sql": ("varchar", "The query that gave it on that publication."),
    },
)
BRIEF_CITATION = Table(
    "meta",
    "brief_citation",
    "An article that an earlier brief quoted or linked, in the wording that it had then.",
    {
        "publication_id": ("varchar", "Publication the brief was made from."),
        "edition": ("date", "Edition of the brief."),
        "article_id": ("varchar", "The article, in marts.dim_article."),
        "version_id": ("varchar", "The wording that the brief spoke of, in article_version."),
    },
)
LANDED_ARTICLE = Table(
    "meta",
    "landed_article",
    "An article of which an edition landed a wording or an address, or saw that it was gone or "
    "back: where a run finds the rows of articles it rebuilds.",
    {
        "edition": ("date", "Edition in whose landed files it is."),
        "article_id": ("varchar", "The article; not always in marts.dim_article."),
    },
)
LANDED_LINK = Table(
    "meta",
    "landed_link",
    "Two articles that an edition landed as nearly equal texts or as alike in what they tell, "
    "whether or not they came to be one text or one story.",
    {
        "edition": ("date", "Edition in whose landed files it is."),
        "article_id": ("varchar", "One of the articles."),
        "other_article_id": ("varchar", "The other article."),
    },
)
LANDED_ENTITY = Table(
    "meta",
    "landed_entity",
    "An entity of a knowledge base that an edition landed, or one above such an entity.",
    {
        "edition": ("date", "Edition in whose landed files it is."),
        "entity_id": ("varchar", "The entity, in marts.dim_entity."),
    },
)
QUARANTINE = Table(
    "quality",
    "quarantine",
    "A landed row kept out of the marts, without its text; the whole row stays in the landing.",
    {
        "edition": ("date", "Edition that landed the row."),
        "source_id": ("varchar", "Outlet it came from."),
        "article_id": ("varchar", "Article it belongs to."),
        "version_id": ("varchar", "Wording it belongs to."),
        "url": ("varchar", "Discovered URL of the page."),
        "expectation": ("varchar", "Expectation that it failed; a row for each."),
        "reason": ("varchar", "Why, for a person."),
        "run_id": ("varchar", "Run that refused it, the one that loaded the edition without it."),
        "quarantine_id": ("varchar", "Its name in broadsheet quarantine show, release, discard."),
        "may_release": ("boolean", "Whether a person may take the row in as it is."),
    },
)
DECISION = Table(
    "quality",
    "decision",
    "A decision about one content of an edition; never changed, only followed by another.",
    {
        "decided_at": ("timestamp", "When, UTC; increases from decision to decision."),
        "decision": ("varchar", "hold, release, override, rollback, takedown, discard or replay."),
        "edition": ("date", "Edition it is about."),
        "content_hash": ("varchar", "Content of that edition it is about."),
        "decided_by": ("varchar", "Who decided: a person's name, or gate."),
        "why": ("varchar", "The reason given."),
        "run_id": ("varchar", "Run it came from; NULL where a person decided outside a run."),
        "article_id": ("varchar", "Article of the one row it is about; NULL for all of it."),
        "version_id": ("varchar", "Wording of the one row it is about; NULL for all of it."),
        "expectations": ("varchar", "What an override lets fail, suite/expectation, by comma."),
        "url": ("varchar", "Canonical URL of an article taken down; NULL for other decisions."),
    },
)
EXPECTATION_RESULT = Table(
    "quality",
    "expectation_result",
    "What one expectation said in one run, also of runs that were refused.",
    {
        "run_id": ("varchar", "Run that was judged."),
        "publication_id": ("varchar", "Publication it became; NULL if it was refused."),
        "edition": ("date", "Edition of that run."),
        "suite": ("varchar", "Suite of expectations, by layer."),
        "expectation": ("varchar", "Name of the expectation."),
        "table_name": ("varchar", "Table it is about."),
        "column_name": ("varchar", "Column it is about; NULL for a whole table."),
        "severity": ("varchar", "critical stops an edition, warning does not."),
        "success": ("boolean", "Whether it held."),
        "observed": ("varchar", "What was found."),
        "sentence": ("varchar", "Why this matters and what to do."),
        "overridden_by": ("varchar", "Who had it published although it failed; NULL: nobody."),
    },
)
TABLES = (
    PUBLICATION,
    EDITION,
    BRIEF_FIGURE,
    BRIEF_CITATION,
    LANDED_ARTICLE,
    LANDED_LINK,
    LANDED_ENTITY,
    QUARANTINE,
    DECISION,
    EXPECTATION_RESULT,
)


def ensure_tables(connection: DuckDBPyConnection, catalog: str) -> None:
    """Make the schemas and tables that are missing in `catalog`, and (re)write all comments."""
    connection.execute(f"use {catalog}")  # comment on column takes no catalog
    for schema in ("marts", "quality", "meta"):
        connection.execute(f"create schema if not exists {schema}")
    for table in TABLES:
        columns = ", ".join(f"{name} {type_}" for name, (type_, _) in table.columns.items())
        connection.execute(f"create table if not exists {table.qualified} ({columns})")
        for name, (type_, _) in table.columns.items():  # a base may be older than a column
            connection.execute(
                f"alter table {table.qualified} add column if not exists {name} {type_}"
            )
        connection.execute(f"comment on table {table.qualified} is {_quoted(table.comment)}")
        for name, (_, comment) in table.columns.items():
            connection.execute(f"comment on column {table.qualified}.{name} is {_quoted(comment)}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
