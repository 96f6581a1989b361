"""The tasks of `reprocess` without Airflow: shown, and published only as it was approved."""

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from cli import reprocessing
from cli.replay import Wish, replay
from cli.replaying import ReplayError
from core.config import config_folder
from core.decisions import read_decisions
from core.errors import BroadsheetError
from core.home import Home
from tests.e2e.conftest import Line
from tests.e2e.test_replay import files_of
from tests.support.run_edition import run_edition

pytestmark = pytest.mark.xdist_group("line")

EDITION = "2026-10-16"


@pytest.fixture(scope="module")
def home(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("reprocess") / "home"
    shutil.copytree(line.home.root, root, symlinks=True)
    return Home(root)


@pytest.fixture(autouse=True)
def environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", str(home.root))
    monkeypatch.delenv("BROADSHEET_LOCAL_SITE", raising=False)


@pytest.fixture(scope="module")
def themes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A taxonomy in which no article is about creative control."""
    text = (config_folder() / "themes.yml").read_text("utf-8")
    text = re.sub(r'taxonomy_version: "[^"]*"', 'taxonomy_version: "narrow"', text, count=1)
    text, found = re.subn(r"(- id: creative-control\n)", r"\1    threshold: 1000.0\n", text)
    assert found == 1
    path = tmp_path_factory.mktemp("themes") / "narrow.yml"
    path.write_text(text, "utf-8")
    return str(path)


def shown(name: str, themes: str | None, editions: Sequence[str] = (EDITION,)) -> tuple[str, str]:
    """A replay up to its approval: the run's id, and what the person reads."""
    files = {"themes": themes}
    planned = reprocessing.plan(name, editions=editions, first=None, last=None, files=files)
    for run in planned["runs"]:
        reprocessing.rebuild(run["run"])
    reprocessing.group(planned["run_id"])
    return planned["run_id"], reprocessing.show(planned["run_id"], "/broadsheet/reports")


def test_it_shows_what_would_change_and_discards_all_of_it(home: Home, themes: str) -> None:
    before = files_of(home)
    run, text = shown("first", themes)
    assert re.search(r"\| Creative control and rights \| [1-9]\d* \| 0 \| 0 \| [1-9]", text)
    assert "taxonomy\\_version narrow" in text
    assert f"(/broadsheet/reports/replays/{run}/changes.html)" in text
    page = (home.root / "reports" / "replays" / run / "changes.html").read_text("utf-8")
    assert "(The Reel Ledger) loses it" in page
    assert "Reel Ledger" not in text, "Airflow keeps it where nothing is erased"
    assert 'id="marts.fct_theme_evidence"' in page
    assert reprocessing.discard(run, "Ada", "No.") == {"rejected_by": "Ada", "why": "No."}
    kept = {path.name for path in home.work(run).iterdir()}
    assert {"run.json", "config", "rejected.json"} <= kept
    assert not {"home", "candidate.duckdb", "scratch.duckdb"} & kept
    shutil.rmtree(home.root / "reports" / "replays")
    assert files_of(home) == before


def test_it_is_published_on_what_came_between_if_it_changes_the_same(
    home: Home, themes: str
) -> None:
    run, _ = shown("between", themes)
    between = run_edition("between", edition=EDITION)
    published = reprocessing.publish(run, "Ada", "Too wide.")
    assert published["publication_id"] > between["publication_id"]
    assert home.warehouse.resolve() == home.publication(published["publication_id"])
    assert reprocessing.publish(run, "Ada", "Too wide.") == published
    told = [(one.decision, one.decided_by, one.why) for one in read_decisions(home)]
    assert told.count(("replay", "Ada", "Too wide.")) == 1


def test_it_is_not_published_if_it_would_change_something_else(home: Home) -> None:
    run, text = shown("other", None)
    assert re.search(r"\| Creative control and rights \| 0 \| [1-9]\d* \| [1-9]\d* \| 0 \|", text)
    assert replay(Wish(editions=(EDITION,), publish=True), limit=0) == 0
    before, decisions = home.warehouse.resolve(), read_decisions(home)
    with pytest.raises(ReplayError, match="it is shown and asked again"):
        reprocessing.publish(run, "Ada", "As it was.")
    assert home.warehouse.resolve() == before
    assert read_decisions(home) == decisions
    assert reprocessing.show(run, "") == "", "it says the same as what is published now"


def test_what_cannot_be_replayed_is_told(home: Home, tmp_path: Path) -> None:
    with pytest.raises(BroadsheetError, match="was never collected"):
        shown("never", None, ["2020-01-01"])
    with pytest.raises(BroadsheetError, match="no edition to replay: name one"):
        shown("none", None, [])
    wrong = tmp_path / "themes.yml"
    wrong.write_text("taxonomy_version: 1\nthemes: []\n")
    with pytest.raises(BroadsheetError, match="themes"):
        shown("wrong", str(wrong))
