"""The pages in Airflow's UI as one app, behind its login: who may read `daily_news` may read them.

Nothing is written here. What a page says comes from the publication that readers see, from the
files of the home that `reports.served` lets through, and from what Airflow knows of a run.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from airflow.api_fastapi.common.db.common import SessionDep
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user, requires_access_dag
from fastapi import Depends, FastAPI, HTTPException, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse

from core.config import PROJECT_ROOT
from core.decisions import read_decisions
from core.errors import BroadsheetError
from core.home import Home
from core.plan import safe_run_id
from core.run_ids import NEWS, PUBLISHING, REPROCESS, file_id
from plugins.framing import HEADERS, dbt_page, file, page
from plugins.lookup import announced, run_links
from reports import coverage_page as coverage_pages
from reports.dbt_docs import docs_page
from reports.publications_page import held_back, publications_page, shown_publications
from reports.run_pages import (
    changes_page,
    data_docs_page,
    docs_folder,
    edition_of,
    runbook_page,
    told_page,
)
from reports.served import brief_source, served_file
from warehouse.publications import current, list_publications, open_read_only

RUNBOOKS = PROJECT_ROOT / "docs" / "runbooks"
PICTURES = PROJECT_ROOT / "docs" / "images"
_DOCS = Path("data_docs")
_may_read_news = requires_access_dag("GET", param_dag_id=NEWS)


class NotLoggedIn(Exception):
    """The request carries no valid token of Airflow."""


async def _user(request: Request, bearer: Annotated[Any, Depends(bearer_scheme)]) -> Any:
    try:
        return await get_user(request, None, bearer)
    except HTTPException as error:
        raise NotLoggedIn from error


def _reader(request: Request, user: Annotated[Any, Depends(_user)]) -> None:
    _may_read_news(request, user)


app = FastAPI(
    title="Broadsheet",
    dependencies=[Depends(_reader)],
    docs_url=None,
    redoc_url=None,
    openapi_url=None,
)


@app.middleware("http")
async def _with_headers(
    request: Request, call_next: Callable[[Request], Awaitable[Response]]
) -> Response:
    response = await call_next(request)
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


@app.exception_handler(NotLoggedIn)
async def _log_in(request: Request, _error: Exception) -> Response:
    """A browser is led to Airflow's login and back; anything else is told 401."""
    if "text/html" not in request.headers.get("accept", ""):
        return JSONResponse({"detail": "Not authenticated"}, 401)
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{_airflow(request)}/api/v2/auth/login?next={quote(here, safe='')}")


@app.exception_handler(BroadsheetError)
async def _tell(request: Request, error: Exception) -> Response:
    return page(told_page("This cannot be shown", str(error), base=_base(request)), _base(request))


def _base(request: Request) -> str:
    """The path of these pages as the browser knows it, with a slash at its end."""
    return f"{request.scope['root_path']}/"


def _airflow(request: Request) -> str:
    """The path of Airflow's own UI, without a slash at its end."""
    return str(request.scope["root_path"]).rpartition("/")[0]


def _told(request: Request, title: str, sentence: str, *links: tuple[str, str]) -> Response:
    return page(told_page(title, sentence, links, _base(request)), _base(request))


@app.get("/")
@app.get("/publications")
def publications(request: Request, session: SessionDep, before: str | None = None) -> Response:
    home, base = Home.from_environment(), _base(request)
    links = run_links(session, _airflow(request))
    rows, decisions = list_publications(home), read_decisions(home)
    shown = shown_publications(home, rows, links, before)
    return page(publications_page(shown, decisions, held_back(decisions, rows), base), base)


@app.get("/coverage")
def coverage(request: Request, until: date | None = None) -> Response:
    home = Home.from_environment()
    path = current(home)
    if path is None:
        return _nothing_published(request)
    with open_read_only(home, path.stem) as connection:
        grid = coverage_pages.read_grid(connection, path.stem, until)
    return page(coverage_pages.coverage_page(grid, _base(request)), _base(request))


@app.get("/coverage/{edition}")
def coverage_of(request: Request, edition: date) -> Response:
    home = Home.from_environment()
    path = current(home)
    if path is None:
        return _nothing_published(request)
    with open_read_only(home, path.stem) as connection:
        grid = coverage_pages.read_grid(connection, path.stem, edition, most=1)
    if grid.editions != [edition]:
        return _told(
            request, "Coverage", f"The edition {edition} is not in {path.stem}.",
            ("All editions", "coverage"),
        )  # fmt: skip
    brief = f"reports/{edition}/brief.html" if brief_source(home.report(edition)) else None
    return page(coverage_pages.edition_page(grid, edition, _base(request), brief), _base(request))


@app.get("/brief")
def brief(request: Request) -> Response:
    """The brief of the edition that readers see; the last one made, if that has none."""
    home = Home.from_environment()
    with suppress(BroadsheetError):
        rows = list_publications(home)
        if rows and brief_source(home.report(rows[0]["edition"])):
            return RedirectResponse(f"{_base(request)}reports/{rows[0]['edition']}/brief.html")
    made = sorted((home.root / "reports").glob("????-??-??/brief.html"))
    if made:
        return RedirectResponse(f"{_base(request)}reports/{made[-1].parent.name}/brief.html")
    return _told(
        request, "No brief yet",
        "No brief has been made in this home; the DAG daily_brief makes one of each publication.",
        ("What was published", "publications"),
    )  # fmt: skip


@app.get("/reports/{path:path}")
def reports(request: Request, path: str) -> Response:
    return _file(request, Home.from_environment().root / "reports", path)


@app.get("/data-docs")
def data_docs(request: Request) -> Response:
    if (Home.from_environment().quality / _DOCS / "index.html").is_file():
        return RedirectResponse(f"{_base(request)}quality/data_docs/index.html")
    return _told(
        request, "No Data Docs yet", "The gate has judged nothing in this home yet.",
        ("What was published", "publications"),
    )  # fmt: skip


@app.get("/quality/data_docs/{path:path}")
def quality(request: Request, path: str) -> Response:
    return _file(request, docs_folder(Home.from_environment(), path.partition("/")[0]), path)


@app.get("/data-docs/{run_id}")
def data_docs_of(request: Request, run_id: str) -> Response:
    """What the gate found in a run, by the run's id in file names."""
    home, base = Home.from_environment(), _base(request)
    run_id = safe_run_id(run_id)
    edition = edition_of(home, run_id)
    made = edition and brief_source(home.report(edition))
    link = f"reports/{edition}/brief.html" if made else None
    return page(data_docs_page(home, run_id, base, link), base)


@app.get("/dbt-docs")
def dbt_docs(request: Request) -> Response:
    home = Home.from_environment()
    path, manifest = current(home), home.airflow / "dbt" / "manifest.json"
    if path is None or not manifest.is_file():
        return _nothing_published(request)
    return dbt_page(_dbt_docs(home, manifest, manifest.stat().st_mtime_ns, path.stem))


@lru_cache(maxsize=1)
def _dbt_docs(home: Home, manifest: Path, _made_at: int, publication_id: str) -> bytes:
    with open_read_only(home, publication_id) as connection:
        return docs_page(manifest, connection)


@app.get("/runs/{dag_id}/{run_id}/brief")
def brief_of_run(request: Request, session: SessionDep, dag_id: str, run_id: str) -> Response:
    """The brief of what a run published, or of what a brief's run was triggered by."""
    home = Home.from_environment()
    made = announced(session, dag_id, run_id) or _published(home, dag_id, run_id)
    if not made:
        return _told(
            request, "No brief of this run", _why_no_brief(home, dag_id, run_id),
            *(_changes(home, run_id) if dag_id == REPROCESS else ()),
            ("The brief that readers see", "brief"), ("What was published", "publications"),
        )  # fmt: skip
    edition, publication = str(made[-1]["edition"]), made[-1]["publication_id"]
    source = brief_source(home.report(date.fromisoformat(edition)))
    if source == publication:
        return RedirectResponse(f"{_base(request)}reports/{edition}/brief.html")
    if dag_id == REPROCESS:
        return _told(
            request, "No brief of this run",
            f"This run published {publication}. No brief is made of a replay; that of the next "
            "edition tells which printed figures it changed.",
            *_changes(home, run_id),
            ("The brief that readers see", "brief"), ("What was published", "publications"),
        )  # fmt: skip
    if source is None:
        return _told(
            request, "No brief yet",
            f"This run published {publication}; its brief has not been made. "
            "Look at the run of daily_brief that it started.",
        )  # fmt: skip
    return _told(
        request, "The brief was made anew",
        f"This run published {publication}; since then the brief of {edition} was made from "
        f"{source}.",
        (f"The brief of {edition}, from {source}", f"reports/{edition}/brief.html"),
        ("What the gate found in this run", f"data-docs/{file_id(dag_id, run_id)}"),
    )  # fmt: skip


@app.get("/runs/{dag_id}/{run_id}/data-docs")
def data_docs_of_run(request: Request, session: SessionDep, dag_id: str, run_id: str) -> Response:
    """The Data Docs of a run, or of the one whose publication triggered a brief."""
    home = Home.from_environment()
    judged = file_id(dag_id, run_id)
    made = {one["publication_id"] for one in announced(session, dag_id, run_id)}
    if made:
        rows = list_publications(home)
        by = [row["dag_run_id"] for row in rows if row["publication_id"] in made]
        judged = by[0] if by else judged
    return RedirectResponse(f"{_base(request)}data-docs/{quote(judged)}")


@app.get("/runbooks/{name}")
def runbook(request: Request, name: str) -> Response:
    content = runbook_page(RUNBOOKS, name.removesuffix(".md"))
    if content is None:
        raise HTTPException(404, "there is no such runbook")
    return page(content, _base(request))


@app.get("/images/{path:path}")
def images(request: Request, path: str) -> Response:
    """The pictures of the runbooks."""
    return _file(request, PICTURES, path)


def _file(request: Request, folder: Path, relative: str) -> Response:
    path = served_file(folder, relative)
    if path is None:
        return PlainTextResponse("There is no such page.", 404)
    return file(path, folder, _base(request))


def _published(home: Home, dag_id: str, run_id: str) -> list[dict[str, Any]]:
    """The publications that a run made, oldest first."""
    if dag_id not in PUBLISHING:
        return []
    own = file_id(dag_id, run_id)
    return [row for row in list_publications(home) if row["dag_run_id"] == own][::-1]


def _why_no_brief(home: Home, dag_id: str, run_id: str) -> str:
    if dag_id == REPROCESS:
        return (
            "This run has published nothing: it is still running or waits for an approval, was "
            "rejected or refused, would change nothing, or failed."
        )
    if dag_id != NEWS:
        return f"A run of {dag_id} publishes nothing."
    edition = edition_of(home, safe_run_id(run_id))
    of = f" for {edition}" if edition else ""
    return f"This run has published nothing{of}: it is still running, was held back, or failed."


def _changes(home: Home, run_id: str) -> list[tuple[str, str]]:
    """The link to what a replay changes, once it was compared."""
    link = changes_page(home, file_id(REPROCESS, run_id))
    return [("What this replay changes", link)] if link else []


def _nothing_published(request: Request) -> Response:
    return _told(
        request, "Nothing is published yet",
        "This page is made from the publication that readers see; the first run that passes the "
        "gate makes one.",
    )  # fmt: skip
