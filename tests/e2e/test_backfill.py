"""`airflow backfill` of real days beside the daily run, then a replay that a person approves.

All through one Airflow that stays up; the tests stand in the order in which they use it.
"""

import json
import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from playwright.sync_api import sync_playwright

from cli.airflow_api import segment
from core.config import config_folder
from core.decisions import read_decisions
from core.home import Home
from tests.dbt.runs import table_hashes
from tests.e2e import newsroom
from tests.e2e.airflow_home import broadsheet
from tests.e2e.living import Living, living
from tests.support.dated import write_archives, write_newsroom
from tests.support.lineage import path_between, read_events
from tests.support.run_edition import run_edition
from warehouse.publications import list_publications

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("airflow"),
    pytest.mark.timeout(1200),
]

FIRST, LAST = date(2017, 3, 1), date(2017, 3, int(os.environ.get("BACKFILLED_DAYS", "2")))
TRIES = 5
DAYS = [date(2017, 3, day) for day in range(1, LAST.day + 1)]


@pytest.fixture(scope="module")
def sources(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Outlets of today on loopback, and outlets of 2017 in files."""
    folder = tmp_path_factory.mktemp("newsroom")
    fresh = newsroom.fresh(folder, datetime.now(UTC).date())
    web = yaml.safe_load(fresh.read_text("utf-8"))["sources"]
    for source in web:
        source["active_from"] = date(2020, 1, 1)
    archives = write_archives(corpus, folder, per_day=4)
    return write_newsroom(folder / "sources.yml", [*web, *archives], local_site="site")


@pytest.fixture(scope="module")
def up(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Living]:
    home = Home(tmp_path_factory.mktemp("backfill") / "home")
    home.root.mkdir()
    with living(home, sources, "daily_news", "daily_brief", "reprocess") as started:
        yield started


def create_backfill(up: Living) -> None:
    """As an operator does, who says it again where SQLite was busy: Airflow then takes all back."""
    for _ in range(TRIES):
        ended = broadsheet(
            up.home, "airflow", "backfill", "create", "--dag-id", "daily_news", "--run-backwards",
            "--from-date", str(FIRST), "--to-date", f"{LAST}T05:00", "--max-active-runs", "2",
            env={"BROADSHEET_UI_PORT": str(up.port)},
        )  # fmt: skip
        if "database is locked" not in ended.stderr:
            break
        assert not up.runs("daily_news", run_type="backfill")
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module")
def backfilled(up: Living) -> dict[str, str]:
    """The states of the daily run and of the runs of the backfill, all at the same time."""
    up.trigger("daily_news")
    create_backfill(up)
    states = up.wait("daily_news", len(DAYS) + 1)
    up.wait("daily_brief", 1)
    return states


def editions(database: Path) -> list[date]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return [
            day
            for (day,) in connection.sql("select edition from meta.edition order by 1").fetchall()
        ]


def test_every_run_publishes_by_itself(up: Living, backfilled: dict[str, str]) -> None:
    assert set(backfilled.values()) == {"success"}, backfilled
    kinds = [run["run_type"] for run in up.runs("daily_news")]
    assert kinds.count("backfill") == len(DAYS)
    today = editions(up.home.warehouse)[-1]
    assert editions(up.home.warehouse) == [*DAYS, today]
    assert len(list_publications(up.home)) == len(backfilled)


def test_a_backfilled_edition_is_the_day_on_which_its_interval_ends(
    up: Living, backfilled: dict[str, str]
) -> None:
    ends = {run["data_interval_end"][:10] for run in up.runs("daily_news", run_type="backfill")}
    assert ends == {str(day) for day in DAYS}


def test_the_marts_are_those_of_the_days_one_by_one_in_another_order(
    up: Living,
    backfilled: dict[str, str],
    sources: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = tmp_path / "one_by_one"
    for name in ("archive", "state", "enrich_cache"):
        shutil.copytree(up.home.root / name, root / name)
    days = editions(up.home.warehouse)
    for day in days:
        (root / "landing" / str(day)).mkdir(parents=True)
        closed = Path("landing", str(day), "closed.json")
        shutil.copyfile(up.home.root / closed, root / closed)
    monkeypatch.setenv("BROADSHEET_HOME", str(root))
    for day in (days[-1], *days[:-1]):
        run_edition(f"again-{day}", edition=str(day), sources=str(sources))
    expected = table_hashes(Home(root).warehouse.resolve())
    assert table_hashes(up.home.warehouse.resolve()) == expected


def test_the_lineage_of_a_backfilled_day_leads_from_its_outlet_to_its_brief(
    up: Living, backfilled: dict[str, str]
) -> None:
    assert set(backfilled.values()) == {"success"}
    events = read_events(up.home.root / "lineage")
    way = path_between(events, "outlet/dw", f"reports/{FIRST}/brief.html")
    assert [one.rpartition(".")[2] for one in way[1::2]][:2] == ["fetch", "extract"]
    assert way[-2:] == ["daily_brief.brief", f"reports/{FIRST}/brief.html"]


# A replay with another taxonomy ------------------------------------------------------------


@pytest.fixture(scope="module")
def narrow(
    up: Living, backfilled: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """The theme with the most articles, and a taxonomy in which none is about it any more."""
    assert set(backfilled.values()) == {"success"}
    (theme, _), *_ = theme_counts(up.home.warehouse)
    taxonomy = yaml.safe_load((config_folder() / "themes.yml").read_text("utf-8"))
    taxonomy["taxonomy_version"] = "narrow"
    (changed,) = (one for one in taxonomy["themes"] if one["id"] == theme)
    changed["threshold"] = 1000.0
    path = tmp_path_factory.mktemp("themes") / "narrow.yml"
    path.write_text(yaml.safe_dump(taxonomy, allow_unicode=True), "utf-8")
    return theme, path


def theme_counts(database: Path) -> list[tuple[str, int]]:
    with duckdb.connect(str(database), read_only=True) as connection:
        return connection.sql(
            "select theme_id, count(*) from marts.fct_article_theme where theme_id not in"
            " (select parent_theme_id from marts.dim_theme where parent_theme_id is not null)"
            " group by 1 order by 2 desc, 1"
        ).fetchall()


def waiting(up: Living, themes: Path) -> str:
    """A run of `reprocess` of every edition that waits for an approval."""
    days = [str(day) for day in editions(up.home.warehouse)]
    run = up.trigger("reprocess", editions=days, themes=str(themes))
    up.wait_for_task("reprocess", run, "approve", "awaiting_input")
    # Nobody reads it sooner. An answer within a heartbeat of the question may be asked for again.
    time.sleep(2)
    return run


def asked(up: Living, run: str) -> dict[str, object]:
    path = f"/dags/reprocess/dagRuns/{segment(run)}/hitlDetails"
    (detail,) = up.flow.api.get(path)["hitl_details"]
    return dict(detail)


def answer(up: Living, run: str, option: str, why: str) -> None:
    path = f"/dags/reprocess/dagRuns/{segment(run)}/taskInstances/approve/-1/hitlDetails"
    body = {"chosen_options": [option], "params_input": {"why": why}}
    up.flow.api.patch(path, body)


def test_a_replay_that_is_rejected_leaves_nothing(up: Living, narrow: tuple[str, Path]) -> None:
    before = up.home.warehouse.resolve()
    decisions = read_decisions(up.home)
    run = waiting(up, narrow[1])
    told = str(asked(up, run)["body"])
    assert "| theme | articles before | after | gain it | lose it |" in told
    assert "narrow.yml there to keep this change" in told
    (page,) = up.home.root.glob("reports/replays/*/changes.html")
    assert f"/broadsheet/reports/replays/{page.parent.name}/changes.html" in told
    assert narrow[0] in page.read_text("utf-8")
    answer(up, run, "Reject", "Too narrow.")
    up.wait("reprocess", 1)
    states = up.tasks("reprocess", run)
    assert (states["discard_replay"], states["publish_replay"]) == ("success", "skipped")
    assert up.home.warehouse.resolve() == before
    assert read_decisions(up.home) == decisions
    assert not list(up.home.root.glob("work/replay-*/*.duckdb"))
    assert json.loads(next(up.home.root.glob("work/replay-*/rejected.json")).read_text())["why"]


def approve_in_the_browser(up: Living, run: str, chromium: str, why: str) -> None:
    """As a person does: read what is asked, type a reason, press the button."""
    page_of_task = f"/dags/reprocess/runs/{segment(run)}/tasks/approve/required_actions"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.goto(up.flow.api.address + page_of_task)
        button = page.get_by_test_id("hitl-option-Approve")
        button.wait_for(timeout=60_000)
        assert page.get_by_text("Facts by table").is_visible()
        assert button.is_disabled(), "a decision needs a reason"
        page.locator("input[name=element_why]").fill(why)
        with page.expect_response(lambda one: one.request.method == "PATCH") as answered:
            button.click()
        assert answered.value.ok
        browser.close()


def test_a_replay_that_is_approved_is_published(
    up: Living, narrow: tuple[str, Path], chromium: str
) -> None:
    before = dict(theme_counts(up.home.warehouse))
    run = waiting(up, narrow[1])
    approve_in_the_browser(up, run, chromium, "It says too much.")
    assert up.wait("reprocess", 2)[run] == "success"
    assert up.tasks("reprocess", run)["discard_replay"] == "skipped"
    after = dict(theme_counts(up.home.warehouse))
    assert narrow[0] in before
    assert after == {name: count for name, count in before.items() if name != narrow[0]}
    last = read_decisions(up.home)[-1]
    assert (last.decision, last.why) == ("replay", "It says too much.")
    assert last.decided_by
