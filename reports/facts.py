"""What a brief states: rows of one publication, each list from one file of `reports/sql`."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from core.errors import PublishError

SQL = Path(__file__).parent / "sql"
MOST_STORIES = 7
MOST_THEMES = 12
MOST_ENTITIES = 12
EVIDENCE_PER_STORY = 3
MIN_BASELINE_DAYS = 14

type Row = dict[str, Any]


@dataclass(frozen=True)
class Facts:
    """All that one page needs; every row comes from the publication named in `publication`."""

    publication: Row
    headline: Row
    themes: list[Row]
    theme_days: list[Row]
    stories: list[Row]
    entities: list[Row]
    coverage: list[Row]
    refusals: list[Row]
    verdicts: list[Row]
    refused_runs: list[Row]
    licences: list[Row]
    changed: list[Row]

    @property
    def warnings(self) -> list[Row]:
        return [row for row in self.verdicts if not row["success"]]

    @property
    def missing(self) -> list[Row]:
        """Outlets that the counts of this edition miss: silent, or without an answer."""
        return [row for row in self.coverage if row["is_silent"] or not row["is_collected"]]

    @property
    def corrections(self) -> list[Row]:
        """Articles cited before that were corrected or taken down."""
        return [row for row in self.changed if row["change"] != "minor"]

    @property
    def changed_quietly(self) -> list[Row]:
        """Articles cited before whose words changed without a notice."""
        return [row for row in self.changed if row["change"] == "minor"]

    @property
    def explained(self) -> list[str]:
        """The articles that the page leads on to the explanation of."""
        quiet = {row["article_id"] for row in self.changed_quietly}
        return sorted(quiet | {article_id for article_id, _ in self.citations})

    @property
    def citations(self) -> list[tuple[str, str]]:
        """The articles that the page quotes or links, each with its wording."""
        leads = {(one["lead_article_id"], one["lead_version_id"]) for one in self.stories}
        others = [row for one in self.stories for row in one["printed_by"]]
        quoted = [row for row in self.entities if row["sentence"]]
        shown = (*others, *quoted, *self.corrections)
        return sorted(leads | {(row["article_id"], row["version_id"]) for row in shown})


@contextmanager
def open_publication(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A read-only connection whose default catalog is the publication at `path`.

    Raises:
        PublishError: there is no such publication.
    """
    if not path.exists():
        raise PublishError(f"{path} does not exist; 'broadsheet publications' lists what does.")
    with duckdb.connect() as connection:
        connection.execute(f"attach '{path}' as broadsheet (read_only)")
        connection.execute("use broadsheet")
        yield connection


def read_facts(connection: duckdb.DuckDBPyConnection, publication_id: str, edition: date) -> Facts:
    """Every list of the brief of `edition`, as `publication_id` has it."""
    these = {"edition": edition}
    this = {"publication_id": publication_id}
    themes = query(connection, "themes", these)
    return Facts(
        publication=query(connection, "publication", this)[0],
        headline=query(connection, "headline", these)[0],
        themes=[{**row, "verdict": verdict(row)} for row in themes],
        theme_days=query(connection, "theme_days", these),
        stories=_stories(connection, edition),
        entities=query(connection, "entities", {**these, "most": MOST_ENTITIES}),
        coverage=query(connection, "coverage", these),
        refusals=query(connection, "refusals", these),
        verdicts=query(connection, "verdicts", this),
        refused_runs=query(connection, "refused_runs", these),
        licences=query(connection, "licences", these),
        changed=query(connection, "corrections", these),
    )


def verdict(theme: Row) -> str:
    """Whether a theme moved, in words; 'too early to say' below 14 baseline days."""
    if theme["baseline_days"] < MIN_BASELINE_DAYS or theme["expected"] is None:
        return f"too early to say ({theme['baseline_days']} of {MIN_BASELINE_DAYS} days known)"
    usual = f"usual {theme['low']:.0f} to {theme['high']:.0f} a day"
    if theme["is_burst"]:
        return f"more than usual ({usual})"
    return f"within the usual ({usual})"


def _stories(connection: duckdb.DuckDBPyConnection, edition: date) -> list[Row]:
    stories = query(connection, "stories", {"edition": edition, "most": MOST_STORIES})
    leads = [row["lead_article_id"] for row in stories]
    evidence = grouped("article_id", query(connection, "story_evidence", {"article_ids": leads}))
    outlets = grouped(
        "story_id",
        query(connection, "story_outlets", {"story_ids": [row["story_id"] for row in stories]}),
    )
    return [
        {
            **row,
            "evidence": by_sentence(evidence[row["lead_article_id"]])[:EVIDENCE_PER_STORY],
            "printed_by": outlets[row["story_id"]],
        }
        for row in stories
    ]


def by_sentence(evidence: list[Row]) -> list[Row]:
    """Evidence rows with equal sentences made one, with all their themes and marked words."""
    merged: dict[str, Row] = {}
    for row in evidence:
        one = merged.setdefault(
            row["sentence"], {"sentence": row["sentence"], "themes": [], "surfaces": []}
        )
        one["themes"].append(row)
        one["surfaces"] += [word for word in row["surfaces"] if word not in one["surfaces"]]
    return list(merged.values())


def grouped(key: str, rows: list[Row]) -> dict[str, list[Row]]:
    """The rows by what they have in `key`, each group in its order."""
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[key]].append(row)
    return groups


def query(connection: duckdb.DuckDBPyConnection, name: str, parameters: Row) -> list[Row]:
    """The rows that `sql/<name>.sql` gives for these parameters."""
    cursor = connection.execute((SQL / f"{name}.sql").read_text(), parameters)
    columns = [column[0] for column in cursor.description or []]
    return [dict(zip(columns, values, strict=True)) for values in cursor.fetchall()]
