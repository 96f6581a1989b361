"""A seeded part of `make prove`: kills near the swap and in every task, readers, rough handling.

Full disks stand in tests/e2e/test_full_disk.py, as they need mounts; of idempotence the suite has
tests/dbt/test_order.py and the replay of tests/e2e.
"""

import random
from pathlib import Path

import pytest

from tests.prove.__main__ import main
from tests.prove.kills import chain, point_kill
from tests.prove.page import PAGE, write_page
from tests.prove.points import POINTS
from tests.prove.readers import read_while_publishing
from tests.prove.results import add
from tests.prove.room import Room
from tests.prove.rough import read_only_folder
from tests.prove.steps import TASKS
from tests.support import run_edition

pytestmark = pytest.mark.xdist_group("prove")
SEED = 11
# One of each stage of which the restart is short.
NEAR_THE_SWAP = [name for name, at in POINTS.items() if at.task == "publish"]


def test_the_tasks_are_those_of_an_edition() -> None:
    assert tuple(TASKS) == run_edition.TASKS


def test_an_edition_whose_every_task_was_killed_once(room: Room) -> None:
    cases = chain(room, SEED, 0)
    assert [case for case in cases if case.wrong] == []
    assert len(cases) > len(TASKS) // 2


@pytest.mark.parametrize("name", random.Random(SEED).sample(NEAR_THE_SWAP, 2))
def test_a_kill_near_the_swap(room: Room, name: str) -> None:
    assert point_kill(room, name, 0).wrong == ""


def test_a_folder_that_takes_no_file_is_named_and_nothing_is_lost(room: Room) -> None:
    outcome = read_only_folder(room, "quality")
    assert outcome.wrong == ""
    assert "HomeError: quality/" in outcome.told
    assert "Permission denied; free or grant space there" in outcome.told


def test_readers_see_only_what_was_validated(tmp_path: Path) -> None:
    read = read_while_publishing(tmp_path, published=5, refused=1, seed=SEED)
    assert read.wrong == []
    assert read.total("publications") >= 8


def test_the_page_tells_of_what_went_wrong(tmp_path: Path) -> None:
    case = {"kind": "single", "task": "dbt", "victim": "all", "restart": "task", "number": 0}
    add("kills", {**case, "wrong": ""}, tmp_path)
    add("kills", {**case, "wrong": "marts.evidence differs", "number": 1}, tmp_path)
    write_page(tmp_path, tmp_path / "prove.md")
    page = (tmp_path / "prove.md").read_text()
    assert "Kill -9: 1 of 2 right" in page
    assert "| single | 1 | dbt | all | task | marts.evidence differs |" in page


def test_the_committed_page_is_left_alone_while_a_part_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = PAGE.read_bytes()
    add("rough", {"wrong": ""}, tmp_path)
    monkeypatch.setattr("sys.argv", ["prove", "--part", "page", "--results", str(tmp_path)])
    main()
    assert "nothing of readers, idempotence, airflow, kills was proved" in capsys.readouterr().out
    assert PAGE.read_bytes() == before
