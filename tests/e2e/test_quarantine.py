"""A person decides: bad rows out and in again, a refused edition overridden, one held by hand."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
from typer.testing import CliRunner

from cli.main import app
from core.decisions import read_decisions
from core.errors import BroadsheetError, GateRefused
from core.home import Home
from core.plan import close_edition
from expectations.gate import check_landing
from reports.brief import write_brief
from tests.dbt.runs import table_hashes
from tests.expectations.healthy import (
    EDITION,
    Tables,
    healthy_tables,
    plan,
    write_configuration,
    write_tables,
)
from tests.expectations.test_row_checks import COLLECTED, _altered, _mojibake, _without
from tests.support.run_edition import enrich_edition, publish_edition

pytestmark = pytest.mark.xdist_group("quarantine")
DAY = EDITION.isoformat()
SHARD = {"text_shards": [{"index": 0, "count": 1}]}
BAD = {0: _mojibake, 7: _altered}


@dataclass
class Newsroom:
    """A home and the landed tables that each run of its edition finds."""

    home: Home
    config: Path
    tables: Tables

    def run(self, run_id: str) -> Path:
        """Run the edition from its landing to the brief; returns the publication."""
        run = plan(run_id, self.config)
        write_tables(run, self.tables)
        close_edition(run)
        check_landing(run_id)
        enrich_edition(run, SHARD)
        published = publish_edition(run)["publication_id"]
        write_brief(published, DAY, self.home)
        return self.home.publication(published)

    def brief(self) -> str:
        return (self.home.report(EDITION) / "brief.html").read_text()


def _batch(damage: Callable[[Tables], None], config: Path) -> Tables:
    """The healthy edition before it is enriched, with damage done to it."""
    tables = healthy_tables(plan("batch", config))
    damage(tables)
    return {name: rows if name in COLLECTED else [] for name, rows in tables.items()}


def _two_bad_rows(tables: Tables) -> None:
    for number, damage in BAD.items():
        article = tables["article"][number]
        damage(article)
        tables["date_candidate"][number]["version_id"] = article["version_id"]


def _undated(tables: Tables) -> None:
    for article in tables["article"][:9]:
        article.update(published_at=None, published_day=None, published_method=None)
        article["published_precision"] = "none"
    tables["date_candidate"] = tables["date_candidate"][9:]


@pytest.fixture
def newsroom(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., Newsroom]]:
    config = tmp_path / "config"
    write_configuration(config)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(config))

    def make(damage: Callable[[Tables], None]) -> Newsroom:
        return Newsroom(home, config, _batch(damage, config))

    return make


def _broadsheet(*words: str) -> str:
    result = CliRunner().invoke(app, words)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.output


def _lines(*words: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in _broadsheet(*words, "--json").splitlines()]


def _ask(publication: Path, query: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(publication), read_only=True) as connection:
        return connection.execute(query).fetchall()


def _marts(publication: Path) -> dict[str, str]:
    return {
        name: told for name, told in table_hashes(publication).items() if name.startswith("marts.")
    }


def test_bad_rows_stay_out_until_a_person_takes_them_in(newsroom: Callable[..., Newsroom]) -> None:
    bad = newsroom(_two_bad_rows)
    published = bad.run("bad")
    assert _ask(published, "select gate_result from meta.publication") == [("passed",)]
    ends = "select status, count(*) from quality.fct_disposition group by all order by all"
    assert _ask(published, ends) == [("fetch_failed", 3), ("loaded", 16), ("quarantined", 2)]
    (totals,) = _ask(
        published,
        "select sum(found), sum(loaded), sum(quarantined), sum(fetch_failed)"
        " from quality.fct_source_edition",
    )
    assert totals == (21, 16, 2, 3)
    kept_out = _marts(published)

    cases = {case["expectation"]: case for case in _lines("quarantine", "list")}
    assert set(cases) == {
        "landed_article.text_is_decoded", "landed_article.version_id_follows_wording"
    }  # fmt: skip
    rows = _ask(published, "select quarantine_id, run_id, url from quality.quarantine order by 1")
    assert rows == sorted((case["quarantine_id"], "bad", case["url"]) for case in cases.values())
    garbled = cases["landed_article.text_is_decoded"]["quarantine_id"]
    altered = cases["landed_article.version_id_follows_wording"]["quarantine_id"]
    shown = _broadsheet("quarantine", "show", garbled[:6])
    assert "fetched_at" in shown
    assert not any(0x80 <= ord(sign) < 0xA0 for sign in shown)
    with pytest.raises(BroadsheetError, match="every fact hangs on what it fails"):
        _broadsheet("quarantine", "release", garbled, altered, "--why", "Both.", "--by", "Ada")
    assert read_decisions(bad.home) == []

    told = _broadsheet("quarantine", "release", garbled, "--why", "Readable.", "--by", "Ada")
    assert f"broadsheet run --edition {DAY}" in told
    told = _broadsheet("quarantine", "discard", altered, "--why", "A test page.", "--by", "Ben")
    assert "discarded by Ben: http" in told
    with pytest.raises(BroadsheetError, match="was discarded by Ben already"):
        _broadsheet("quarantine", "discard", altered, "--why", "Again.", "--by", "Ada")
    assert _lines("quarantine", "list") == []
    assert {case["state"] for case in _lines("quarantine", "list", "--all")} == {
        "released", "discarded"
    }  # fmt: skip

    again = bad.run("again")
    assert _ask(again, ends) == [("fetch_failed", 3), ("loaded", 17), ("quarantined", 1)]
    assert _marts(again) != kept_out
    assert _ask(again, "select decision, decided_by, why from quality.decision order by 1") == [
        ("discard", "Ben", "A test page."),
        ("release", "Ada", "Readable."),
    ]
    assert "What people decided" in bad.brief()
    assert "Readable." in bad.brief()
    assert "A test page." in bad.brief()

    bad.tables = _without(bad.tables, set(BAD))
    assert _marts(bad.run("never-had-them")) == kept_out


def test_a_refusal_is_explained_and_overridden(newsroom: Callable[..., Newsroom]) -> None:
    undated = newsroom(_undated)
    with pytest.raises(GateRefused, match=r"edition\.undated_share"):
        undated.run("refused")
    told = _broadsheet("gate", "explain", DAY)
    assert "edition.undated_share" in told
    assert "Undated articles enter no daily table." in told
    assert f"broadsheet gate override {DAY}" in told
    with pytest.raises(BroadsheetError, match="the gate does"):
        _broadsheet("gate", "release", DAY, "--why", "It is fine.", "--by", "Ada")
    with pytest.raises(BroadsheetError, match="names no person"):
        _broadsheet("gate", "override", DAY, "--why", "It is fine.", "--by", "gate")

    _broadsheet("gate", "override", DAY, "--why", "A strike at the agency.", "--by", "Ada")
    (override,) = [one for one in read_decisions(undated.home) if one.decision == "override"]
    assert "landed/edition.undated_share" in override.expectations
    assert "Make the last decision take effect" in _broadsheet("gate", "explain", DAY)

    dated = undated.tables["article"][10]
    undated.tables["article"][10] = {**dated, "source_id": None, "article_id": "x"}
    with pytest.raises(GateRefused, match="critical"):
        undated.run("other-content")
    undated.tables["article"][10] = dated

    published = undated.run("overridden")
    assert _ask(published, "select gate_result from meta.publication") == [("overridden",)]
    assert _ask(
        published,
        "select expectation, overridden_by from quality.expectation_result"
        " where publication_id is not null and not success and severity = 'critical'",
    ) == [("edition.undated_share", "Ada")]
    assert "in spite of" in undated.brief()
    assert "overridden by Ada" in undated.brief()
    (state,) = [row for row in _lines("gate", "explain", DAY) if row["record"] == "state"]
    assert (state["result"], state["held_by_gate"], state["awaits_run"]) == (
        "overridden", False, False
    )  # fmt: skip

    _broadsheet("gate", "hold", DAY, "--why", "The agency asked.", "--by", "Ben")
    with pytest.raises(GateRefused, match="Ben holds the edition"):
        undated.run("held")
    assert "Lift the hold" in _broadsheet("gate", "explain", DAY)
