"""`broadsheet replay`: an edition rebuilt from its archive without a server, and published."""

import hashlib
import re
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from cli.replay import Wish, replay
from cli.replaying import ReplayError, _decide
from core.config import config_folder
from core.decisions import read_decisions
from core.home import Home
from tests.e2e.conftest import Line
from warehouse.diff import diff
from warehouse.editions import Content

pytestmark = pytest.mark.xdist_group("line")

EDITION = "2026-10-16"
ASKING = {"socket.connect", "socket.getaddrinfo", "socket.sendto"}
_asked: list[str] = []


def _audit(event: str, arguments: tuple[object, ...]) -> None:
    if event in ASKING:
        _asked.append(f"{event} {arguments}")


sys.addaudithook(_audit)


@contextmanager
def asks_nobody() -> Iterator[None]:
    """The interpreter itself says whether anything in this process asked a network."""
    _asked.clear()
    yield
    assert _asked == []


@pytest.fixture(scope="module")
def home(line: Line, tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A copy of the home in which the sample edition is published; its servers are gone."""
    root = tmp_path_factory.mktemp("replay") / "home"
    shutil.copytree(line.home.root, root, symlinks=True)
    return Home(root)


@pytest.fixture(autouse=True)
def environment(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", str(home.root))
    monkeypatch.delenv("BROADSHEET_LOCAL_SITE", raising=False)


@pytest.fixture(scope="module")
def themes(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The taxonomy without the rules of one theme."""
    text = (config_folder() / "themes.yml").read_text("utf-8")
    text = re.sub(r'taxonomy_version: "[^"]*"', 'taxonomy_version: "narrow"', text, count=1)
    changed = re.sub(r"phrases: \[creative control,", "phrases: [", text, count=1)
    assert changed != text
    path = tmp_path_factory.mktemp("themes") / "themes.yml"
    path.write_text(changed, "utf-8")
    return str(path)


def files_of(home: Home) -> dict[str, str]:
    """Every file of the home but for those below work/, with what is in it."""
    return {
        str(path.relative_to(home.root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in home.root.rglob("*")
        if path.is_file() and path.relative_to(home.root).parts[0] != "work"
    }


def candidate_of(home: Home) -> Path:
    return max(home.root.glob("work/replay-*/candidate.duckdb"))


def test_a_replay_with_other_themes_shows_what_would_change_and_changes_nothing(
    home: Home, themes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = files_of(home)
    with asks_nobody():
        assert replay(Wish(editions=(EDITION,), files={"themes": themes}), limit=1) == 0
    told = capsys.readouterr().out
    assert re.search(r"marts\.fct_theme_evidence .* removed", told)
    assert "taxonomy_version: 2026" in told
    assert "→ narrow" in told
    assert "Nothing is published" in told
    assert files_of(home) == before


def test_the_same_replay_published_has_the_tables_that_were_shown(
    home: Home, themes: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = candidate_of(home)
    wish = Wish(
        editions=(EDITION,), files={"themes": themes}, publish=True, why="Too wide.", by="Ada"
    )
    with asks_nobody():
        assert replay(wish, limit=0) == 0
    published = home.publication("p000003")
    assert home.warehouse.resolve() == published
    tables = {one.table for one in diff(shown, published) if not one.is_same}
    assert not {one for one in tables if one.startswith(("marts.", "quality.fct"))}
    told = capsys.readouterr().out
    assert "p000003 is published: 2026-10-16 as replayed." in told
    assert f"The next edition is made with {config_folder() / 'themes.yml'}" in told
    last = read_decisions(home)[-1]
    assert (last.decision, last.decided_by, last.why) == ("replay", "Ada", "Too wide.")
    assert str(last.edition) == EDITION


def test_a_replay_that_the_gate_refuses_says_why_and_holds_nothing(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config"
    shutil.copytree(config_folder(), folder)
    (folder / "thresholds.yml").write_text("min_median_words: 100000\n")
    monkeypatch.setenv("BROADSHEET_CONFIG", str(folder))
    before = files_of(home)
    sources = {"sources": str(config_folder() / "sources.yml")}
    with pytest.raises(ReplayError, match=r"nothing is held\.\n  - "):
        replay(Wish(editions=(EDITION,), files=sources), limit=0)
    assert files_of(home) == before


def test_what_a_killed_command_had_recorded_is_not_recorded_twice(home: Home) -> None:
    content = Content(date.fromisoformat(EDITION), "20261016T0500", "0" * 64)
    before = len(read_decisions(home))
    for run_id in ("killed", "again"):
        _decide(home, [content], "Ada", "Too wide.", run_id)
    assert [one.run_id for one in read_decisions(home)[before:]] == ["killed"]
