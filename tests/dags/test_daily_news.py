"""`daily_news` as an operator reviews it: ids, groups, owner, retries, pools, documentation."""

from pathlib import Path
from typing import Any

from cli.airflow_setup import load_setup
from cli.run import DAGS
from cli.server_env import WRITER_QUEUE
from core.config import PROJECT_ROOT
from core.home import Home
from tests.support.run_edition import TASKS
from warehouse.dbt import environment

STATIONS = {
    "collect.plan",
    "collect.outlet.fetch",
    "collect.outlet.extract",
    "collect.land",
    "collect.check_landing",
    "enrich.enrich",
    "enrich.find_outdated",
    "enrich.enrich_again",
    "enrich.group_texts",
    "build.open_candidate",
    "gate.check_marts",
    "publish.publish",
}
EVERY_MODEL, READY = "build.every_model_ended", "build.tables_ready"
TURN = "build.dbt.gate_goes_first"
DBT = "build.dbt."
PRODUCER = "build.dbt.dbt_producer_watcher"
WRITERS = {"build.open_candidate", PRODUCER, "publish.publish"}

Described = dict[str, Any]


def after(news: Described, task: str) -> set[str]:
    """Every task that runs before `task`."""
    direct = set(news["tasks"][task]["upstream"])
    return direct.union(*(after(news, one) for one in direct))


def built_models(described: Described) -> set[str]:
    nodes = described["manifest"]["nodes"].values()
    return {
        node["name"]
        for node in nodes
        if node["resource_type"] == "model" and node["config"]["materialized"] != "ephemeral"
    }


def test_the_dags_are_read_quickly_and_import_nothing_heavy(described: Described) -> None:
    assert described["errors"] == {}
    assert set(described["dags"]) == set(DAGS)
    assert described["seconds"] < 2
    assert described["heavy"] == []


def test_no_file_is_taken_for_dbts_own() -> None:
    dags = {file.name for file in (PROJECT_ROOT / "dags").glob("*_*.py")}
    assert dags == {f"{dag}.py" for dag in DAGS if "_" in dag} | {"dbt_tasks.py"}


def test_five_groups_hold_the_stations(news: Described) -> None:
    assert {task for task in news["tasks"] if not task.startswith(DBT)} == (
        STATIONS | {EVERY_MODEL, READY}
    )
    outermost = {group for group in news["groups"] if "." not in group}
    assert outermost == {"collect", "enrich", "build", "gate", "publish"}


def test_every_built_model_and_every_tested_mart_has_a_task(
    described: Described, news: Described
) -> None:
    tasks = {task for task in news["tasks"] if task.startswith(DBT)}
    names = {
        task.rsplit(".", 2)[1] if task.endswith(".run") else task.rsplit(".", 1)[1][:-4]
        for task in tasks
        if task.endswith(("_run", ".run"))
    }
    assert names == built_models(described)
    tested = {task.rsplit(".", 2)[1] for task in tasks if task.endswith(".test")}
    marts = {
        node["name"]
        for node in described["manifest"]["nodes"].values()
        if node["resource_type"] == "model" and node["schema"] == "marts"
    }
    tests = [
        node["attached_node"].rsplit(".", 1)[1]
        for node in described["manifest"]["nodes"].values()
        if node["resource_type"] == "test" and node.get("attached_node")
    ]
    assert marts & set(tests) <= tested


def test_every_task_has_owner_documentation_and_retries_with_backoff(news: Described) -> None:
    for name, task in news["tasks"].items():
        assert task["owner"] == "newsroom-data", name
        assert task["doc"], name
        if task["kind"] != "EmptyOperator":
            assert "When it is red" in task["doc"], name
            assert task["retries"] >= 1, name
            assert task["backoff"], name
    assert news["tags"] == ["broadsheet", "daily", "news"]
    assert news["doc"]


def test_a_runbook_is_the_documentation(news: Described) -> None:
    for name in STATIONS:
        book = PROJECT_ROOT / "docs" / "runbooks" / f"{name.rsplit('.', 1)[-1]}.md"
        assert news["tasks"][name]["doc"] == book.read_text(encoding="utf-8")


def test_only_writers_stand_in_the_writers_pool(news: Described) -> None:
    pooled = {name for name, task in news["tasks"].items() if task["pool"] == "duckdb_writer"}
    assert pooled == WRITERS


def test_the_gate_keeps_the_tasks_of_the_models_out_while_it_runs(news: Described) -> None:
    pooled = {name: task for name, task in news["tasks"].items() if task["pool"] == "dbt_results"}
    models = {name for name, task in news["tasks"].items() if task["kind"].startswith("Dbt")}
    assert set(pooled) == models - {PRODUCER} | {"gate.check_marts"}
    assert pooled["gate.check_marts"]["pool_slots"] == load_setup().pools["dbt_results"].slots
    assert all(TURN in after(news, name) for name in pooled if name.startswith(DBT))
    assert {PRODUCER} < set(news["tasks"][READY]["upstream"])


def test_what_opens_the_candidate_runs_on_the_writers_host(news: Described) -> None:
    queued = {name for name, task in news["tasks"].items() if task["queue"] == WRITER_QUEUE}
    models = {name for name in news["tasks"] if name.startswith(DBT)} - {TURN}
    assert queued == WRITERS | models | {"gate.check_marts"}


def test_every_writer_of_any_dag_runs_on_the_writers_host(described: Described) -> None:
    for dag in described["dags"].values():
        for name, task in dag["tasks"].items():
            assert task["pool"] != "duckdb_writer" or task["queue"] == WRITER_QUEUE, name


def test_it_runs_daily_over_a_day_and_never_twice_at_once(news: Described) -> None:
    assert "0 5 * * *" in news["timetable"]
    assert "days=1" in news["timetable"]
    assert news["catchup"] is False
    assert news["max_active_runs"] == 1
    assert set(news["params"]) == {"edition", "sources"}


def test_the_order_is_that_of_one_process(news: Described) -> None:
    """`run_edition` calls the same functions in an order that the DAG allows."""
    of_task = {name.rsplit(".", 1)[-1]: name for name in STATIONS} | {"dbt": PRODUCER}
    assert set(TASKS) == set(of_task)
    for position, task in enumerate(TASKS):
        later = {of_task[one] for one in TASKS[position + 1 :]}
        assert not after(news, of_task[task]) & later, task
    assert after(news, "publish.publish") >= set(news["tasks"]) - {"publish.publish"} - {
        name for name in news["tasks"] if name.startswith(DBT)
    }


def test_mapped_tasks_are_named_after_their_outlet_or_shard(news: Described) -> None:
    for name in (
        "collect.outlet.fetch",
        "collect.outlet.extract",
        "enrich.enrich",
        "enrich.enrich_again",
    ):
        assert "['label']" in news["tasks"][name]["name_template"]


def test_no_worker_waits_for_a_model(news: Described) -> None:
    """Models report after the build has ended; also after a lost one, which ends as skipped."""
    turn = news["tasks"][TURN]
    assert set(turn["upstream"]) == {PRODUCER, "build.open_candidate"}
    assert turn["trigger_rule"] == "none_failed_min_one_success"
    first = [task for task in news["tasks"].values() if TURN in task["upstream"]]
    assert first
    for task in first:
        assert task["upstream"] == [TURN]
        assert task["deferrable"] is False


def test_the_gate_waits_for_the_build_or_for_every_model(news: Described) -> None:
    """One that ended well is enough: a build that was lost ends as skipped."""
    assert READY in news["tasks"]["gate.check_marts"]["upstream"]
    ready = news["tasks"][READY]
    assert set(ready["upstream"]) == {PRODUCER, EVERY_MODEL}
    assert ready["trigger_rule"] == "one_success"
    models = {name for name in news["tasks"] if name.startswith(DBT)} - {TURN}
    assert after(news, EVERY_MODEL) >= models
    assert news["tasks"][EVERY_MODEL]["trigger_rule"] == "all_success"


def test_a_daily_schedule_that_is_switched_on_waits_for_its_hour(described: Described) -> None:
    """Airflow would start what was missed by less than 2.4 hours."""
    dags = described["dags"]
    assert dags["daily_news"]["first_run"].startswith("2026-11-24 05:00")
    assert dags["publication_deadline"]["first_run"].startswith("2026-11-24 07:30")


def test_publish_announces_the_publication(described: Described, news: Described) -> None:
    announced = news["tasks"]["publish.publish"]["outlets"]
    assert [uri.rstrip("/") for uri in announced] == ["broadsheet://publication"]
    brief = described["dags"]["daily_brief"]
    assert brief["assets"] == announced
    assert set(brief["tasks"]) == {"brief"}
    assert "When it is red" in brief["tasks"]["brief"]["doc"]
    assert brief["tags"] == ["brief", "broadsheet", "daily"]


def test_the_polls_collect_every_quarter_hour_and_write_no_warehouse(described: Described) -> None:
    polls = described["dags"]["collect_news"]
    assert "*/15 * * * *" in polls["timetable"]
    assert polls["catchup"] is False
    assert polls["max_active_runs"] == 1
    assert polls["tags"] == ["broadsheet", "news"]
    assert "lost_items" in polls["doc"]
    tasks = polls["tasks"]
    assert {name: task["upstream"] for name, task in tasks.items()} == {
        "plan_poll": [],
        "fetch": ["plan_poll"],
        "remember": ["fetch", "plan_poll"],
    }
    assert tasks["remember"]["trigger_rule"] == "all_done"
    for name, task in tasks.items():
        assert "When it is red" in task["doc"], name
        assert task["pool"] != "duckdb_writer"
        assert task["retries"] >= 1


def test_whatever_fails_of_an_edition_or_its_brief_is_told(described: Described) -> None:
    for dag in ("daily_news", "daily_brief"):
        for name, task in described["dags"][dag]["tasks"].items():
            assert "TaskFailed" in task["told_of_failure"], name
    told = {
        name: task["told_of_success"]
        for name, task in described["dags"]["daily_news"]["tasks"].items()
        if task["told_of_success"]
    }
    assert told == {"collect.check_landing": ["SilentSources"]}


def test_a_missed_deadline_is_told_by_a_dag_of_its_own(described: Described) -> None:
    deadline = described["dags"]["publication_deadline"]
    assert "30 7 * * *" in deadline["timetable"]
    assert deadline["catchup"] is False
    (task,) = deadline["tasks"].values()
    assert task["told_of_failure"] == ["DeadlineMissed"]
    assert "When it is red" in task["doc"]
    assert task["pool"] != "duckdb_writer"


def test_dbt_sees_the_same_variables_as_in_one_process(
    described: Described, news: Described
) -> None:
    run_id = "{{ ti.xcom_pull(task_ids='collect.plan', key='run_id') }}"
    expected = environment(Home(Path(described["home"])), run_id)
    assert news["tasks"][PRODUCER]["env"] == expected
