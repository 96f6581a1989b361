"""181 real pages of 126 outlets through `broadsheet run`: none is lost, none breaks a task."""

from collections import Counter
from pathlib import Path

import duckdb
import pytest

from core.home import Home
from core.landed import STATUSES
from tests.e2e.airflow_home import Ran, run
from tests.support.news_site import build_real_site

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("airflow")]

PAGES = 181
_TEXT = "if(fact.section = 'title', articles.title, texts.text)"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    return Home(tmp_path_factory.mktemp("real") / "home")


@pytest.fixture(scope="module")
def ran(home: Home, corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return run(home, build_real_site(corpus, tmp_path_factory.mktemp("site")))


@pytest.fixture(scope="module")
def published(home: Home, ran: Ran) -> duckdb.DuckDBPyConnection:
    assert ran.code == 0, ran.output
    return duckdb.connect(str(home.warehouse.resolve()), read_only=True)


def test_the_edition_is_published(ran: Ran) -> None:
    assert ran.code == 0, ran.output
    others = {task: states for task, states in ran.states.items() if states != {"success"}}
    assert others == {"enrich.enrich_again": {"skipped"}}, "nothing is outdated"


def test_no_task_logged_a_traceback(ran: Ran) -> None:
    assert len(ran.logs) > 50
    assert ran.tracebacks() == []


def test_every_url_has_one_disposition(published: duckdb.DuckDBPyConnection) -> None:
    rows = published.sql("select source_id, url, status from quality.fct_disposition").fetchall()
    assert len({(source, url) for source, url, _ in rows}) == len(rows)
    counts = Counter(status for *_, status in rows)
    assert set(counts) <= set(STATUSES)
    assert sum(counts.values()) == PAGES
    assert counts["loaded"] >= 178, counts


def test_what_was_found_is_the_sum_of_its_ends(published: duckdb.DuckDBPyConnection) -> None:
    told = " + ".join(STATUSES)
    rows = published.sql(
        f"select sum(found), sum({told}), count(*), count_if(found <> {told})"
        " from quality.fct_source_edition"
    ).fetchall()
    outlets = published.sql("select count(*) from marts.dim_source").fetchall()[0][0]
    assert rows == [(PAGES, PAGES, outlets, 0)]


@pytest.mark.parametrize("fact", ["fct_entity_mention", "fct_theme_evidence"])
def test_offsets_point_at_what_they_say(published: duckdb.DuckDBPyConnection, fact: str) -> None:
    rows, exact = published.sql(
        f"select count(*), count_if(substr({_TEXT}, char_start + 1, char_end - char_start)"
        f" = surface and char_end > char_start)"
        f" from marts.{fact} as fact left join marts.dim_article as articles using (article_id)"
        " left join marts.article_text as texts using (article_id)"
    ).fetchall()[0]
    assert rows > 0
    assert exact == rows
