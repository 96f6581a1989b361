"""The red night, as an operator plays it in Airflow's UI: from the red task to green.

With BROADSHEET_PICTURES=FOLDER it leaves the pictures of `docs/runbooks/red-night.md` there.
"""

import os
import re
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest
from playwright.sync_api import FloatRect, Locator, Page, expect, sync_playwright

from cli.airflow_api import AirflowApi, ServerFault, segment
from core.config import config_folder
from core.home import Home
from tests.e2e import newsroom
from tests.e2e.airflow_home import Published, broadsheet, run, up, wait_for
from tests.e2e.test_airflow import published_editions

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("airflow")]

RED = date(2026, 10, 21)
GATE = "collect.check_landing"
EXPECTATION = "landed/edition.articles_known"
SENTENCE = "An edition of so few articles says nothing"
ARTICLES = 4 * newsroom.ARTICLES_PER_OUTLET
PATIENCE = 30_000  # milliseconds for a page, on a machine that builds an edition meanwhile


@dataclass
class Reader:
    """Somebody who asks the published warehouse all night, through the symlink."""

    home: Home
    seen: list[Published] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    ends: threading.Event = field(default_factory=threading.Event)

    def read(self) -> None:
        while not self.ends.wait(0.25):
            try:
                now = Published.now(self.home)
                with duckdb.connect(str(self.home.warehouse.resolve()), read_only=True) as asked:
                    asked.execute("select count(*) from marts.evidence").fetchall()
            except (OSError, duckdb.Error) as error:
                self.troubles.append(str(error))
            else:
                if now and now not in self.seen[-1:]:
                    self.seen.append(now)


@dataclass
class Night:
    """A running Airflow whose edition of tonight has a critical fault, and a browser at it."""

    home: Home
    api: AirflowApi
    page: Page
    reader: Reader
    before: Published
    config: Path
    run_id: str = ""

    @property
    def run_page(self) -> str:
        return f"{self.api.address}/dags/daily_news/runs/{segment(self.run_id)}"

    @property
    def gate_page(self) -> str:
        return f"{self.run_page}/tasks/{GATE}"

    def states(self) -> dict[str, str]:
        path = f"/dags/daily_news/dagRuns/{segment(self.run_id)}/taskInstances"
        found = self.api.get(path, limit=1000)["task_instances"]
        return {task["task_id"]: task["state"] for task in found}

    def due(self) -> str:
        """How the DAG of the deadline ends now."""
        body = {"logical_date": None, "conf": {}}
        asked = self.api.post("/dags/publication_deadline/dagRuns", body)["dag_run_id"]
        return wait_for(self.api, "publication_deadline", asked, "success", "failed")

    def broadsheet(self, *words: str) -> str:
        ended = broadsheet(self.home, *words, env={"BROADSHEET_CONFIG": str(self.config)})
        assert ended.returncode == 0, ended.stderr
        return ended.stdout

    def picture(self, name: str, until: Locator | None = None) -> None:
        """Photograph the window, or what of it stands above `until`."""
        folder = os.environ.get("BROADSHEET_PICTURES")
        if not folder:
            return
        time.sleep(1)
        size = self.page.viewport_size or {"width": 0, "height": 0}
        box = until.bounding_box() if until else None
        height = box["y"] if box else size["height"]
        clip = FloatRect(x=0, y=0, width=size["width"], height=height)
        self.page.screenshot(path=Path(folder) / f"{name}.png", clip=clip)


@pytest.fixture(scope="module")
def night(
    airflow_home: Home, chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Night]:
    """A newsroom that wants 23 articles a day gets 24, and the gate keeps two of them out."""
    folder = tmp_path_factory.mktemp("red_night")
    if not airflow_home.warehouse.exists():
        yesterday = run(airflow_home)
        assert yesterday.code == 0, yesterday.output
    before = Published.now(airflow_home)
    assert before
    config = shutil.copytree(config_folder(), folder / "config")
    limits = config / "thresholds.yml"
    limits.write_text(limits.read_text().replace("min_articles: 1 ", "min_articles: 23 "))
    sources = newsroom.red_night(folder / "news", RED)
    reader = Reader(airflow_home)
    watching = threading.Thread(target=reader.read, daemon=True)
    expect.set_options(timeout=PATIENCE)
    with (
        up(airflow_home, sources, {"BROADSHEET_CONFIG": str(config)}) as api,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.set_default_timeout(PATIENCE)
        watching.start()
        yield Night(airflow_home, api, page, reader, before, config)
        reader.ends.set()
        watching.join()
        browser.close()


# The tests stand in the order of the night --------------------------------------------------


def test_the_edition_is_started_and_turns_red(night: Night) -> None:
    page = night.page
    page.goto(f"{night.api.address}/dags/daily_news")
    page.get_by_role("button", name="Trigger Dag").click()
    page.get_by_role("button", name="Trigger", exact=True).click()
    page.wait_for_url(re.compile("/runs/manual__"))
    runs = night.api.get("/dags/daily_news/dagRuns", order_by="-id", limit=1)["dag_runs"]
    night.run_id = runs[0]["dag_run_id"]
    assert wait_for(night.api, "daily_news", night.run_id, "success", "failed") == "failed"
    assert night.states()[GATE] == "failed"
    assert night.states()["publish.publish"] == "upstream_failed"
    page.goto(night.run_page)
    page.get_by_text("Failed").first.wait_for()
    # By its id: Airflow may draw it before its words have come, and then leaves it without a name.
    page.get_by_test_id("expand-all-button").click()
    night.picture("red-night-1-run")


def test_the_log_of_the_red_task_says_what_failed_why_and_what_to_do(night: Night) -> None:
    page = night.page
    page.goto(night.gate_page)
    page.get_by_text(f"critical {EXPECTATION}: 22 (at least 23)").first.wait_for()
    told = page.locator("body").inner_text()
    assert SENTENCE in told
    assert "what a person releases from quarantine counts again" in told
    assert f"'broadsheet gate explain {RED}' says what to do" in told
    assert "broadsheet quarantine list" in told
    page.get_by_role("button", name="Log Settings").click()
    page.get_by_role("menuitem", name="Wrap").click()
    night.picture("red-night-2-log", until=page.get_by_text("Task failed with exception").first)


def test_the_task_leads_to_its_data_docs_and_its_runbook(night: Night) -> None:
    page = night.page
    page.goto(f"{night.gate_page}/details")
    page.get_by_role("link", name="Data Docs").click()
    page.wait_for_url(re.compile("/plugin/broadsheet-run-data-docs$"))
    docs = page.frame_locator("iframe")
    row = docs.get_by_role("row").filter(has_text="edition.articles_known")
    expect(row).to_contain_text("22 (at least 23)")
    expect(row).to_contain_text(SENTENCE)
    night.picture("red-night-3-data-docs")
    docs.get_by_role("link", name=EXPECTATION).click()
    page.frames[-1].wait_for_url(re.compile(r"/quality/data_docs/[^/]+/landed/edition\.html$"))
    expect(docs.locator("body")).to_contain_text(SENTENCE)
    page.goto(f"{night.gate_page}/details")
    page.get_by_role("link", name="Runbook").click()
    page.wait_for_url(re.compile("/broadsheet/runbooks/check_landing$"))
    page.get_by_role("link", name="A red night").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("red night")


def test_readers_see_yesterday_and_the_deadline_is_missed(night: Night) -> None:
    assert Published.now(night.home) == night.before
    assert night.due() == "failed"
    page = night.page
    page.goto(f"{night.run_page}/plugin/broadsheet-run-brief")
    page.frame_locator("iframe").get_by_text("was held back, or failed").wait_for()
    page.goto(f"{night.api.address}/plugin/broadsheet-publications")
    held = page.frame_locator("iframe").get_by_role("row").filter(has_text=EXPECTATION)
    expect(held.first).to_contain_text(str(RED))
    night.picture("red-night-4-held")


def test_a_person_decides_about_the_rows_in_quarantine(night: Night) -> None:
    listed = night.broadsheet("quarantine", "list", "--edition", str(RED))
    cases = dict(re.findall(r"^([0-9a-f]{10}) .*\n +(http\S+)", listed, re.MULTILINE))
    article = next(one for one, url in cases.items() if "albionpost" in url)
    (wall,) = cases.keys() - {article}
    assert "had asked for consent" in night.broadsheet("quarantine", "show", article)
    why = "It reports on banners; it is none."
    told = night.broadsheet("quarantine", "release", article, "--why", why, "--by", "Ada")
    assert "clear check_landing with its downstream" in told
    night.broadsheet("quarantine", "discard", wall, "--why", "A cookie wall.", "--by", "Ada")


def test_the_cleared_task_and_all_after_it_turn_green(night: Night) -> None:
    page = night.page
    page.goto(night.gate_page)
    page.get_by_role("button", name="Press shift+c to clear").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("publish.publish").or_(dialog.get_by_text("enrich.enrich")).first.wait_for()
    night.picture("red-night-5-clear")
    dialog.get_by_role("button", name="Confirm").click()
    wait_for(night.api, "daily_news", night.run_id, "queued", "running")
    assert wait_for(night.api, "daily_news", night.run_id, "success", "failed") == "success"
    page.goto(night.run_page)
    page.get_by_text("Success").first.wait_for()
    night.picture("red-night-6-green")


def test_the_edition_is_published_with_the_one_and_without_the_other(night: Night) -> None:
    assert RED in published_editions(night.home)
    with duckdb.connect(str(night.home.warehouse.resolve()), read_only=True) as connection:
        ((articles,),) = connection.execute(
            "select count(*) from marts.dim_article where first_seen_edition = $1", [RED]
        ).fetchall()
        decided = connection.execute(
            "select decision, decided_by from quality.decision where edition = $1"
            " and article_id is not null order by 1",
            [RED],
        ).fetchall()
    assert articles == ARTICLES - 1
    assert decided == [("discard", "Ada"), ("release", "Ada")]
    assert night.due() == "success"


def test_the_run_shows_its_own_brief_with_the_decisions(night: Night) -> None:
    after = Published.now(night.home)
    assert after
    (brief,) = _briefs_after(night)
    wait_for(night.api, "daily_brief", brief, "success")
    page = night.page
    page.goto(f"{night.run_page}/plugin/broadsheet-run-brief")
    frame = page.frame_locator("iframe")
    expect(frame.locator("body")).to_contain_text(after.name.removesuffix(".duckdb"))
    expect(frame.locator("body")).to_contain_text("It reports on banners; it is none.")
    night.picture("red-night-7-brief")
    of_the_brief = f"{night.api.address}/dags/daily_brief/runs/{segment(brief)}"
    page.goto(f"{of_the_brief}/plugin/broadsheet-run-brief")
    expect(page.frame_locator("iframe").locator("body")).to_contain_text(str(RED))
    page.goto(f"{night.run_page}/tasks/publish.publish/details")
    page.get_by_text("Extra Links").wait_for()
    page.get_by_role("link", name="Brief", exact=True).last.click()
    page.wait_for_url(re.compile("/plugin/broadsheet-run-brief$"))


def test_a_run_is_one_click_from_its_publication(night: Night) -> None:
    page = night.page
    page.goto(f"{night.api.address}/plugin/broadsheet-publications")
    row = page.frame_locator("iframe").get_by_role("row").filter(has_text=str(RED)).first
    expect(row).to_contain_text("read now")
    night.picture("red-night-8-publications")
    with page.context.expect_page() as opened:
        row.get_by_role("link", name=re.compile("^manual__")).click()
    assert opened.value.url == night.run_page
    opened.value.close()


def test_readers_saw_nothing_but_whole_publications(night: Night) -> None:
    night.reader.ends.set()
    assert night.reader.troubles == []
    assert night.reader.seen == [night.before, Published.now(night.home)]


def _briefs_after(night: Night) -> list[str]:
    """The runs of `daily_brief` that tonight's publication started."""
    query = {"source_dag_id": "daily_news", "source_run_id": night.run_id}
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with suppress(ServerFault):  # Airflow's answer as long as such a run waits for its start
            events = night.api.get("/assets/events", **query)["asset_events"]
            started = [one["run_id"] for event in events for one in event["created_dagruns"]]
            if started:
                return started
        time.sleep(0.5)
    return []
