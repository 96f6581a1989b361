"""What tasks say they read and write, and the file of events, without an Airflow."""

import json
import multiprocessing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from openlineage.client.event_v2 import Job, Run, RunEvent, RunState
from openlineage.client.uuid import generate_new_uuid

from cli.airflow_env import lineage, settings
from cli.up import up
from core.errors import ConfigError
from core.home import Home
from core.plan import plan_run
from dags.lineage import (
    DailyFile,
    DailyFileConfig,
    Stations,
    of_brief,
    of_model,
)
from tests.support.lineage import path_between, read_events

DAY = "2026-10-16"


def event(number: int, day: str = DAY) -> RunEvent:
    run = Run(runId=str(generate_new_uuid()))
    job = Job(namespace="broadsheet", name=f"job-{number}-{'x' * 20_000}")
    return RunEvent(
        eventTime=f"{day}T04:59:59+00:00", eventType=RunState.START, run=run, job=job, producer="t"
    )


def emit_many(folder: str, first: int) -> None:
    transport = DailyFile(DailyFileConfig.from_dict({"folder": folder}))
    for number in range(first, first + 50):
        transport.emit(event(number))


def test_events_of_several_processes_stand_whole_in_the_file_of_their_day(tmp_path: Path) -> None:
    folder = str(tmp_path / "lineage")
    forks = multiprocessing.get_context("fork")
    writers = [forks.Process(target=emit_many, args=(folder, first)) for first in (0, 50)]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    DailyFile(DailyFileConfig(folder)).emit(event(100, "2026-10-17"))
    files = sorted(path.name for path in Path(folder).iterdir())
    assert files == ["2026-10-16.ndjson", "2026-10-17.ndjson"]
    numbers = {int(one["job"]["name"].split("-")[1]) for one in read_events(Path(folder))}
    assert numbers == set(range(101))


def test_the_settings_write_to_the_home_unless_told_otherwise(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = json.loads(settings(home, 8080)["AIRFLOW__OPENLINEAGE__TRANSPORT"])
    assert transport == {"type": "dags.lineage.DailyFile", "folder": str(home.root / "lineage")}
    elsewhere = '{"type": "http", "url": "http://marquez:5000"}'
    monkeypatch.setenv("BROADSHEET_LINEAGE", elsewhere)
    assert lineage(home)["AIRFLOW__OPENLINEAGE__TRANSPORT"] == elsewhere
    monkeypatch.setenv("BROADSHEET_LINEAGE", "off")
    assert lineage(home) == {"AIRFLOW__OPENLINEAGE__DISABLED": "true"}


@pytest.mark.parametrize("wanted", ["none", '{"type": "http",}', "[]", '"off"', '{"url": "key"}'])
def test_a_place_that_is_none_is_refused_before_anything_starts(
    home: Home, wanted: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_LINEAGE", wanted)
    for start in (lambda: lineage(home), lambda: up(None)):
        with pytest.raises(ConfigError, match="BROADSHEET_LINEAGE must be 'off' or a JSON") as told:
            start()
        assert "key" not in str(told.value)
    assert not home.airflow.exists()


def test_a_fetch_reads_outlets_and_writes_their_archive(home: Home) -> None:
    run = plan_run("one")
    shard = run.shards[0].model_dump()
    (outlet,) = shard["sources"]
    named = [f"outlet/{outlet}"], [f"archive/{DAY}/20261016T0500/{outlet}"]
    assert ended("fetch", "one", shard=shard) == named
    assert ended("fetch", run="one", shard=shard) == named


def ended(station: str, *args: Any, **given: Any) -> tuple[list[str], list[str]]:
    """What the extractor says of a task that ended, called with these arguments."""
    operator = SimpleNamespace(task_id=f"group.{station}", op_args=args, op_kwargs=given)
    told = Stations(operator).extract_on_complete(None)
    assert {one.namespace for one in (*told.inputs, *told.outputs)} <= {"broadsheet"}
    return [one.name for one in told.inputs], [one.name for one in told.outputs]


def test_a_task_that_is_told_of_by_nobody_reads_and_writes_nothing(home: Home) -> None:
    plan_run("one")
    assert ended("plan") == ([], [])
    assert ended("find_outdated", run="one") == ([], [])
    assert ended("group_texts", run="one") == ended("group_texts", "one")
    read, written = ended("group_texts", "one")
    assert read == [f"landing/{DAY}/20261016T0500/enriched"]
    assert written == [f"landing/{DAY}/20261016T0500/grouped"]


def test_a_brief_comes_from_the_publications_that_triggered_it() -> None:
    told = SimpleNamespace(extra={"publication_id": "p000007", "edition": DAY})
    assert of_brief({"publication": [told]}) == (
        ["publications/p000007"],
        [f"reports/{DAY}/brief.html"],
    )


def test_every_model_reads_tables_that_are_there(described: dict[str, Any]) -> None:
    """From a raw table to each mart, through models that are only inlined."""
    parsed = described["manifest"]
    steps = []
    for unique_id, node in parsed["nodes"].items():
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral":
            read, written = of_model(parsed, unique_id, "work/one/candidate")
            names = [{"name": one} for one in read]
            steps.append(
                {
                    "job": {"name": node["name"]},
                    "inputs": names,
                    "outputs": [{"name": one} for one in written],
                }
            )
            assert names or not node["depends_on"]["nodes"], unique_id
    within = "work/one/candidate"
    for table in ("dim_article", "fct_theme_evidence", "evidence", "fct_theme_daily"):
        assert path_between(steps, f"{within}/raw.article", f"{within}/marts.{table}"), table
