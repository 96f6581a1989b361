"""A newsroom of three outlets and the landed rows of small editions, made by hand."""

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl

from core.files import file_sha256
from core.home import Home
from core.landed import LANDED, write_landed
from core.plan import Run, close_edition, plan_run

SOURCES = """
user_agent: "Test/1.0 (+https://example.org/bot)"
sources:
  - {id: alpha, name: Alpha, owner: {id: one, name: One}, homepage: "https://alpha.example/",
     country: GB, language: en, timezone: Europe/London, sets: [trade],
     entry_points: [{kind: jsonl, path: alpha.jsonl}]}
  - {id: beta, name: Beta, owner: {id: two, name: Two}, homepage: "https://beta.example/",
     country: US, language: en, timezone: America/New_York,
     entry_points: [{kind: jsonl, path: beta.jsonl}]}
"""
THEMES = """
taxonomy_version: "1"
themes:
  - {id: labour, name: Labour, description: "Work and the people who do it, paid or not."}
  - {id: labour-unions, parent: labour, name: Unions, description: "People who organise at work.",
     rules: [{id: organise, phrases: [union]}]}
"""
ENTITIES = """
entities_version: "1"
entities:
  - {id: acme, name: Acme, type: ORG, qid: Q1}
  - {id: acme-films, name: Acme Films, type: ORG, parent: acme, aliases: [AF]}
"""


def write_config(folder: Path) -> Path:
    folder.mkdir()
    (folder / "sources.yml").write_text(SOURCES)
    (folder / "themes.yml").write_text(THEMES)
    (folder / "entities.yml").write_text(ENTITIES)
    (folder / "thresholds.yml").write_text("{}\n")
    return folder


def article_id(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:16]


def land(
    home: Home,
    edition: str,
    names: Sequence[str],
    *,
    run_id: str | None = None,
    wording: str = "",
    pairs: Sequence[tuple[str, str]] = (),
    gone: Sequence[str] = (),
) -> Run:
    """Plan a run and land an edition with one article for each name, as the stations would.

    `wording` changes the text of every article, and so its version id. `gone` are articles that
    the edition saw removed.
    """
    run = plan_run(run_id or f"run-{edition}", edition=edition, home=home)
    rows = {table: _frame(table, run, names, wording) for table in LANDED}
    rows["near_duplicate"] = pl.DataFrame(
        [_pair(*sorted(map(article_id, pair)), wording) for pair in pairs],
        schema=LANDED["near_duplicate"],
        orient="row",
    )
    rows["story_link"] = pl.DataFrame(schema=LANDED["story_link"])
    rows["removal"] = _frame("removal", run, gone, wording)
    rows["quarantine"] = pl.DataFrame(schema=LANDED["quarantine"])
    for table, frame in rows.items():
        write_landed(frame, run.landing, table, "part-0")
    close_edition(run)  # as the station does: what is closed has landed
    return run


def pass_gate(run: Run) -> None:
    """Write the verdict of a gate that passed the run's candidate as it is."""
    folder = run.work / "verdicts"
    folder.mkdir(exist_ok=True)
    verdict_rows(run, success=True).write_parquet(folder / "marts.parquet")
    sha256 = file_sha256(run.paths.candidate(run.run_id))
    verdict = {"result": "passed", "candidate_sha256": sha256}
    (folder / "gate.json").write_text(json.dumps(verdict))


def verdict_rows(run: Run, *, success: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "run_id": [run.run_id],
            "edition": [run.edition],
            "suite": ["marts"],
            "expectation": ["expect_something"],
            "table_name": ["marts.dim_article"],
            "column_name": pl.Series([None], dtype=pl.String),
            "severity": ["critical"],
            "success": [success],
            "observed": ["1"],
            "sentence": ["It matters."],
        }
    )


def _pair(first: str, second: str, wording: str) -> tuple[str, str, str, str, float]:
    return first, _version(first, wording), second, _version(second, wording), 0.9


def _version(article: str, wording: str) -> str:
    return article_id(article + wording)


def _frame(table: str, run: Run, names: Sequence[str], wording: str) -> pl.DataFrame:
    schema = LANDED[table]
    defaults = {name: _value(name, dtype, run) for name, dtype in schema.items()}
    if table == "source_report":
        return pl.DataFrame([{**defaults, "source_id": "alpha"}], schema=schema)
    rows = [{**defaults, **_identity(name, run, wording)} for name in names]
    return pl.DataFrame([{key: row[key] for key in schema.names()} for row in rows], schema=schema)


def _identity(name: str, run: Run, wording: str) -> dict[str, object]:
    """What tells the rows of one article from those of another."""
    article = article_id(name)
    return {
        "article_id": article,
        "version_id": _version(article, wording),
        "source_id": "alpha" if len(name) % 2 else "beta",
        "url": f"https://alpha.example/{name}",
        "title": f"A union at {name}",
        "text": f"A union at {name}. {wording}",
        "published_day": run.edition - timedelta(days=1),
        "published_at": run.cutoff - timedelta(hours=9),
    }


def _value(name: str, dtype: object, run: Run) -> object:
    fixed: dict[str, object] = {
        "language": "en",
        "status": "loaded",
        "feed_status": "ok",
        "section": "title",
        "analysis_level": "full",
        "published_precision": "minute",
        "published_method": "meta",
        "precision": "minute",
        "genre": "news",
        "origin": "own",
        "is_truncated": False,
        "entity_id": "acme",
        "entity_type": "ORG",
        "theme_id": "labour-unions",
        "rule_id": "labour-unions/organise",
        "char_start": 2,
        "char_end": 7,
        "surface": "union",
        "extractor_version": "extractor-1",
        "taxonomy_version": "1",
        "sentence_no": 0,
        "evidence_count": 1,
    }
    by_type: dict[type, object] = {
        pl.String: name,
        pl.Int32: 1,
        pl.Float64: 1.0,
        pl.Boolean: True,
        pl.Date: run.edition,
        pl.Datetime: datetime.combine(run.edition, datetime.min.time()),
        pl.List: [],
    }
    return fixed.get(name, next(v for k, v in by_type.items() if isinstance(dtype, k)))


DAY = date(2026, 10, 1)
