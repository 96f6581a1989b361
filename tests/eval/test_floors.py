"""A floor never goes down without a reason that is written."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest

from core.config import PROJECT_ROOT
from eval import floors
from eval.score import Estimate, Measurement


def measured(key: str, value: float) -> Measurement:
    return Measurement(key, "what", "data", "F1", 10, Estimate(value, value, value))


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(floors, "FLOORS", tmp_path / "floors.json")
    monkeypatch.setattr(floors, "LOWERED", tmp_path / "floors_lowered.json")
    floors.FLOORS.write_text('{"one": 0.9}')
    floors.LOWERED.write_text("[]")
    return tmp_path


def test_faults_are_named() -> None:
    told = floors.below_floor(
        [measured("low", 0.4), measured("high", 0.6), measured("new", 1.0)],
        {"low": 0.5, "high": 0.5, "gone": 0.5},
    )
    assert told == [
        "low is 0.400, below its floor of 0.500.",
        "new has no floor; add one to floors.json.",
        "gone has a floor but was not measured.",
    ]


@pytest.mark.usefixtures("files")
def test_a_floor_is_lowered_with_its_reason() -> None:
    floors.lower_floor("one", 0.8, " the labels were corrected ")
    assert floors.read_floors() == {"one": 0.8}
    assert floors.read_lowered() == [
        {"key": "one", "from": 0.9, "to": 0.8, "because": "the labels were corrected"}
    ]
    assert floors.unexplained({"one": 0.9}, floors.read_floors()) == []
    assert len(floors.unexplained({"one": 0.9}, {"one": 0.7})) == 1
    assert len(floors.unexplained({"one": 0.9}, {})) == 1


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    ("key", "value", "because", "told"),
    [
        ("other", 0.1, "why", "there is no floor 'other'"),
        ("one", 0.9, "why", "does not lower"),
        ("one", 0.8, " ", "say with --because"),
    ],
)
def test_other_changes_are_refused(key: str, value: float, because: str, told: str) -> None:
    with pytest.raises(floors.FloorError, match=told):
        floors.lower_floor(key, value, because)
    assert floors.read_floors() == {"one": 0.9}


@pytest.mark.parametrize("written", ["nan", "-inf", "inf", "-0.1", "half", ""])
def test_what_is_no_floor_is_refused(written: str) -> None:
    with pytest.raises(floors.FloorError, match=rf"^'{written}' is no floor; write a number from"):
        floors.floor_of(written)


def test_a_floor_is_read() -> None:
    assert [floors.floor_of(one) for one in ("0", "0.85")] == [0.0, 0.85]


def test_the_history_of_the_floors_is_explained() -> None:
    """Every version of the file against the one before, along the main line."""
    path = floors.FLOORS.relative_to(PROJECT_ROOT).as_posix()
    versions = [json.loads(git("show", f"{one}:{path}")) for one in _commits(path)]
    versions.append(floors.read_floors())
    for before, now in itertools.pairwise(versions):
        assert floors.unexplained(before, now) == []


def _commits(path: str) -> list[str]:
    return git("log", "--first-parent", "--reverse", "--format=%H", "--", path).split()


def git(*arguments: str) -> str:
    ended = subprocess.run(
        ["git", *arguments], cwd=PROJECT_ROOT, capture_output=True, text=True, check=False
    )
    if ended.returncode != 0:
        pytest.skip("the project is not in a git repository with its history")
    return ended.stdout
