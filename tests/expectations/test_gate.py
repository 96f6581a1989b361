"""The gate's two tasks: what passes leaves verdicts and pages, what fails is held and named."""

from pathlib import Path

import duckdb
import polars as pl
import pytest

from core.decisions import read_decisions
from core.errors import GateRefused
from core.files import read_json
from core.home import Home
from core.plan import Run
from expectations.gate import check_landing, check_marts
from expectations.verdicts import SCHEMA
from tests.expectations.healthy import healthy_tables, write_tables

RUN = "run-1"


def test_a_refused_landing_is_held_once_and_named(run: Run) -> None:
    tables = healthy_tables(run)
    tables["disposition"].pop()
    write_tables(run, tables)
    for _ in range(2):
        with pytest.raises(GateRefused, match=r"landed_disposition\.conserves_discovered: 1 row"):
            check_landing(run.run_id)
    decision = read_decisions(run.paths)
    assert [(one.decision, one.decided_by) for one in decision] == [("hold", "gate")]
    kept = pl.read_parquet(run.paths.quality / "verdicts" / run.run_id / "landed.parquet")
    assert kept.schema == SCHEMA
    failed = kept.filter(~pl.col("success"))
    assert failed["severity"].to_list() == ["critical"]
    assert "Clear and repeat" in failed["sentence"][0]


def test_a_damaged_file_is_told_in_a_sentence(run: Run) -> None:
    write_tables(run, healthy_tables(run))
    (run.landing / "article" / "part-0.parquet").write_bytes(b"PAR1 half a file")
    with pytest.raises(GateRefused, match="a file is damaged or missing"):
        check_landing(run.run_id)


@pytest.mark.xdist_group("built marts")
def test_a_passed_candidate_is_sealed_and_not_written(built: Home) -> None:
    candidate = built.candidate(RUN)
    before = candidate.read_bytes()
    assert check_marts(RUN)["warnings"] == 0
    assert candidate.read_bytes() == before
    seal = read_json(built.work(RUN) / "verdicts" / "gate.json")
    assert seal["result"] == "passed"
    assert len(seal["candidate_sha256"]) == 64
    assert read_decisions(built) == []
    _no_page_loads_anything(built.quality / "data_docs")


def _no_page_loads_anything(pages: Path) -> None:
    found = sorted(pages.rglob("*.html"))
    assert {"index.html", "dim_article.html"} <= {page.name for page in found}
    for page in found:
        text = page.read_text()
        assert "<script" not in text
        assert "://" not in text


@pytest.mark.xdist_group("built marts")
def test_a_refused_candidate_is_sealed_as_refused(built: Home) -> None:
    with duckdb.connect(built.candidate(RUN)) as connection:
        connection.execute("update marts.fct_theme_daily set articles = articles + 1")
    with pytest.raises(GateRefused, match=r"fct_theme_daily\.equals_recount"):
        check_marts(RUN)
    assert read_json(built.work(RUN) / "verdicts" / "gate.json")["result"] == "refused"
    assert [one.decision for one in read_decisions(built)] == ["hold"]
    page = (built.quality / "data_docs" / RUN / "marts" / "index.html").read_text()
    assert "failed" in page
    assert "counted again from them" in page


@pytest.mark.xdist_group("built marts")
def test_a_candidate_with_a_log_beside_it_is_refused(built: Home) -> None:
    candidate = built.candidate(RUN)
    candidate.with_name(f"{candidate.name}.wal").write_bytes(b"unvalidated")
    with pytest.raises(GateRefused, match="was not closed properly"):
        check_marts(RUN)
