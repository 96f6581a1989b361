"""Publishing is one instant, can be done again after a kill, and refuses what no gate passed."""

import json
import multiprocessing
import os
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from core.config import PROJECT_ROOT
from core.decisions import append_decision
from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import land, verdict_rows
from tests.warehouse.publishing import ask, prepare
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.publications import current, list_publications
from warehouse.publish import publish
from warehouse.schema import SCHEMA_VERSION, TABLES


def test_a_publication_is_a_new_read_only_file_behind_the_symlink(newsroom: Home) -> None:
    run = prepare(newsroom, "2026-10-01")
    assert publish(run.run_id) == {"publication_id": "p000001", "edition": "2026-10-01"}
    target = newsroom.publication("p000001")
    assert newsroom.warehouse.is_symlink()
    assert newsroom.warehouse.readlink() == Path("publications/p000001.duckdb")
    assert target.stat().st_mode & 0o777 == 0o444
    assert not newsroom.candidate(run.run_id).exists()
    assert not list(newsroom.root.rglob("*.wal"))
    assert ask(newsroom, "from marts.marker") == [(run.run_id,)]


def test_the_records_name_run_base_versions_and_editions(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    second = prepare(newsroom, "2026-10-02")
    publish(second.run_id)
    rows = ask(
        newsroom,
        "select publication_id, base_publication_id, edition::varchar, dag_run_id,"
        " taxonomy_version, extractor_version, entities_version, schema_version, gate_result"
        " from meta.publication order by 1",
    )
    common = ("1", "extractor-1", "1", SCHEMA_VERSION, "passed")
    assert rows == [
        ("p000001", None, "2026-10-01", "run-2026-10-01", *common),
        ("p000002", "p000001", "2026-10-02", "run-2026-10-02", *common),
    ]
    assert ask(
        newsroom, "select edition::varchar, loaded_by_run_id from meta.edition order by 1"
    ) == [
        ("2026-10-01", "run-2026-10-01"),
        ("2026-10-02", "run-2026-10-02"),
    ]
    verdicts = "select run_id, publication_id, success from quality.expectation_result order by 1"
    assert ask(newsroom, verdicts) == [
        ("run-2026-10-01", "p000001", True),
        ("run-2026-10-02", "p000002", True),
    ]


def test_every_column_has_a_comment(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    silent = ask(
        newsroom,
        "select table_name, column_name from duckdb_columns()"
        " where schema_name in ('meta', 'quality') and coalesce(comment, '') = ''",
    )
    assert silent == []
    assert ask(newsroom, "select count(*) from duckdb_tables() where comment is not null") == [
        (len(TABLES),)
    ]


def test_a_replay_is_a_new_publication(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    assert publish(prepare(newsroom, "2026-10-01", "replay").run_id)["publication_id"] == "p000002"
    assert ask(newsroom, "select loaded_by_run_id from meta.edition") == [("run-2026-10-01",)]


def test_publishing_again_changes_nothing(newsroom: Home) -> None:
    run = prepare(newsroom, "2026-10-01")
    first = publish(run.run_id)
    assert publish(run.run_id) == first
    publish(prepare(newsroom, "2026-10-02").run_id)
    assert publish(run.run_id) == first
    assert current(newsroom) == newsroom.publication("p000002")


def test_a_run_that_is_built_again_publishes_again(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    assert publish(prepare(newsroom, "2026-10-01").run_id)["publication_id"] == "p000002"


def test_nothing_is_published_without_a_passed_verdict(newsroom: Home) -> None:
    run = prepare(newsroom, "2026-10-01")
    gate = run.work / "verdicts" / "gate.json"
    verdict = json.loads(gate.read_text())
    gate.write_text(json.dumps({**verdict, "result": "refused"}))
    with pytest.raises(PublishError, match="gate has not passed"):
        publish(run.run_id)
    gate.unlink()
    with pytest.raises(PublishError, match="gate has not passed"):
        publish(run.run_id)
    assert current(newsroom) is None


def test_a_candidate_changed_after_the_gate_is_refused(newsroom: Home) -> None:
    run = prepare(newsroom, "2026-10-01")
    with open_for_writing(newsroom.candidate(run.run_id), run.work / "spill") as connection:
        connection.execute("create table marts.smuggled as select 1 as one")
    with pytest.raises(PublishError, match="not the one that the gate passed"):
        publish(run.run_id)


def test_a_candidate_on_an_older_base_is_refused(newsroom: Home) -> None:
    late = prepare(newsroom, "2026-10-01")
    publish(prepare(newsroom, "2026-10-02").run_id)
    with pytest.raises(PublishError, match=r"p000001 is published now, but .* built on nothing"):
        publish(late.run_id)
    rebuilt = prepare(newsroom, "2026-10-01")
    assert publish(rebuilt.run_id)["publication_id"] == "p000002"


def test_verdicts_of_refused_runs_and_decisions_come_with_the_next(newsroom: Home) -> None:
    refused = land(newsroom, "2026-10-01", ["a"])
    folder = newsroom.quality / "verdicts"
    folder.mkdir(parents=True)
    verdict_rows(refused, success=False).write_parquet(folder / f"{refused.run_id}.parquet")
    append_decision(newsroom, "hold", refused.edition, "aa", "gate", "It is bad.", refused.run_id)
    for edition in ("2026-10-02", "2026-10-03"):
        publish(prepare(newsroom, edition).run_id)
    rows = ask(
        newsroom, "select run_id, publication_id from quality.expectation_result where not success"
    )
    assert rows == [(refused.run_id, None)]
    assert ask(newsroom, "select decision, edition::varchar, run_id from quality.decision") == [
        ("hold", "2026-10-01", refused.run_id)
    ]


def test_a_held_edition_that_passes_after_all_is_released(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a"])
    content = open_candidate(run.run_id)["editions"][0]["content_hash"]
    append_decision(newsroom, "hold", run.edition, content, "gate", "It is bad.", run.run_id)
    publish(prepare(newsroom, "2026-10-01", "again").run_id)
    rows = ask(newsroom, "select decision, decided_by, run_id from quality.decision order by 1")
    assert rows == [("hold", "gate", run.run_id), ("release", "gate", "again")]


_NEWEST = "select max(publication_id) from meta.publication"


def _environment() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}


# Kills: the publishing process ends at a named call, as by SIGKILL, and is started again. -------

_KILLED = """
import os, sys
import warehouse.publish as publishing

module, name = sys.argv[2].split(":")
before = sys.argv[3] == "before"
target = {"publishing": publishing, "os": os, "Path": publishing.Path}[module]
original = getattr(target, name)

def dies(*args, **more):
    if not before:
        original(*args, **more)
    os._exit(9)

setattr(target, name, dies)
publishing.publish(sys.argv[1])
"""


@pytest.mark.parametrize(
    ("call", "moment"),
    [
        ("publishing:write_json", "before"),
        ("publishing:write_json", "after"),
        ("publishing:write_records", "before"),
        ("publishing:write_records", "after"),
        ("Path:rename", "before"),
        ("Path:rename", "after"),
        ("publishing:swap", "before"),
        ("publishing:swap", "after"),
        ("publishing:retire", "before"),
        ("publishing:_tidy", "after"),
    ],
)
def test_a_killed_publish_goes_on_where_it_was(newsroom: Home, call: str, moment: str) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    run = prepare(newsroom, "2026-10-02")
    command = [sys.executable, "-c", _KILLED, run.run_id, call, moment]
    killed = subprocess.run(command, check=False, env=_environment())
    assert killed.returncode == 9
    published = ask(newsroom, _NEWEST)
    assert published in ([("p000001",)], [("p000002",)])
    assert publish(run.run_id) == {"publication_id": "p000002", "edition": "2026-10-02"}
    assert ask(newsroom, "from marts.marker") == [(run.run_id,)]
    counts = "select count(*), count(distinct publication_id) from meta.publication"
    assert ask(newsroom, counts) == [(2, 2)]
    assert ask(newsroom, "select count(*) from quality.expectation_result") == [(2,)]
    assert sorted(file.name for file in newsroom.publications.iterdir()) == [
        "p000001.duckdb",
        "p000002.duckdb",
    ]


def test_a_file_left_between_rename_and_swap_never_becomes_current(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    run = prepare(newsroom, "2026-10-02")
    command = [sys.executable, "-c", _KILLED, run.run_id, "publishing:swap", "before"]
    subprocess.run(command, check=False, env=_environment())
    assert newsroom.publication("p000002").exists()
    other = prepare(newsroom, "2026-10-03")
    assert publish(other.run_id)["publication_id"] == "p000003"
    assert not newsroom.publication("p000002").exists()
    with pytest.raises(PublishError, match="built on p000001"):
        publish(run.run_id)


_FULL_DISK = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
from core.errors import HomeError
from warehouse.candidate import open_candidate
from warehouse.publish import publish
try:
    {"open": open_candidate, "publish": publish}[sys.argv[2]](sys.argv[1])
except HomeError as error:
    print(error)
    sys.exit(7)
"""


@pytest.mark.parametrize("step", ["open", "publish"])
def test_a_full_disk_is_told_and_costs_nothing_published(newsroom: Home, step: str) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    run = prepare(newsroom, "2026-10-02")
    size = newsroom.candidate(run.run_id).stat().st_size
    limit = size // 2 if step == "open" else size + 1
    command = [sys.executable, "-c", _FULL_DISK, run.run_id, step, str(limit)]
    result = subprocess.run(
        command,
        check=False,
        capture_output=True,
        text=True,
        env=_environment(),
    )
    assert result.returncode == 7, result.stderr
    assert str(newsroom.candidate(run.run_id)) in result.stdout
    assert "then run the edition again" in result.stdout
    assert ask(newsroom, _NEWEST) == [("p000001",)]
    if step == "open":
        run = prepare(newsroom, "2026-10-02")
    assert publish(run.run_id)["publication_id"] == "p000002"


# Readers -----------------------------------------------------------------------------------


def _read_without_pause(path: str, stop: object, seen: object) -> None:
    """Ask through the symlink until told to stop; put every id seen, or the error."""
    ids: list[str] = []
    while not stop.is_set():  # type: ignore[attr-defined]
        try:
            with duckdb.connect(path, read_only=True) as connection:
                ids += connection.execute(
                    "select max(publication_id) from meta.publication"
                ).fetchone()
        except duckdb.Error as error:
            ids.append(f"error: {error}")
    seen.put(ids)  # type: ignore[attr-defined]


def test_readers_see_whole_publications_in_rising_order(newsroom: Home) -> None:
    publish(prepare(newsroom, "2026-10-01").run_id)
    context = multiprocessing.get_context("spawn")
    stop, seen = context.Event(), context.Queue()
    readers = [
        context.Process(target=_read_without_pause, args=(str(newsroom.warehouse), stop, seen))
        for _ in range(2)
    ]
    for reader in readers:
        reader.start()
    try:
        for number in range(8):
            publish(prepare(newsroom, f"2026-10-{number + 2:02d}").run_id)
        time.sleep(1)
    finally:
        stop.set()
    reads = [seen.get(timeout=60) for _ in readers]
    for reader in readers:
        reader.join()
    for ids in reads:
        assert not [one for one in ids if one.startswith("error")]
        assert ids == sorted(ids)
        assert ids[-1] == "p000009"
    assert len(list_publications(newsroom)) == 9
