"""`broadsheet run` through a real Airflow: a morning, a replay, three bad mornings, a good one.

All runs share one home, each going on where the one before left it.
"""

import re
import shutil
from datetime import date

import duckdb
import pytest

from core.config import PROJECT_ROOT, config_folder
from core.decisions import held_contents, read_decisions
from core.home import Home
from tests.e2e import newsroom
from tests.e2e.airflow_home import Ran, run
from tests.support.alert_servers import AlertServers
from tests.support.lineage import path_between, read_events

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("airflow")]

SILENT, SAME_BODY, DAMAGED, HEALTHY = (date(2026, 10, day) for day in (17, 18, 19, 20))
FAULTY = {SILENT, SAME_BODY, DAMAGED}
AFTER_THE_LANDING = {"enrich.group_texts", "build.open_candidate", "gate.check_marts"}
PUBLISHING = "publish.publish"


@pytest.fixture(scope="module")
def home(airflow_home: Home) -> Home:
    return airflow_home


@pytest.fixture(scope="module")
def first(home: Home) -> Ran:
    return run(home)


@pytest.fixture(scope="module")
def replay(home: Home, first: Ran) -> Ran:
    assert first.code == 0, first.output
    return run(home)


@pytest.fixture(scope="module")
def alerted(tmp_path_factory: pytest.TempPathFactory) -> AlertServers:
    return AlertServers(tmp_path_factory.mktemp("alerts"))


@pytest.fixture(scope="module")
def silent(
    home: Home, replay: Ran, alerted: AlertServers, tmp_path_factory: pytest.TempPathFactory
) -> Ran:
    """Half of the outlets list nothing; alerts are sent."""
    config = shutil.copytree(config_folder(), alerted.folder / "config")
    alerted.write_settings(config / "alerts.yml")
    sources = newsroom.half_silent(tmp_path_factory.mktemp("silent"), SILENT)
    env = {"BROADSHEET_CONFIG": str(config), **alerted.environment}
    return run(home, sources, env=env, beside=alerted.prefix)


@pytest.fixture(scope="module")
def same_body(home: Home, silent: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Every page has the same text."""
    folder = tmp_path_factory.mktemp("same_body")
    return run(home, newsroom.fresh(folder, SAME_BODY, one_body=True))


@pytest.fixture(scope="module")
def damaged(home: Home, same_body: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """A model's SQL loses a day, in a way that dbt's own tests do not notice."""
    folder = tmp_path_factory.mktemp("damaged")
    project = folder / "dbt_project"
    shutil.copytree(PROJECT_ROOT / "dbt_project", project, ignore=shutil.ignore_patterns("target"))
    model = project / "models" / "marts" / "daily" / "fct_theme_entity_daily.sql"
    sql, found = re.subn(
        r"^where articles\.is_changed$",
        f"where articles.is_changed and articles.published_day <> date '{DAMAGED}' - 1",
        model.read_text(),
        flags=re.MULTILINE,
    )
    assert found == 1
    model.write_text(sql)
    sources = newsroom.fresh(folder, DAMAGED)
    return run(home, sources, env={"BROADSHEET_DBT_PROJECT": str(project)})


@pytest.fixture(scope="module")
def healthy(home: Home, damaged: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(home, newsroom.fresh(tmp_path_factory.mktemp("healthy"), HEALTHY))


def published_editions(home: Home) -> set[date]:
    with duckdb.connect(str(home.warehouse.resolve()), read_only=True) as connection:
        rows = connection.sql("select edition from meta.edition").fetchall()
    return {edition for (edition,) in rows}


def assert_published(ran: Ran) -> None:
    assert ran.code == 0, ran.output
    assert ran.after is not None
    assert ran.after != ran.before
    others = {task: states for task, states in ran.states.items() if states != {"success"}}
    assert others == {"enrich.enrich_again": {"skipped"}}, "nothing is outdated"
    assert ran.briefs == 1
    assert ran.tracebacks() == []


def assert_refused(ran: Ran, gate: str, expectation: str) -> None:
    """Exit not 0, the same bytes published, the gate red and its reason in log and output."""
    assert ran.code != 0, ran.output
    assert ran.after == ran.before
    assert ran.states[gate] == {"failed"}, ran.states
    assert ran.states[PUBLISHING] == {"upstream_failed"}
    assert ran.briefs == 0
    assert expectation in ran.log_of(gate)
    assert expectation in ran.output
    assert "Traceback" not in ran.output


# The tests stand in the order of the runs ---------------------------------------------------


def test_the_first_run_publishes_and_says_what_it_made(home: Home, first: Ran) -> None:
    assert_published(first)
    assert re.search(r"new articles\W+54\b", first.output)
    assert "make sql" in first.output
    brief = home.report(date(2026, 10, 16)) / "brief.html"
    assert str(brief) in first.output.replace("\n", "")
    assert brief.read_text("utf-8").startswith("<!doctype html>")


def test_every_group_of_the_line_was_run(first: Ran) -> None:
    groups = {task.partition(".")[0] for task in first.states}
    assert groups == {"collect", "enrich", "build", "gate", "publish"}
    models = [task for task in first.states if task.startswith("build.dbt.")]
    assert len(models) > 30


def test_the_lineage_leads_from_an_outlet_to_the_brief(home: Home, first: Ran) -> None:
    assert first.code == 0, first.output
    events = read_events(home.root / "lineage")
    way = path_between(events, "outlet/albion-post", "reports/2026-10-16/brief.html")
    jobs = [one.rpartition(".")[2] for one in way[1::2]]
    assert jobs[:2] == ["fetch", "extract"]
    assert jobs[-2:] == ["publish", "brief"]
    assert "publications/p000001" in way
    models = {name for event in events for one in event["outputs"] if (name := one["name"])}
    (within,) = {
        name.rpartition("/")[0] for name in models if name.endswith("/candidate/marts.dim_article")
    }
    assert path_between(events, "outlet/albion-post", f"{within}/marts.fct_theme_evidence")
    assert path_between(events, f"{within}/raw.mention", "publications/p000001")
    assert {event["job"]["namespace"] for event in events} == {"broadsheet"}


def test_a_second_run_replays_the_edition_soon(home: Home, replay: Ran) -> None:
    assert_published(replay)
    assert replay.after is not None
    assert replay.after.name == "p000002.duckdb"
    assert replay.seconds < 120
    assert published_editions(home) == {date(2026, 10, 16)}


def test_silent_outlets_stop_the_edition(silent: Ran) -> None:
    assert_refused(silent, "collect.check_landing", "silent_source_share")
    assert {silent.states[task].pop() for task in AFTER_THE_LANDING} == {"upstream_failed"}


def test_the_refusal_is_told_by_mail_and_webhook(silent: Ran, alerted: AlertServers) -> None:
    assert silent.before is not None
    received = alerted.received()
    (mail,), (post,) = received["mails"], received["posts"]
    assert mail["subject"].startswith(f"Broadsheet {SILENT}: the gate refused the landed batch")
    link = "https://airflow.example.org/dags/daily_news/runs/"
    for body in (mail["text"], mail["html"], post["text"]):
        assert "landed/edition.silent_source_share" in body
        assert "With so many silent outlets every count of the day is too low." in body
        assert f"p000002 of {date(2026, 10, 16)} is still served" in body
        assert "Silent in this edition (2): Kazi na Biashara, Taktwerk." in body
        assert link in body
        assert "/tasks/collect.check_landing" in body


def test_one_text_on_every_page_stops_the_edition(same_body: Ran) -> None:
    assert_refused(same_body, "collect.check_landing", "repeated_text_share")
    assert {same_body.states[task].pop() for task in AFTER_THE_LANDING} == {"upstream_failed"}


def test_a_transformation_that_loses_a_day_stops_the_edition(damaged: Ran) -> None:
    assert_refused(damaged, "gate.check_marts", "fct_theme_entity_daily")
    build = {
        state for task, states in damaged.states.items() if "build." in task for state in states
    }
    assert build == {"success"}


def test_the_faulty_editions_are_on_hold(home: Home, damaged: Ran) -> None:
    assert damaged.code != 0
    held = held_contents(read_decisions(home))
    assert {edition for edition, _ in held} == FAULTY


def test_a_healthy_edition_is_published_without_the_faulty_ones(home: Home, healthy: Ran) -> None:
    assert_published(healthy)
    assert published_editions(home) == {date(2026, 10, 16), HEALTHY}
    with duckdb.connect(str(home.warehouse.resolve()), read_only=True) as connection:
        articles = connection.sql(
            "select first_seen_edition, count(*) from marts.dim_article group by 1 order by 1"
        ).fetchall()
        refused = connection.sql(
            "select distinct edition from quality.expectation_result"
            " where publication_id is null and not success and severity = 'critical'"
        ).fetchall()
    outlets = 4
    assert articles == [(date(2026, 10, 16), 54), (HEALTHY, outlets * newsroom.ARTICLES_PER_OUTLET)]
    assert {edition for (edition,) in refused} == FAULTY
