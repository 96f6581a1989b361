"""The questions of docs/queries, each asked of the sample newsroom's publication."""

import re
import shutil
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

from core.config import PROJECT_ROOT
from tests.e2e.conftest import Line

pytestmark = pytest.mark.xdist_group("line")

FOLDER = PROJECT_ROOT / "docs" / "queries"
QUERIES = sorted(FOLDER.glob("*.sql"))
# What a single edition cannot have yet; each has its answer from `grown` below.
EMPTY_IN_A_FIRST_EDITION = {
    "brief-then-and-now": "no earlier brief",
    "cited-then-corrected": "no earlier brief",
    "risers-without-gaps": "no five weeks",
    "what-the-gate-stopped": "no failed check",
}
type Row = dict[str, object]


def question(path: Path) -> str:
    return path.read_text("utf-8").splitlines()[0].removeprefix("-- ")


def answer(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    cursor = connection.execute((FOLDER / f"{name}.sql").read_text("utf-8"))
    columns = [column for column, *_ in cursor.description or []]
    return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


@pytest.fixture(scope="module")
def grown(line: Line, tmp_path_factory: pytest.TempPathFactory) -> duckdb.DuckDBPyConnection:
    """The second publication with a history written into a copy of it.

    Every outlet was collected on each day of five weeks; an article that the first brief cited was
    corrected; a check failed and a person let it pass.
    """
    file = tmp_path_factory.mktemp("grown") / "grown.duckdb"
    shutil.copyfile(line.replayed, file)
    connection = duckdb.connect(str(file))
    newest = _newest_day(connection)
    connection.execute(
        "insert into marts.fct_coverage_daily by name select unnest(range($1::date - 40,"
        " $1::date, interval 1 day))::date as published_day, source_id, 0 as articles,"
        " 0 as texts, 0 as stories, 0 as analysed, 0 as truncated, 0 as undated,"
        " true as is_collected from marts.dim_source",
        [newest],
    )
    connection.execute(
        "delete from marts.fct_coverage_daily as one where articles = 0 and exists (from"
        " marts.fct_coverage_daily as it where it.source_id = one.source_id"
        " and it.published_day = one.published_day and it.articles > 0)"
    )
    connection.execute(
        "update marts.fct_coverage_daily set is_collected = true where published_day <= $1",
        [newest],
    )
    connection.execute(
        "insert into marts.article_version by name select * replace ('new' as version_id,"
        " seen_at + interval 1 day as seen_at, 'correction' as change)"
        " from marts.article_version where article_id = (select min(article_id)"
        " from meta.brief_citation)"
    )
    connection.execute(
        "update quality.expectation_result set success = false, overridden_by = 'Ada'"
        " where expectation = (select min(expectation) from quality.expectation_result)"
    )
    return connection


def _newest_day(connection: duckdb.DuckDBPyConnection) -> date:
    row = connection.execute(
        "select max(published_day) from marts.fct_coverage_daily where is_collected"
    ).fetchone()
    assert row is not None
    return row[0]  # type: ignore[no-any-return]


def test_there_are_enough() -> None:
    assert len(QUERIES) >= 20


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_question_has_an_answer(path: Path, published: duckdb.DuckDBPyConnection) -> None:
    assert question(path)[-1] in "?."
    assert bool(answer(published, path.stem)) == (path.stem not in EMPTY_IN_A_FIRST_EDITION)


@pytest.mark.parametrize("name", EMPTY_IN_A_FIRST_EDITION)
def test_a_question_has_an_answer_later(name: str, grown: duckdb.DuckDBPyConnection) -> None:
    assert answer(grown, name)


def test_the_index_lists_every_question() -> None:
    listed = (FOLDER / "README.md").read_text("utf-8")
    for path in QUERIES:
        assert f"| [{question(path)}]({path.name}) |" in listed
    assert listed.count(".sql) |") == len(QUERIES)


# What the answers say ----------------------------------------------------------------------


def test_a_brief_that_nothing_changed_is_known_as_it_was_printed(line: Line) -> None:
    """Its figures come from the brief, the comparison from a query of its own: they must agree."""
    with duckdb.connect(str(line.replayed), read_only=True) as connection:
        rows = answer(connection, "brief-then-and-now")
    compared = [row for row in rows if row["value_now"] is not None]
    assert {str(row["figure"]).partition("[")[0] for row in compared} >= {"themes", "stories"}
    assert len(compared) > 20
    assert not [row for row in rows if row["has_changed"]]


def test_a_changed_figure_of_the_brief_comes_first(grown: duckdb.DuckDBPyConnection) -> None:
    (story,) = grown.execute(
        "select regexp_extract(figure, '\\[(.+)\\]', 1) from meta.brief_figure"
        " where figure like 'stories[%.articles' limit 1"
    ).fetchone() or ("",)
    grown.execute("begin")
    grown.execute("update marts.dim_story set articles = 99 where story_id = $1", [story])
    first, second = answer(grown, "brief-then-and-now")[:2]
    grown.execute("rollback")
    assert first["figure"] == f"stories[{story}].articles"
    assert (first["value_now"], first["has_changed"]) == (99, True)
    assert not second["has_changed"]


def test_what_disappeared_from_a_brief_is_a_change(grown: duckdb.DuckDBPyConnection) -> None:
    """A story that is part of another now has no row, nor has a theme without an article."""
    (story,) = grown.execute(
        "select regexp_extract(figure, '\\[(.+)\\]', 1) from meta.brief_figure"
        " where figure like 'stories[%.articles' limit 1"
    ).fetchone() or ("",)
    grown.execute("begin")
    grown.execute("delete from marts.dim_story where story_id = $1", [story])
    grown.execute(
        "delete from marts.fct_article_theme where theme_id in (select theme_id"
        " from marts.bridge_theme_ancestor where ancestor_id = 'copyright-suits')"
    )
    rows = {str(row["figure"]): row for row in answer(grown, "brief-then-and-now")}
    grown.execute("rollback")
    told = ["articles", "texts", "owners_reporting"]
    for figure in [*(f"stories[{story}].{one}" for one in told), "themes[copyright-suits].stories"]:
        assert (rows[figure]["value_now"], rows[figure]["has_changed"]) == (0, True)
    for figure in ("themes[labour].day_stories", "coverage[taktwerk].looks", "verdicts.listed"):
        assert (rows[figure]["value_now"], rows[figure]["has_changed"]) == (None, None)


def test_a_correction_of_a_cited_article_is_found(grown: duckdb.DuckDBPyConnection) -> None:
    rows = answer(grown, "cited-then-corrected")
    assert {row["change"] for row in rows} == {"correction"}
    grown.execute("begin")
    grown.execute(
        "insert into meta.brief_citation by name"
        " select * replace ('p000009' as publication_id) from meta.brief_citation"
    )
    again = answer(grown, "cited-then-corrected")
    grown.execute("rollback")
    assert again == rows


def test_a_report_that_says_only_its_day_had_no_leak_first(
    grown: duckdb.DuckDBPyConnection,
) -> None:
    """Midnight of its day is when it was not printed; it may have been on any hour after."""
    before = answer(grown, "first-and-followers")
    (leak,) = [row for row in before if "employee data leak" in str(row["title"])]
    assert (leak["first_outlet"], leak["owners_within_a_day"]) == ("The Albion Post", [])
    assert not [row for row in before if "contract" in str(row["title"])]
    grown.execute("begin")
    grown.execute(
        "update marts.dim_article set published_precision = 'day',"
        " published_at = $1::date, published_day = $1::date"
        " where source_id = 'taktwerk' and title like 'Anatomy of Meta%'",
        [leak["first_told_by"]],
    )
    after = answer(grown, "first-and-followers")
    grown.execute("rollback")
    (leak,) = [row for row in after if "employee data leak" in str(row["title"])]
    assert (leak["first_outlet"], leak["time_is_known"]) == ("The Albion Post", True)
    assert leak["owners_within_a_day"] == ["Nordlicht Verlag"]


def test_risers_are_counted_on_outlets_without_gaps(grown: duckdb.DuckDBPyConnection) -> None:
    rows = answer(grown, "risers-without-gaps")
    assert {row["outlets"] for row in rows} == {4}
    for row in rows:
        assert row["stories_this_week"] > row["stories_a_week_before"]  # type: ignore[operator]
    grown.execute("begin")
    gap = _newest_day(grown) - timedelta(days=9)
    grown.execute(
        "update marts.fct_coverage_daily set is_collected = false"
        " where published_day = $1 and source_id <> 'taktwerk'",
        [gap],
    )
    left = answer(grown, "risers-without-gaps")
    grown.execute("update marts.dim_source set kind = 'archive'")
    of_archives = answer(grown, "risers-without-gaps")
    grown.execute("rollback")
    assert {row["outlets"] for row in left} <= {1}
    assert of_archives == rows, "a day between days with articles is no gap in an archive"


def test_a_dip_and_an_outage_are_told_apart(grown: duckdb.DuckDBPyConnection) -> None:
    grown.execute("begin")
    newest = _newest_day(grown)
    grown.execute("update meta.edition set edition = $1", [newest + timedelta(days=1)])
    grown.execute("update marts.fct_coverage_daily set articles = 10")
    sunday = next(
        day for day in (newest - timedelta(days=n) for n in range(7)) if day.isoweekday() == 7
    )
    for back in range(0, 40, 7):
        for day in (sunday, sunday - timedelta(days=1)):
            grown.execute(
                "update marts.fct_coverage_daily set articles = 2 where published_day = $1",
                [day - timedelta(days=back)],
            )
    quiet, broken = sunday - timedelta(days=3), sunday - timedelta(days=4)
    grown.execute(
        "update marts.fct_coverage_daily set articles = 1 where published_day = $1", [quiet]
    )
    grown.execute(
        "update marts.fct_coverage_daily set is_collected = false, articles = 0"
        " where published_day = $1 and source_id = 'taktwerk'",
        [broken],
    )
    verdicts = {
        row["published_day"]: row["verdict"] for row in answer(grown, "sunday-dip-or-outage")
    }
    grown.execute("rollback")
    assert verdicts[sunday] == "as usual on such days"
    assert verdicts[quiet] == "quiet"
    assert verdicts[broken] == "outage: Taktwerk"


def test_an_empty_day_of_an_archive_is_no_outage(grown: duckdb.DuckDBPyConnection) -> None:
    """Nobody asks an archive by day; `is_collected` says there whether it has articles."""
    grown.execute("begin")
    newest = _newest_day(grown)
    grown.execute("update meta.edition set edition = $1", [newest + timedelta(days=1)])
    grown.execute("update marts.fct_coverage_daily set articles = 10")
    empty = newest - timedelta(days=3)
    empty_of_one = "update marts.fct_coverage_daily set is_collected = false, articles = 0"
    grown.execute(f"{empty_of_one} where published_day = $1 and source_id = 'taktwerk'", [empty])
    grown.execute("update marts.dim_source set kind = 'archive' where source_id = 'taktwerk'")
    among_others = answer(grown, "sunday-dip-or-outage")
    grown.execute("update marts.dim_source set kind = 'archive'")
    grown.execute(f"{empty_of_one} where published_day = $1", [empty])
    alone = answer(grown, "sunday-dip-or-outage")
    grown.execute("rollback")
    for rows in (among_others, alone):
        assert [row["verdict"] for row in rows if row["published_day"] == empty] == ["quiet"]


def test_what_stopped_an_edition_and_who_decided(grown: duckdb.DuckDBPyConnection) -> None:
    """Of a refused run only what is critical and not overridden stopped it."""
    (day,) = grown.execute("select max(edition) from meta.edition").fetchone() or (None,)
    assert isinstance(day, date)
    grown.execute("begin")
    grown.execute("update quality.expectation_result set success = true")
    grown.execute("delete from quality.decision")
    for name, table, severity, overridden_by in (
        ("edition.undated_share", "edition", "critical", None),
        ("edition.late_share", "edition", "critical", "Ada"),
        ("edition.volume", "edition", "warning", None),
        ("landed_quarantine.empty", "landed_quarantine", "warning", None),
    ):
        grown.execute(
            "insert into quality.expectation_result by name select 'red' as run_id,"
            " $1 as edition, 'landed' as suite, $2 as expectation, $3 as table_name,"
            " $4 as severity, false as success, $5 as overridden_by",
            [day, name, table, severity, overridden_by],
        )
    for minute, (who, kind, edition, article_id, expectations) in enumerate(
        (
            ("gate", "hold", day, None, None),
            ("Ada", "override", day, None, "landed/edition.late_share, landed/edition.other"),
            ("Ben", "hold", day, None, None),
            ("Ben", "release", day, None, None),
            ("Cem", "discard", day, "a1", None),
            ("Dan", "hold", day - timedelta(days=1), None, None),
            ("Dan", "replay", day, None, None),
        )
    ):
        grown.execute(
            "insert into quality.decision by name select $1::timestamp as decided_at,"
            " $2 as decided_by, $3 as decision, $4 as edition, $5 as article_id,"
            " $6 as expectations, 'Why.' as why",
            [f"2026-10-16 08:{minute:02}", who, kind, edition, article_id, expectations],
        )
    rows = answer(grown, "what-the-gate-stopped")
    grown.execute("rollback")
    told = {
        row["expectation"]: (row["was_stopped"], re.findall(r"(\w+): (\w+)", str(row["decisions"])))
        for row in rows
    }
    ben = [("Ben", "hold"), ("Ben", "release")]
    assert len(rows) == 4
    assert told == {
        "edition.undated_share": (True, [("gate", "hold"), *ben]),
        "edition.late_share": (False, [("Ada", "override"), *ben]),
        "edition.volume": (False, ben),
        "landed_quarantine.empty": (False, [*ben, ("Cem", "discard")]),
    }


def test_what_a_company_owns_counts_as_its_own(published: duckdb.DuckDBPyConnection) -> None:
    rows = answer(published, "film-company-control")
    assert "OpenAI" in {row["companies"] for row in rows}
    assert all(str(row["sentence"]) for row in rows)


def test_a_book_is_no_film(grown: duckdb.DuckDBPyConnection) -> None:
    sql = (FOLDER / "film-company-control.sql").read_text("utf-8")
    listed = set(re.findall(r"'([a-z0-9-]+)'", sql)) - {"creative-control"}
    entities = grown.execute("select entity_id, entity_type from marts.dim_entity").fetchall()
    assert listed <= {entity for entity, _ in entities}
    films = listed & {entity for entity, kind in entities if kind == "WORK"}
    assert {"artificial-film", "ex-machina"} <= films
    assert not films & {"empire-of-ai", "careless-people", "the-coming-wave", "nexus-harari"}
    grown.execute("begin")
    grown.execute(
        "update marts.fct_theme_entity_evidence set entity_id = 'empire-of-ai'"
        " where entity_id = 'artificial-film'"
    )
    rows = answer(grown, "film-company-control")
    grown.execute("rollback")
    assert rows == []


def test_every_uncaught_sentence_says_so_and_is_no_evidence(
    published: duckdb.DuckDBPyConnection,
) -> None:
    evidence = {
        row[0] for row in published.execute("select sentence from marts.evidence").fetchall()
    }
    for row in answer(published, "likeness-uncaught"):
        assert "likeness" in str(row["sentence"]).lower()
        assert row["sentence"] not in evidence
