"""The pages in Airflow's UI where people log in: nothing without a token, nothing beside the pages.

A real api-server on a copy of the home in which the sample edition was published.
"""

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from cli.airflow_setup import apply, load_setup
from cli.replaying import ReplayError
from cli.reprocessing import group, plan, publish, rebuild, show
from core.config import PROJECT_ROOT, config_folder
from core.home import Home
from core.run_ids import file_id
from tests.e2e.conftest import Line
from tests.e2e.login_server import PASSWORDS, LoginServer, login_server

pytestmark = pytest.mark.xdist_group("line")

EDITION = "2026-10-16"
PAGES = {
    "/": "Publications",
    "/publications": "Publications",
    "/coverage": "Coverage",
    "/coverage/{edition}": "median delay",
    "/brief": "creative control",
    "/reports/{path:path}": "creative control",
    "/data-docs": "What the gate found",
    "/data-docs/{run_id}": "Every expectation",
    "/quality/data_docs/{path:path}": "What the gate found",
    "/dbt-docs": "fct_theme_daily",
    "/runs/{dag_id}/{run_id}/brief": "creative control",
    "/runs/{dag_id}/{run_id}/data-docs": "Every expectation",
    "/runbooks/{name}": "When it is red",
    "/images/{path:path}": "PNG",
}
"""Every route, and words of the page that it is or leads to, with the parameters below."""
LEADING_ON = {route for route in PAGES if route.endswith(("/brief", "/data-docs"))}
FILLED = {
    "{edition}": EDITION,
    "{run_id}": "replay",
    "{dag_id}": "daily_news",
    "{name}": "check_marts",
}
SECRET = "nobody may read this"


@pytest.fixture(scope="module")
def server(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LoginServer]:
    folder = tmp_path_factory.mktemp("pages")
    home = Home(folder / "home")
    shutil.copytree(line.home.root, home.root, symlinks=True)
    replayed(home, folder)
    lay_traps(home)
    with login_server(home, folder) as started:
        yield started


PUBLISHED, WAITING, REFUSED = (f"manual__2026-10-17T0{hour}:00:00.5+00:00" for hour in (6, 7, 8))
"""Runs of `reprocess`, as Airflow calls them."""


def replayed(home: Home, folder: Path) -> None:
    """Three runs of `reprocess` without Airflow: published, waiting, refused by the gate."""
    strict = folder / "strict"
    shutil.copytree(config_folder(), strict)
    (strict / "thresholds.yml").write_text("min_median_words: 100000\n")
    files = {"sources": str(config_folder() / "sources.yml")}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        patch.delenv("BROADSHEET_LOCAL_SITE", raising=False)
        for name in (PUBLISHED, WAITING):
            run = plan(name, editions=[EDITION], first=None, last=None, files=files)["run_id"]
            rebuild(run)
            group(run)
            show(run, "/broadsheet/reports")
            if name == PUBLISHED:
                publish(run, "Ada", "As it was.")
        patch.setenv("BROADSHEET_CONFIG", str(strict))
        run = plan(REFUSED, editions=[EDITION], first=None, last=None, files=files)["run_id"]
        with pytest.raises(ReplayError, match="its tab Data Docs"):
            rebuild(run)


def known_to_airflow(server: LoginServer, dag_id: str, run_id: str) -> None:
    """Write the run into Airflow's database, as triggering it does."""
    code = (
        "import sys; from airflow.models.dagrun import DagRun; "
        "from airflow.utils.session import create_session; "
        "from airflow.utils.types import DagRunType\n"
        "with create_session() as session: session.add("
        "DagRun(dag_id=sys.argv[1], run_id=sys.argv[2], run_type=DagRunType.MANUAL))"
    )
    subprocess.run(
        [sys.executable, "-c", code, dag_id, run_id], env=server.variables, cwd=PROJECT_ROOT,
        check=True,
    )  # fmt: skip


def lay_traps(home: Home) -> None:
    """Files that no page may show, by links and names that lead to them."""
    (home.root / "secret.html").write_text(SECRET)
    report = home.root / "reports" / EDITION
    (report / "stolen.html").symlink_to(home.root / "secret.html")
    (report / "inside.html").symlink_to(report / "brief.html")
    (report / "outside").symlink_to(home.root)
    (report / ".hidden.html").write_text(SECRET)
    (report / "notes.py").write_text(SECRET)


def address(route: str) -> str:
    """The path of a route with its parameters filled in."""
    path = {"quality": "index.html", "images": "grid.png"}.get(
        route.split("/")[1], f"{EDITION}/brief.html"
    )
    for name, value in {**FILLED, "{path:path}": path}.items():
        route = route.replace(name, value)
    return f"/broadsheet{route}"


def test_every_route_of_the_app_is_tried_here(server: LoginServer) -> None:
    code = (
        "import json; from plugins.pages import app; "
        "print(json.dumps([(type(one).__name__, one.path) for one in app.routes]))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", code], env=server.variables, cwd=PROJECT_ROOT,
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    routes = json.loads(ended.stdout.splitlines()[-1])
    assert {kind for kind, _ in routes} == {"APIRoute"}, "a mount would stand beside the login"
    assert {path for _, path in routes} == set(PAGES)


@pytest.mark.parametrize("route", PAGES)
def test_nothing_is_shown_without_a_valid_token(server: LoginServer, route: str) -> None:
    path = address(route)
    assert server.get(path, None).status_code == 401
    assert server.get(path, None, Authorization="Bearer x.y.z").status_code == 401
    assert server.get(path, None, Cookie="_token=x.y.z").status_code == 401
    browser = server.get(path, None, Accept="text/html,*/*")
    assert browser.status_code == 307
    assert browser.headers["location"] == f"/api/v2/auth/login?next={quote(path, safe='')}"
    assert SECRET not in browser.text


@pytest.mark.parametrize("route", PAGES)
def test_a_viewer_reads_every_page(server: LoginServer, route: str) -> None:
    answer = server.get(address(route))
    assert answer.status_code == (307 if route in LEADING_ON else 200)
    while answer.status_code == 307:
        answer = server.get(urlsplit(answer.headers["location"]).path)
    assert answer.status_code == 200, answer.text
    assert PAGES[route] in answer.text
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    if route == "/dbt-docs":
        assert policy.startswith("sandbox allow-scripts;"), "scripts, but not the user's session"
    else:
        assert "unsafe-inline" not in policy.partition("script-src")[2]


@pytest.mark.parametrize(
    "path",
    [
        "reports/../secret.html",
        "reports/..%2fsecret.html",
        "reports/%2e%2e/%2e%2e/secret.html",
        "reports/....//secret.html",
        "reports/%2fetc/passwd",
        "reports//etc/passwd",
        f"reports/{EDITION}/..%5c..%5csecret.html",
        f"reports/{EDITION}/brief.html%00.txt",
        f"reports/{EDITION}/stolen.html",
        f"reports/{EDITION}/inside.html",
        f"reports/{EDITION}/outside/secret.html",
        f"reports/{EDITION}/.hidden.html",
        f"reports/{EDITION}/notes.py",
        f"reports/{EDITION}/figures.parquet",
        f"reports/{EDITION}",
        "reports/",
        "quality/data_docs/../verdicts/x.json",
        "quality/data_docs/..%2f..%2fsecret.html",
        "quality/verdicts/first/refused.json",
        "warehouse.duckdb",
        "publications/p000001.duckdb",
        "airflow/airflow.cfg",
        "runbooks/..%2f..%2fREADME",
        "images/..%2f..%2fREADME.md",
        "runbooks/nothing",
        "quality/data_docs/replay-manual__2026-10-17T07-00-00.5-00-00/../../../secret.html",
        "quality/data_docs/replay-manual__2026-10-17T07-00-00.5-00-00/..%2f..%2f..%2fcandidate.duckdb",
        "quality/data_docs/replay-manual__2026-10-17T07-00-00.5-00-00/",
        "quality/data_docs/%2e%2e/index.html",
        "openapi.json",
        "docs",
    ],
)
def test_nothing_beside_the_pages_is_served(server: LoginServer, path: str) -> None:
    answer = server.get(f"/broadsheet/{path}", "op")
    assert answer.status_code == 404
    assert SECRET not in answer.text


def test_only_reading_is_possible(server: LoginServer) -> None:
    token = {"Authorization": f"Bearer {server.token('op')}"}
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        for route in PAGES:
            url = server.address + address(route)
            assert httpx.request(method, url, headers=token).status_code == 405


def test_a_run_that_published_nothing_says_so(server: LoginServer) -> None:
    answer = server.get("/broadsheet/runs/daily_news/manual__2026-10-17T05:00:00+00:00/brief")
    assert "This run has published nothing" in answer.text
    assert "A run of collect_news publishes nothing" in (
        server.get("/broadsheet/runs/collect_news/x/brief").text
    )


def test_a_run_whose_brief_was_made_anew_says_so(server: LoginServer) -> None:
    answer = server.get("/broadsheet/runs/daily_news/first/brief")
    assert "This run published p000001" in answer.text
    assert "from p000002" in answer.text


def of_replay(server: LoginServer, run_id: str, page: str) -> str:
    """A tab of a run of `reprocess`, where it leads to."""
    answer = server.get(f"/broadsheet/runs/reprocess/{quote(run_id, safe='')}/{page}")
    if answer.status_code == 307:
        answer = server.get(urlsplit(answer.headers["location"]).path)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_a_replay_says_what_it_published(server: LoginServer) -> None:
    told = of_replay(server, PUBLISHED, "brief")
    assert "This run published p000003. No brief is made of a replay" in told
    for run_id in (WAITING, REFUSED):
        told = of_replay(server, run_id, "brief")
        assert "waits for an approval, was rejected or refused" in told
        assert ("What this replay changes" in told) is (run_id == WAITING)


@pytest.mark.parametrize("run_id", [PUBLISHED, WAITING, REFUSED])
def test_the_data_docs_of_a_replay_are_read_wherever_they_lie(
    server: LoginServer, run_id: str
) -> None:
    told = of_replay(server, run_id, "data-docs")
    own = file_id("reprocess", run_id)
    assert f"Run <code>{own}</code>, edition {EDITION}" in told
    assert "judged nothing of this run" not in told
    assert ("critical" in told) is (run_id == REFUSED)
    link = f"/broadsheet/quality/data_docs/{own}/landed/index.html"
    assert f'href="{link}"' in told
    assert server.get(link).status_code == 200
    page = re.search(rf'"(/broadsheet/quality/data_docs/{own}/landed/\w+\.html)"', told)
    assert page
    assert server.get(page[1]).status_code == 200


def test_a_publication_leads_to_its_run_in_airflow(server: LoginServer) -> None:
    before = server.get("/broadsheet/publications").text
    assert "/dags/" not in before.partition("Publications</h1>")[2]
    for dag_id, run_id in (("reprocess", PUBLISHED), ("daily_news", "first")):
        known_to_airflow(server, dag_id, run_id)
        page = server.get("/broadsheet/publications").text
        own = file_id(dag_id, run_id)
        assert f'<a href="/dags/{dag_id}/runs/{quote(run_id, safe="")}">{own}</a>' in page


def test_the_pools_of_the_file_are_in_the_database(server: LoginServer) -> None:
    with sqlite3.connect(server.home.airflow / "airflow.db") as connection:
        pools = connection.execute(
            "select pool, slots, description from slot_pool where pool <> 'default_pool'"
        ).fetchall()
        others = [
            connection.execute(f"select count(*) from {table}").fetchone()[0]
            for table in ("connection", "variable")
        ]
    setup = load_setup()
    assert pools == [(name, one.slots, one.description) for name, one in setup.pools.items()]
    assert others == [0, 0] == [len(setup.connections), len(setup.variables)]


def test_a_changed_file_is_written_over_what_is_there(server: LoginServer, tmp_path: Path) -> None:
    path = tmp_path / "airflow.yml"
    path.write_text(
        "pools: {duckdb_writer: {slots: 1, description: Mended.}, guests: {slots: 3}}\n"
        "connections: {wire: 'https://ada:${WIRE_PASSWORD}@wire.example.org:8443/news'}\n"
        "variables: {greeting: 'Good morning, ${WHO}'}\n"
    )
    given = {"WIRE_PASSWORD": "s3cret", "WHO": "Ada"}
    apply(load_setup(path), server.variables | given)
    pools = {one["name"]: one for one in server.get("/api/v2/pools", "op").json()["pools"]}
    assert pools["duckdb_writer"]["description"] == "Mended."
    assert pools["guests"]["slots"] == 3
    wire = server.get("/api/v2/connections/wire", "op").json()
    assert (wire["host"], wire["port"], wire["login"]) == ("wire.example.org", 8443, "ada")
    assert wire["password"] not in (None, "")
    greeting = server.get("/api/v2/variables/greeting", "op").json()["value"]
    assert greeting == "Good morning, Ada"


# In a browser ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(server: LoginServer, chromium: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        opened = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
        yield opened
        browser.close()


def test_the_login_leads_back_to_the_page(server: LoginServer, page: Page) -> None:
    page.goto(f"{server.address}/broadsheet/coverage?until={EDITION}")
    page.wait_for_url(re.compile("/auth/login"))
    page.locator("input[name=username]").fill("ada")
    page.locator("input[name=password]").fill(PASSWORDS["ada"])
    page.get_by_role("button").first.click()
    page.wait_for_url(re.compile(f"/broadsheet/coverage.until={EDITION}$"))
    page.get_by_role("heading", name="Coverage").wait_for()


def test_the_navigation_leads_to_every_page(server: LoginServer, page: Page) -> None:
    """Needs the login of the test before it."""
    page.goto(server.address)
    page.get_by_role("link", name="Brief").click()
    page.frame_locator("iframe").get_by_role("heading", name="Broadsheet").first.wait_for()
    found = {
        "Publications": "Publications",
        "Coverage": "Coverage",
        "Data Docs": "What the gate found",
        "dbt docs": "Welcome!",
    }
    for name, heading in found.items():
        page.get_by_role("button", name="Plugins").click()
        page.get_by_role("menuitem", name=name).click()
        page.frame_locator("iframe").get_by_role("heading", name=heading).first.wait_for()


def test_a_link_that_leads_away_leaves_the_frame(server: LoginServer, page: Page) -> None:
    page.goto(f"{server.address}/plugin/broadsheet-brief")
    link = page.frame_locator("iframe").locator("a[href^=http]").first
    with page.context.expect_page() as opened:
        link.click()
    opened.value.close()  # the outlet's page, in a tab of its own
    page.frame_locator("iframe").get_by_role("heading", name="Broadsheet").first.wait_for()
