"""Single bad rows are kept out, many are not; what stays is what would have been without them."""

import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.content_hash import collected_hash
from core.decisions import append_decision
from core.identity import article_id_of_url, version_id
from core.landed import LANDED, read_kept_articles, read_landed
from core.plan import Run
from expectations.landed_suite import TABLES, landed_suite
from expectations.landed_views import landed_view
from expectations.row_checks import clear_quarantine, quarantine_rows
from tests.expectations.healthy import Tables, healthy_tables, plan, write_tables

type Row = dict[str, Any]
COLLECTED = [table for table in TABLES if table != "quarantine"]


def _wording(row: Row, text: str) -> None:
    row.update(text=text, version_id=version_id(row["title"], text), word_count=len(text.split()))


def _mojibake(row: Row) -> None:
    text = "Der Rat prüft, ob Löhne für Übersetzer fällig würden. " * 12
    _wording(row, text.encode().decode("latin-1"))


def _markup(row: Row) -> None:
    _wording(row, f"<div><p>{row['text']}</p></div>")


def _cookie_wall(row: Row) -> None:
    text = "We and our partners store cookies to measure our pages. Give your consent to go on. "
    _wording(row, f"{row['url']} {text * 4}")


def _too_little(row: Row) -> None:
    _wording(row, "A picture of the harbour.")


def _future(row: Row) -> None:
    row.update(published_at=datetime(2031, 1, 1), published_day=date(2031, 1, 1))


def _wrong_source(row: Row) -> None:
    row["source_id"] = "nobody"


def _empty_title(row: Row) -> None:
    row.update(title=" ", version_id=version_id(" ", row["text"]))


def _altered(row: Row) -> None:
    row["text"] += " And more."


def _unknown_kind(row: Row) -> None:
    row["genre"] = "essay"


def _no_moment(row: Row) -> None:
    row["fetched_at"] = None


JUDGED: dict[str, Callable[[Row], None]] = {
    "text_is_decoded": _mojibake,
    "text_has_no_markup": _markup,
    "text_is_no_notice": _cookie_wall,
    "text_is_enough": _too_little,
}
FINAL: dict[str, Callable[[Row], None]] = {
    "published_in_range": _future,
    "source_known": _wrong_source,
    "has_wording": _empty_title,
    "version_id_follows_wording": _altered,
    "genre_known": _unknown_kind,
    "row_complete": _no_moment,
}


def _damaged(run: Run, faults: dict[int, Callable[[Row], None]]) -> Tables:
    """A healthy edition, not yet enriched, with damage done to the articles of those numbers."""
    tables = healthy_tables(run)
    for number, damage in faults.items():
        article = tables["article"][number]
        damage(article)
        dates = tables["date_candidate"][number]
        dates.update(version_id=article["version_id"], value=article["published_at"])
    return {name: rows if name in COLLECTED else [] for name, rows in tables.items()}


def _without(tables: Tables, numbers: set[int]) -> Tables:
    """The edition as if those articles had never been extracted, but for their URLs' ends."""
    gone = {tables["article"][number]["article_id"] for number in numbers}
    urls = {row["url"] for row in tables["article_url"] if row["article_id"] in gone}
    kept = {
        name: [row for row in tables[name] if row["article_id"] not in gone]
        for name in ("article", "article_url", "date_candidate")
    }
    ends = [
        {**row, "status": "quarantined"} if row["url"] in urls else row
        for row in tables["disposition"]
    ]
    return {**tables, **kept, "disposition": ends}


def _land(run: Run, tables: Tables) -> int:
    shutil.rmtree(run.landing, ignore_errors=True)
    write_tables(run, tables)
    clear_quarantine(run)
    return quarantine_rows(run, landed_suite(run))


def _seen(run: Run) -> dict[str, list[tuple[Any, ...]]]:
    """What the suites see of each collected table, sorted."""
    with duckdb.connect() as connection:
        for table in COLLECTED:
            connection.execute(landed_view(run.landing, table))
        # The reason why a URL ended in quarantine is told by the refused row alone.
        connection.execute("create temp table ends as select * exclude (reason) from disposition")
        tables = {table: "ends" if table == "disposition" else table for table in COLLECTED}
        return {
            table: sorted(connection.execute(f"select t::varchar from {seen} as t").fetchall())
            for table, seen in tables.items()
        }


@pytest.mark.parametrize("name", [*JUDGED, *FINAL])
def test_a_bad_row_is_kept_out_with_the_reason(run: Run, name: str) -> None:
    tables = _damaged(run, {0: (JUDGED | FINAL)[name]})
    assert _land(run, tables) == 1
    refused = read_landed(run.landing, "quarantine")
    row = refused.filter(pl.col("expectation") == f"landed_article.{name}").row(0, named=True)
    assert row["may_release"] is (name in JUDGED)
    assert row["is_last"] is True
    disposition = tables["disposition"][0]
    assert (row["source_id"], row["url"]) == (disposition["source_id"], disposition["url"])
    assert len(row["reason"]) > 40
    assert read_landed(run.landing, "article").height == len(tables["article"])
    assert read_kept_articles(run.landing).height == len(tables["article"]) - 1


def test_a_healthy_batch_lands_no_quarantine(run: Run) -> None:
    tables = _damaged(run, {})
    assert _land(run, tables) == 0
    assert not (run.landing / "quarantine").exists()


def test_one_notice_on_several_pages_is_no_article_of_theirs(run: Run) -> None:
    text = "The harbour is closed to all readers until the tide has gone out. " * 3
    numbers = (0, 1, 2)
    limits = run.config / "thresholds.yml"
    limits.write_text("max_quarantined_few: 3\n")
    tables = _damaged(run, dict.fromkeys(numbers, lambda row: _wording(row, text)))
    assert _land(run, tables) == 3
    expectations = read_landed(run.landing, "quarantine")["expectation"].unique().to_list()
    assert expectations == ["landed_article.text_is_its_own"]


def test_another_wording_of_the_article_keeps_its_url(run: Run) -> None:
    tables = _damaged(run, {})
    later = dict(tables["article"][0])
    _markup(later)
    tables["article"].append(later)
    assert _land(run, tables) == 1
    assert read_landed(run.landing, "quarantine")["is_last"].to_list() == [False]
    seen = _seen(run)
    assert not any("quarantined" in row for (row,) in seen["disposition"])
    assert len(seen["article_url"]) == len(tables["article_url"])


def test_the_share_counts_in_a_large_batch(run: Run) -> None:
    """Two of 18 may always go; of 3 in 60 (5 %) too, of 4 not."""
    tables = _damaged(run, {})
    template, end = tables["article"][0], tables["disposition"][0]
    for number in range(42):
        url = f"https://harbour.example/more/{number}"
        row = {**template, "url": url, "article_id": article_id_of_url(url)}
        _wording(row, f"{template['text']} {number}.")
        tables["article"].append(row)
        tables["disposition"].append({**end, "url": url})
    for number in range(3):
        _markup(tables["article"][number])
    assert _land(run, tables) == 3
    _markup(tables["article"][3])
    assert _land(run, tables) == 0


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    faults=st.dictionaries(
        st.integers(0, 17), st.sampled_from([*JUDGED, *FINAL]), min_size=1, max_size=4
    )
)
def test_the_law_of_the_quarantine(run: Run, faults: dict[int, str]) -> None:
    """Few bad rows leave the edition that never had them; more leave all; released, all are in."""
    damages = {number: (JUDGED | FINAL)[name] for number, name in faults.items()}
    tables = _damaged(run, damages)
    refused = _land(run, tables)
    if len(faults) > run.thresholds.max_quarantined_few:
        assert refused == 0
        assert read_landed(run.landing, "quarantine").is_empty()
        return
    assert refused == len(faults)
    found = _seen(run)
    shutil.rmtree(run.landing)
    write_tables(run, _without(tables, set(faults)))
    assert found == _seen(run)


@settings(
    max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    faults=st.dictionaries(st.integers(0, 17), st.sampled_from([*JUDGED]), min_size=1, max_size=2)
)
def test_releasing_all_is_as_if_none_had_been_refused(run: Run, faults: dict[int, str]) -> None:
    shutil.rmtree(run.paths.decisions, ignore_errors=True)
    tables = _damaged(run, {number: JUDGED[name] for number, name in faults.items()})
    _land(run, tables)
    shutil.rmtree(run.landing / "quarantine")
    never = collected_hash(run.landing)
    _land(run, tables)
    assert collected_hash(run.landing) != never
    for number in faults:
        row = tables["article"][number]
        append_decision(
            run.paths, "release", run.edition, "", "Ada", "It is an article.",
            article_id=row["article_id"], version_id=row["version_id"],
        )  # fmt: skip
    assert _land(run, tables) == 0
    assert collected_hash(run.landing) == never


def test_a_row_that_facts_hang_on_is_kept_out_also_when_released(run: Run, config: Path) -> None:
    """A decision file written by hand takes in nothing that the marts could not bear."""
    tables = _damaged(run, {0: _altered})
    row = tables["article"][0]
    append_decision(
        run.paths, "release", run.edition, "", "Ada", "I wish it.",
        article_id=row["article_id"], version_id=row["version_id"],
    )  # fmt: skip
    assert _land(run, tables) == 1
    other = plan("another", config, run.edition - timedelta(days=1))
    assert _land(other, _damaged(other, {0: _altered})) == 1


def test_every_landed_table_with_wordings_is_seen_without_them(run: Run) -> None:
    tables = _damaged(run, {0: _markup})
    _land(run, tables)
    gone = tables["article"][0]["version_id"]
    write_tables(run, {"analysis": healthy_tables(run)["analysis"]})
    for table in ("article", "date_candidate", "analysis"):
        assert "version_id" in LANDED[table]
        with duckdb.connect() as connection:
            connection.execute(landed_view(run.landing, table))
            rows = connection.execute(f"select version_id from {table}").fetchall()
        assert rows
        assert (gone,) not in rows
