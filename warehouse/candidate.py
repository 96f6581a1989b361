"""Opens a run's candidate: a copy of the current publication, and what it has to take in."""

import logging
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from duckdb import DuckDBPyConnection

from core.companions import runs_asked_for, runs_of_all
from core.decisions import held_contents, read_decisions
from core.errors import PublishError
from core.files import whole_file, write_json
from core.plan import Run, load_run
from core.takedowns import TAKEN_DOWN, Takedowns, read_takedowns
from warehouse.database import open_for_writing, remove_database, transaction, writer_lock
from warehouse.editions import (
    Content,
    Edition,
    choose_editions,
    seal,
    sealed_contents,
    sealed_folder,
)
from warehouse.in_work import in_work
from warehouse.landed_index import index_landed
from warehouse.load import load_raw
from warehouse.publications import current, set_aside_log, was_altered
from warehouse.schema import SCHEMA_VERSION, TABLES, ensure_tables
from warehouse.touched import has_table
from warehouse.versions import config_hash

_log = logging.getLogger(__name__)


def open_candidate(run_id: str) -> dict[str, Any]:
    """Make `candidate.duckdb` and `scratch.duckdb` of a run, and record them in `load.json`.

    Whatever an earlier try left is deleted first. Returns the record: `run_id`,
    `base_publication_id` and, for every edition known, edition, collect_id, content_hash, state.

    Raises:
        PlanError: nothing landed for the run's edition.
        PublishError: the current publication is missing, or has tables of another shape or was
            written into, and was made of editions whose landed files are gone.
        HomeError: the disk refused.
    """
    run = load_run(run_id)
    candidate, scratch = run.paths.candidate(run_id), run.paths.scratch(run_id)
    with writer_lock(run.paths):
        record_path(run).unlink(missing_ok=True)
        publishing_path(run).unlink(missing_ok=True)
        remove_database(candidate)
        remove_database(scratch)
        asked_for = {one.edition for one in runs_asked_for(run)}
        sealed = [seal(one) for one in runs_of_all(run)]
        own = [content for content in sealed if content.edition in asked_for]
        base = current(run.paths)
        if base:
            set_aside_log(base)
            copy_database(base, candidate)
        with open_for_writing(candidate, run.work / "spill") as connection:
            with transaction(connection):
                if base:
                    _drop_unusable(connection, run, base)
                ensure_tables(connection, "candidate")
            connection.execute(f"attach '{str(scratch).replace("'", "''")}' as scratch")
            editions = _choose(connection, run, own)
            with transaction(connection):
                index_landed(connection, run.paths, editions)
            with transaction(connection):
                changed = _config_changed(connection, run)
                load_raw(connection, run, editions, config_changed=changed)
    record = {
        "run_id": run_id,
        "base_publication_id": base.stem if base else None,
        "editions": [
            {
                "edition": one.edition.isoformat(),
                "collect_id": one.known.collect_id,
                "content_hash": one.known.content_hash,
                "state": one.state,
            }
            for one in editions
        ],
    }
    write_json(record_path(run), record)
    moved = [f"{one.edition} ({one.state})" for one in editions if one.state != "kept"]
    base_id = record["base_publication_id"] or "nothing"
    told = ", ".join(moved) or "none"
    _log.info("a candidate on %s; editions to take in: %s", base_id, told)
    return record


def record_path(run: Run) -> Path:
    """What the run's candidate was made of."""
    return run.work / "load.json"


def publishing_path(run: Run) -> Path:
    """The note that publishing this candidate has begun, and under which id."""
    return run.work / "publishing.json"


def copy_database(origin: Path, copy: Path) -> None:
    """Copy a closed database file whole, writable by its owner, and fsync it."""
    with whole_file(copy) as temporary:
        shutil.copyfile(origin, temporary)
        temporary.chmod(0o644)


def _drop_unusable(connection: DuckDBPyConnection, run: Run, base: Path) -> None:
    """Drop what dbt built in a base that is no ground to build on: all editions are taken in anew.

    That is one of another schema version, or one that somebody wrote into since. What cannot be
    built again (publications, verdicts, decisions, citations) stays.
    """
    last = connection.execute(
        "select schema_version, published_at from candidate.meta.publication"
        " order by publication_id desc limit 1"
    ).fetchone()
    if last is None:
        return
    if last[0] != SCHEMA_VERSION:
        why = "have the shape of an older release"
    elif was_altered(base, last[1]):
        why = "were written after they were published"
    else:
        return
    loaded = connection.execute("select edition from candidate.meta.edition").fetchall()
    lost = sorted({edition for (edition,) in loaded} - sealed_contents(run.paths).keys())
    if lost:
        raise PublishError(
            f"the tables of {base.stem} {why}, and the landed files of "
            f"its edition {lost[0]} are gone from {run.paths.root / 'sealed'}; "
            "restore them, so that the tables can be built anew."
        )
    _log.warning("the tables of %s %s; they are built anew from all editions", base.stem, why)
    kept = {table.qualified for table in TABLES}
    tables = connection.execute(
        "select schema_name || '.' || table_name from duckdb_tables()"
        " where database_name = 'candidate' and schema_name in ('marts', 'quality')"
    ).fetchall()
    for (table,) in tables:
        if table not in kept:
            connection.execute(f"drop table candidate.{table}")
    connection.execute("delete from candidate.meta.edition")


def _choose(connection: DuckDBPyConnection, run: Run, own: list[Content]) -> list[Edition]:
    rows = connection.execute(
        "select edition, collect_id, content_hash from candidate.meta.edition"
    ).fetchall()
    loaded = [Content(*row) for row in rows]
    left_to_others = in_work(run.paths, run.run_id) - {
        (one.edition, one.content_hash) for one in loaded
    }
    held = held_contents(read_decisions(run.paths)) | left_to_others
    editions = choose_editions(sealed_contents(run.paths), loaded, held, own)
    erased = _editions_before(connection, read_takedowns(run.paths))
    return [_anew(run, one) if one.edition in erased else one for one in editions]


def _editions_before(connection: DuckDBPyConnection, takedowns: Takedowns) -> set[date]:
    """The editions of the base that met an article which has been taken down since."""
    if not takedowns.urls or not has_table(connection, "quality", "fct_disposition"):
        return set()
    rows = connection.execute(
        "select distinct edition from candidate.quality.fct_disposition"
        " where url in (select unnest($1::varchar[])) and reason is distinct from $2",
        [list(takedowns.urls), TAKEN_DOWN],
    ).fetchall()
    return {edition for (edition,) in rows}


def _anew(run: Run, edition: Edition) -> Edition:
    """The edition as one that has changed: its seal lacks an article that the base counted."""
    if (
        edition.state != "kept"
        or not edition.now
        or not sealed_folder(run.paths, edition.now).exists()
    ):
        return edition
    return replace(edition, before=replace(edition.now, content_hash="before a takedown"))


def _config_changed(connection: DuckDBPyConnection, run: Run) -> bool:
    """Whether the base was made with other outlets, themes or entities."""
    last = connection.execute(
        "select config_hash from candidate.meta.publication order by publication_id desc limit 1"
    ).fetchone()
    return last is not None and last[0] != config_hash(run)
