"""Hostile in size alone: honest documents that take a parser seconds still come through."""

from pathlib import Path

import pytest

from core.home import Home
from tests.ingest.hostile_edition import assert_conserved, collect_edition, sources_of
from tests.support.hostile.cases import cases
from tests.support.hostile.server import serving

HEAVY = [case for case in cases().values() if case.pace == "heavy"]
PARSER_SECONDS = 90.0  # a loaded machine is no fault of the page


@pytest.mark.timeout(240)
def test_large_documents_are_parsed_within_their_limits(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ingest.cage.Cage.__init__.__defaults__", (PARSER_SECONDS, 1_500_000_000))
    with serving() as site:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", site.address)
        edition = collect_edition(tmp_path / "s", sources_of(HEAVY))
    for case in HEAVY:
        if case.kind == "page":
            assert edition.end_of(case) == (case.status, "")
            assert case.text in edition.text_of(case)
        else:
            assert (edition.feed_status_of(case), edition.found_by(case)) == ("ok", case.found)
    assert_conserved(edition)
