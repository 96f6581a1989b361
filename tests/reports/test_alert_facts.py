"""What alerts are made of: a run's own verdicts, its silent outlets, what readers see."""

from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.alerts import Alerts
from core.config import PROJECT_ROOT
from core.errors import GateRefused
from core.home import Home
from core.plan import Run
from expectations.gate import check_landing
from reports.alert_facts import Served, Task, failed_task, served, silence, silent_outlets
from tests.expectations.healthy import healthy_tables, plan, write_configuration, write_tables
from tests.reports.publication import publish_nothing_but

OFF = Alerts()
LINK = "https://airflow.example.org/dags/daily_news/runs/run-1/tasks/collect.check_landing"


def task(name: str, run_id: str = "run-1") -> Task:
    return Task("daily_news", run_id, name, LINK)


@pytest.fixture
def run(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """A planned run of three outlets."""
    config = tmp_path / "config"
    write_configuration(config)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(config))
    return plan("run-1", config)


def land_without(run: Run, *silent: str) -> None:
    """A landed batch to which these outlets gave nothing but pages that are looked at again."""
    tables = healthy_tables(run)
    for row in tables["discovered"]:
        if row["source_id"] in silent:
            row["via"] = "recheck"
    write_tables(run, tables)


def refusal(run: Run) -> str:
    with pytest.raises(GateRefused) as caught:
        check_landing(run.run_id)
    return str(caught.value)


def test_a_refusal_tells_the_gates_own_sentences(run: Run) -> None:
    land_without(run, "reel-trade", "werkbank")
    error = refusal(run)
    alert = failed_task(run.paths, task("collect.check_landing"), error, OFF)
    assert alert.kind == "failed_gate"
    assert alert.edition == run.edition
    verdicts = pl.read_parquet(run.work / "verdicts" / "landed.parquet")
    critical = verdicts.filter(~pl.col("success") & (pl.col("severity") == "critical"))
    assert [(one.expectation, one.sentence) for one in alert.failures] == critical.select(
        "expectation", "sentence"
    ).rows()
    assert "edition.silent_source_share" in alert.what
    assert alert.silent == ("Reel Trade", "Werkbank")
    assert alert.link == LINK
    assert alert.runbook == "docs/runbooks/check_landing.md"
    assert alert.reason == ""
    again = failed_task(run.paths, task("collect.check_landing"), error, OFF)
    assert again.key == alert.key


def test_verdicts_of_an_earlier_try_are_not_told_again(run: Run) -> None:
    land_without(run, "reel-trade", "werkbank")
    refusal(run)
    error = f"{run.paths.root} could not be written: No space left on device."
    alert = failed_task(run.paths, task("gate.check_marts"), error, OFF)
    assert (alert.kind, alert.failures, alert.reason) == ("failed_task", (), error)


@pytest.mark.parametrize("silent", [(), ("werkbank",), ("harbour-times", "reel-trade", "werkbank")])
def test_it_names_the_outlets_that_the_gate_counts(run: Run, silent: tuple[str, ...]) -> None:
    land_without(run, *silent)
    if len(silent) > 1:
        refusal(run)
    else:
        check_landing(run.run_id)
    verdicts = pl.read_parquet(run.work / "verdicts" / "landed.parquet")
    counted = verdicts.filter(pl.col("expectation") == "source.not_silent")["observed"][0]
    assert len(silent_outlets(run)) == len(silent)
    assert counted.startswith(f"{len(silent)} row") or not silent
    alert = silence(run.paths, task("collect.check_landing"), OFF)
    if alert is None:
        assert silent == ()
        return
    assert alert.kind == "silent_source"
    assert alert.scope is None
    assert alert.what in {"Werkbank is silent", "3 outlets are silent"}


def test_a_failed_publication_and_other_tasks(run: Run) -> None:
    alert = failed_task(run.paths, task("publish.publish"), "the base is another.", OFF)
    assert (alert.kind, alert.reason) == ("failed_publish", "the base is another.")
    assert "clear the task publish.publish" in alert.todo
    lost = failed_task(run.paths, task("enrich.enrich"), "", OFF)
    assert "process was lost" in lost.reason
    assert lost.what == "the task enrich of daily_news failed"


def test_a_replay_is_called_one(run: Run) -> None:
    publishing = Task("reprocess", "run-1", "publish_replay", LINK)
    alert = failed_task(run.paths, publishing, "it would change other facts.", OFF)
    assert (alert.kind, alert.edition) == ("failed_publish", run.edition)
    assert alert.what == "a replay was not published"
    land_without(run, "reel-trade", "werkbank")
    shown = failed_task(run.paths, Task("reprocess", "run-1", "show", LINK), refusal(run), OFF)
    assert shown.what.startswith("the gate refused the replay (")


def test_all_tasks_of_dbt_are_one_alert(run: Run) -> None:
    failed = [
        failed_task(run.paths, task(f"build.dbt.{name}"), f"{name} failed", OFF)
        for name in ("dbt_producer_watcher", "marts.dim_article.run", "marts.dim_article.test")
    ]
    assert len({alert.key for alert in failed}) == 1
    assert failed[0].runbook == "docs/runbooks/dbt.md"


def test_a_run_without_a_plan_is_told_as_well(home: Home) -> None:
    settings = Alerts(runbooks_url="https://git.example.org/runbooks")
    alert = failed_task(home, task("collect.plan", "lost"), "sources.yml:3: no.", settings)
    assert alert.edition is None
    assert alert.subject == "Broadsheet: the task plan of daily_news failed"
    assert alert.runbook == "https://git.example.org/runbooks/plan.md"
    assert "Nothing has been published" in alert.served


def test_what_is_served(home: Home) -> None:
    assert served(home) == Served(None)
    file = publish_nothing_but(home, "p000012", date(2026, 10, 15), date(2026, 10, 16))
    assert served(home).sentence == "p000012 of 2026-10-16 is still served to readers."
    with pytest.raises(duckdb.InvalidInputException), duckdb.connect(file, read_only=True) as it:
        it.execute("create table changed (x int)")
    file.chmod(0o644)
    file.write_bytes(b"no database")
    assert served(home).sentence == "p000012 is still served to readers."
    file.unlink()
    assert served(home).sentence == "p000012 should be served, but its file is gone; restore it."


def test_every_task_has_a_runbook_to_link_to() -> None:
    for name in ("collect.outlet.fetch", "gate.check_marts", "publish.publish", "build.dbt.x.run"):
        station = task(name).station
        assert (PROJECT_ROOT / "docs" / "runbooks" / f"{station}.md").exists()
