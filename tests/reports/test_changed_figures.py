"""A brief keeps what it printed with its queries, and says which figures changed and why."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.decisions import append_decision
from core.home import Home
from reports.brief import write_brief
from reports.changed_figures import changed_figures
from reports.facts import read_facts
from reports.figures import GONE, figures_now
from reports.lists import open_publication
from reports.printed import printed_figures
from tests.dbt.newsroom import Article, Edition, write_config
from tests.dbt.runs import publish_editions
from tests.reports.test_corrections import section

FIRST = Edition(
    date(2026, 10, 15),
    tuple(
        Article(
            name,
            source,
            f"A union vote at {name}",
            (f"Meta faces a union vote at {name}.",),
            datetime(2026, 10, 14, 9 + number),
        )
        for number, (name, source) in enumerate(
            [("dublin", "gazette"), ("o'hare", "courier"), ("lagos", "gazette")]
        )
    ),
)
REPLAYED = replace(FIRST, articles=FIRST.articles[:2])
SECOND = Edition(
    date(2026, 10, 16),
    (Article("news", "gazette", "Another vote", ("A union vote.",), datetime(2026, 10, 15, 9)),),
)


@dataclass(frozen=True)
class Printed:
    """A brief, what it printed, and the publication that it is of."""

    publication: Path
    brief: str
    figures: pl.DataFrame


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Printed]:
    """Briefs: of an edition; of the next, with which the first comes replayed; of a third."""
    folder = tmp_path_factory.mktemp("figures")
    home = Home(folder / "home")
    home.root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        patch.setenv("BROADSHEET_CONFIG", str(write_config(folder / "config")))

        def printed(edition: Edition, run_id: str, *before: Edition) -> Printed:
            publication = publish_editions(home, run_id, *before, edition)
            brief = write_brief(publication.stem, edition.day.isoformat(), home).read_text()
            figures = pl.read_parquet(home.report(edition.day) / "figures.parquet")
            return Printed(publication, brief, figures)

        first = printed(FIRST, "first")
        append_decision(home, "replay", FIRST.day, "hash", "Ada", "One was no news.", "again")
        second = printed(SECOND, "second", REPLAYED)
        third = printed(replace(SECOND, day=date(2026, 10, 17), articles=()), "third")
        return {"first": first, "second": second, "third": third}


def test_every_figure_is_what_its_query_gives(printed: dict[str, Printed]) -> None:
    """Asked by itself, as an analyst would, and with all others of its list."""
    for one in printed.values():
        queries = dict(one.figures.select("sql", "value").iter_rows())
        assert len(queries) == one.figures.height
        with open_publication(one.publication) as connection:
            assert figures_now(connection, queries) == queries
            for sql, value in queries.items():
                told = [f"{row[0] or 0:.0f}" for row in connection.execute(sql).fetchall()]
                assert (told or [GONE]) == [value], sql


def test_the_page_shows_no_other_numbers(printed: dict[str, Printed]) -> None:
    figures = dict(printed["first"].figures.select("figure", "value").iter_rows())
    assert figures["headline.articles"] == "3"
    assert figures["themes.listed"] == "1"
    assert figures["coverage[gazette].loaded"] == "2"
    assert ">3</a></b><span>new articles</span>" in printed["first"].brief
    assert any(name.startswith("stories[") for name in figures)
    assert figures["usual[articles].counted"] == "3"
    assert figures["usual[articles].editions_known"] == "0"
    assert 'id="figures"' not in printed["first"].brief


def test_the_next_publication_carries_them(printed: dict[str, Printed]) -> None:
    with duckdb.connect(printed["second"].publication, read_only=True) as connection:
        kept = connection.execute(
            "select figure, value, sql from meta.brief_figure where publication_id = 'p000001'"
        ).fetchall()
    first = printed["first"].figures.select("figure", "value", "sql")
    assert sorted(kept) == sorted(first.iter_rows())


def test_a_changed_figure_is_told_with_what_happened(printed: dict[str, Printed]) -> None:
    told = section(printed["second"].brief, "since")
    assert "Thursday, 15 October 2026 , as printed from p000001" in told
    assert "replay of the edition 2026-10-15 by Ada (One was no news.)" in told
    assert "the edition 2026-10-15 was taken in with another content" in told
    assert "headline: articles 3 → 2" in told
    assert "later editions" not in told, "what happened to the edition itself explains it"


def test_a_change_is_told_once(printed: dict[str, Printed]) -> None:
    assert 'id="figures"' not in printed["third"].brief
    again = dict(printed["second"].figures.select("figure", "value").iter_rows())
    assert again["2026-10-15 headline.articles"] == "2"


def test_nothing_changed_in_the_publication_that_was_printed(printed: dict[str, Printed]) -> None:
    one = printed["first"]
    with open_publication(one.publication) as connection:
        facts = read_facts(connection, "p000001", FIRST.day)
        assert len(printed_figures(facts)) == one.figures.height
        assert changed_figures(connection, "p000001", FIRST.day) == []
