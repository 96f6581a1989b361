"""The pages inside Airflow's UI: coverage, publications, one run, runbooks, dbt's documentation."""

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from dbt.artifacts.schemas.catalog import CatalogArtifact
from duckdb import DuckDBPyConnection
from lxml import html

from cli.airflow_env import environment, make_manifest
from core.config import PROJECT_ROOT
from core.decisions import append_decision, read_decisions
from core.home import Home
from core.landed import STATUSES
from expectations.verdicts import Verdict, write_verdicts
from reports.coverage_page import coverage_page, edition_page, read_grid
from reports.dbt_docs import catalog, docs_page
from reports.publications_page import held_back, publications_page, shown_publications
from reports.run_pages import data_docs_page, docs_folder, runbook_page, told_page
from tests.reports.conftest import FIRST, SECOND, Briefs
from warehouse.publications import list_publications, open_read_only

DAYS = (FIRST.day, SECOND.day)


@pytest.fixture
def connection(briefs: Briefs) -> Iterator[DuckDBPyConnection]:
    with open_read_only(briefs.home) as opened:
        yield opened


def rows_of(page: str, table: int = 0) -> list[list[str]]:
    """The cells of a table's body, as a person reads them."""
    found = html.fromstring(page).xpath("//table")[table]
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")]
        for row in found.xpath("./tbody/tr")
    ]


def runs_nothing(page: str) -> bool:
    tree = html.fromstring(page)
    handlers = [name for one in tree.iter() for name in one.attrib if name.startswith("on")]
    return not tree.xpath("//script|//iframe|//link|//img") and handlers == []


# Coverage ---------------------------------------------------------------------------------


def test_coverage_has_a_cell_for_every_outlet_and_edition(connection: DuckDBPyConnection) -> None:
    grid = read_grid(connection, "p000002")
    page = coverage_page(grid, "/base/")
    asked = "select count(distinct source_id), count(*) from quality.fct_source_edition"
    ((outlets, cells),) = connection.execute(asked).fetchall()
    rows = rows_of(page)
    assert grid.editions == sorted(DAYS)
    assert len(rows) == outlets
    assert sum(cell != "·" for row in rows for cell in row[1:]) == cells
    assert runs_nothing(page)
    assert f'href="/base/coverage/{SECOND.day}"' in page


def test_coverage_shows_the_unwell_in_amber_and_in_words(connection: DuckDBPyConnection) -> None:
    page = coverage_page(read_grid(connection, "p000002"))
    (courier,) = html.fromstring(page).xpath("//tbody/tr[contains(th, 'ourier')]")
    first, second = courier.xpath("./td")
    assert "amber" not in first.get("class")
    assert "amber" in second.get("class")
    assert second.get("title")
    assert re.search(r"silent|partly|not asked", second.text_content())


def test_coverage_goes_back_page_by_page(connection: DuckDBPyConnection) -> None:
    last = read_grid(connection, "p000002", most=1)
    assert (last.editions, last.earlier, last.later) == ([SECOND.day], FIRST.day, None)
    first = read_grid(connection, "p000002", until=last.earlier, most=1)
    assert (first.editions, first.earlier, first.later) == ([FIRST.day], None, SECOND.day)
    assert f"coverage?until={FIRST.day}" in coverage_page(last)
    nothing = read_grid(connection, "p000002", until=date(2020, 1, 1))
    assert "No edition has been collected" in coverage_page(nothing)


def test_an_edition_has_every_disposition_and_their_sum(connection: DuckDBPyConnection) -> None:
    grid = read_grid(connection, "p000002", until=SECOND.day, most=1)
    page = edition_page(grid, SECOND.day)
    heads = html.fromstring(page).xpath("//thead//th/text()")
    assert [one.replace(" ", "_") for one in heads[3:-1]] == list(STATUSES)
    for row in rows_of(page):
        found, *ends = (0 if cell == "·" else int(cell) for cell in row[2:-1])
        assert found == sum(ends), row
    (courier,) = (row for row in rows_of(page) if "ourier" in row[0])
    assert courier[1] != "well"
    failed = (
        "select fetch_failed from quality.fct_source_edition where edition = $1 and source_id = $2"
    )
    ((expected,),) = connection.execute(failed, [SECOND.day, "courier"]).fetchall()
    assert courier[3 + STATUSES.index("fetch_failed")] == (str(expected) if expected else "·")


# Publications -----------------------------------------------------------------------------


def shown(home: Home, **options: Any) -> Any:
    known = {"second": "/dags/daily_news/runs/second"}
    return shown_publications(home, list_publications(home), known.get, **options)


def test_publications_tell_what_was_published_when_by_which_run(briefs: Briefs) -> None:
    page = publications_page(shown(briefs.home), [], [], "/base/")
    second, first = rows_of(page)
    assert second[:2] == ["p000002 read now", str(SECOND.day)]
    assert first[:2] == ["p000001", str(FIRST.day)]
    assert [row[3:6] for row in (second, first)] == [
        ["passed", "p000001", "kept"], ["passed", "·", "kept"],
    ]  # fmt: skip
    assert '<a href="/dags/daily_news/runs/second">second</a>' in page
    assert first[6] == "first", "Airflow does not know that run any more: no link"
    assert f'href="/base/reports/{SECOND.day}/brief.html"' in page
    assert f'href="/base/reports/{FIRST.day}/brief.html"' in page
    assert "No edition is on hold" in page
    assert runs_nothing(page)


def test_publications_go_back_page_by_page(briefs: Briefs) -> None:
    newest = shown(briefs.home, most=1)
    assert [row["publication_id"] for row in newest.rows] == ["p000002"]
    assert (newest.before, newest.is_later) == ("p000002", False)
    oldest = shown(briefs.home, before="p000002", most=1)
    assert [row["publication_id"] for row in oldest.rows] == ["p000001"]
    assert (oldest.before, oldest.is_later) == (None, True)


def test_holds_and_decisions_are_told_with_who_and_why(briefs: Briefs, home: Home) -> None:
    day = date(2026, 10, 17)
    append_decision(home, "hold", day, "abc", "gate", "failed: landed/<edition>.x", "red")
    append_decision(home, "discard", day, "abc", "Ada", "A wall.", article_id="a1", version_id="v1")
    append_decision(home, "hold", date(2026, 10, 18), "def", "gate", "failed: y")
    append_decision(
        home, "override", date(2026, 10, 18), "def", "Ben", "Fine.", expectations=("landed/y",)
    )
    decisions = read_decisions(home)
    page = publications_page(shown(briefs.home), decisions, held_back(decisions, []), most=3)
    assert rows_of(page, 1)[0][0] == str(day)
    assert len(rows_of(page, 1)) == 1, "what was overridden is held no more"
    assert "landed/&lt;edition&gt;.x" in page
    told = [row[1:] for row in rows_of(page, 2)]
    assert told[0] == ["override", "2026-10-18", "Ben", "Fine.", "landed/y"]
    assert told[2] == ["discard", str(day), "Ada", "A wall.", "article a1"]
    assert "1 earlier ones are in" in page


def test_a_hold_of_the_gate_is_past_when_the_edition_was_published(home: Home) -> None:
    day = date(2026, 10, 17)
    append_decision(home, "hold", day, "abc", "gate", "failed: landed/x", "red")
    append_decision(home, "hold", day, "old", "Ada", "The agency asked.")
    decisions = read_decisions(home)
    after = {"edition": day, "published_at": decisions[-1].decided_at + timedelta(minutes=1)}
    before = {"edition": day, "published_at": decisions[0].decided_at - timedelta(minutes=1)}
    assert [one.decided_by for one in held_back(decisions, [before])] == ["Ada", "gate"]
    assert [one.decided_by for one in held_back(decisions, [after, before])] == ["Ada"]


def test_a_home_without_a_publication_says_so(home: Home) -> None:
    page = publications_page(shown(home), [], [])
    assert "Nothing has been published yet" in page


# One run ----------------------------------------------------------------------------------


def verdict(expectation: str, severity: str, *, success: bool = False) -> Verdict:
    return Verdict(
        "landed", expectation, "edition", None, severity, success, "22 (at least 23)",
        "So few <articles> say nothing.",
    )  # fmt: skip


def test_the_failures_of_a_run_stand_first_with_their_sentences(home: Home) -> None:
    verdicts = [
        verdict("a.warned", "warning"), verdict("b.held", "critical", success=True),
        verdict("c.stopped", "critical"),
    ]  # fmt: skip
    folder = home.quality / "data_docs" / "red"
    for suite in ("marts", "landed", "landed_2026-10-01"):
        (folder / suite).mkdir(parents=True)
        (folder / suite / "index.html").write_text("")
    write_verdicts(
        verdicts, "red", date(2026, 10, 17), home.work("red") / "verdicts/landed.parquet"
    )
    page = data_docs_page(home, "red", "/base/")
    told = "So few <articles> say nothing."
    assert rows_of(page) == [
        ["critical", f"landed/c.stopped{told}", "22 (at least 23)"],
        ["warning", f"landed/a.warned{told}", "22 (at least 23)"],
    ]
    assert "So few &lt;articles&gt; say nothing." in page
    assert 'href="/base/quality/data_docs/red/landed/edition.html"' in page
    suites = html.fromstring(page).xpath("//ul//a/text()")
    assert suites == ["landed", "landed 2026-10-01", "marts"]
    assert "judged nothing of this run" in data_docs_page(home, "another")


def test_the_other_editions_of_a_replay_are_led_to(home: Home) -> None:
    for run in ("replay-x", "replay-x.2026-10-01", "replay-x.2026-10-02"):
        home.work(run).mkdir(parents=True)
    (home.quality / "data_docs" / "replay-x.2026-10-01").mkdir(parents=True)
    page = data_docs_page(home, "replay-x", "/base/")
    assert '<a href="/base/data-docs/replay-x.2026-10-01">2026-10-01</a>' in page
    assert "2026-10-02" not in page, "the gate has not judged it yet"


@pytest.mark.parametrize("run_id", ["..", ".", "", "a/..", "..\\x", "a\0b", "nothing"])
def test_what_is_no_run_has_no_folder_of_its_own(home: Home, run_id: str) -> None:
    assert docs_folder(home, run_id) == home.quality / "data_docs"


def test_a_runbook_is_shown_with_its_tables_and_without_its_html(tmp_path: Path) -> None:
    (tmp_path / "publish.md").write_text("# publish\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n<b>x</b>")
    page = runbook_page(tmp_path, "publish")
    assert page
    assert rows_of(page) == [["1", "2"]]
    assert "&lt;b&gt;x" in page
    for name in ("../publish", "Publish", "nothing", "publish.md", ""):
        assert runbook_page(tmp_path, name) is None


def test_every_runbook_of_the_project_can_be_shown() -> None:
    books = PROJECT_ROOT / "docs" / "runbooks"
    for book in books.glob("*.md"):
        page = runbook_page(books, book.stem)
        assert page
        tree = html.fromstring(page)
        assert tree.xpath("count(//h1)") == 1, book
        for target in tree.xpath("//img/@src | //a[not(contains(@href, ':'))]/@href"):
            assert (books / target).is_file(), (book, target)


def test_a_sentence_is_told_with_its_links() -> None:
    page = told_page("No <brief>", "There is none.", [("All", "publications")], "/base/")
    assert "No &lt;brief&gt;" in page
    assert '<a href="/base/publications">All</a>' in page


# dbt's documentation ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = Home(tmp_path_factory.mktemp("manifest") / "home")
    return make_manifest(home, environment(home, 8080))


def test_dbts_catalog_has_the_tables_of_the_publication(
    manifest: Path, connection: DuckDBPyConnection
) -> None:
    told = catalog(json.loads(manifest.read_bytes()), connection)
    artifact = CatalogArtifact.from_dict(told)
    built = {(node.metadata.schema, node.metadata.name): node for node in artifact.nodes.values()}
    tables = connection.execute(
        "select schema_name, table_name from duckdb_tables()"
        " where database_name = current_database() and schema_name = 'marts'"
    ).fetchall()
    assert set(tables) <= built.keys()
    column = built["marts", "dim_article"].columns["published_day"]
    assert (column.type, bool(column.comment)) == ("DATE", True)


def test_dbts_page_holds_manifest_and_catalog_and_fetches_nothing(
    manifest: Path, connection: DuckDBPyConnection
) -> None:
    page = docs_page(manifest, connection).decode()
    assert "INLINE DATA" not in page
    assert '"unique_id": "model.broadsheet.fct_theme_daily"' in page
    assert page.count("</script") == 1, "no text of ours ends the script that it stands in"
