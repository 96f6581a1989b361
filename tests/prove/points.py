"""Named instants at which a run is killed: between two steps of a task, or in the middle of one.

Each point changes, in the process of a case alone, a function that the code calls there, so that
all processes of the run die by SIGKILL then. Nothing in the product knows of it.
"""

import os
import shutil
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import enrich.run
import expectations.gate
import ingest.archive
import ingest.extract_shard
import ingest.land
import warehouse.candidate
import warehouse.publish
import warehouse.retention
import warehouse.swap
from core.plan import load_run

type Install = Callable[[int], None]
"""Arms the point in this process; its argument, 0, 1, 2, …, moves it on a little."""


@dataclass(frozen=True)
class Point:
    """`task` is the one that dies; `stage` is the issue's word for where."""

    stage: str
    task: str
    what: str
    arm: Install


POINTS: dict[str, Point] = {}


def die() -> NoReturn:
    """SIGKILL to the own process group: the run with all that it started."""
    os.killpg(0, signal.SIGKILL)
    raise AssertionError("unreachable")


def point(stage: str, task: str, what: str) -> Callable[[Install], Install]:
    def add(arm: Install) -> Install:
        POINTS[arm.__name__] = Point(stage, task, what, arm)
        return arm

    return add


def _before(owner: Any, name: str, calls: int = 0, when: Callable[..., bool] | None = None) -> None:
    """Die where `owner.name` is called after `calls` calls (of those for which `when` holds)."""
    whole, left = getattr(owner, name), [calls]

    def instead(*words: Any, **named: Any) -> Any:
        if when is None or when(*words, **named):
            if not left[0]:
                die()
            left[0] -= 1
        return whole(*words, **named)

    setattr(owner, name, instead)


def _after(owner: Any, name: str, calls: int = 0) -> None:
    """Die where a call of `owner.name` returns, after `calls` calls."""
    whole, left = getattr(owner, name), [calls]

    def instead(*words: Any, **named: Any) -> Any:
        value = whole(*words, **named)
        if not left[0]:
            die()
        left[0] -= 1
        return value

    setattr(owner, name, instead)


@point("fetch", "fetch", "a response was archived, its page is not known yet")
def response_archived(number: int) -> None:
    _after(ingest.archive.ArchiveWriter, "response", 2 + number * 5)


@point("fetch", "fetch", "an outlet's archive is about to get its name")
def archive_unnamed(number: int) -> None:
    _before(ingest.archive.ArchiveWriter, "finish", number)


@point("land", "extract", "some pages of an outlet are extracted")
def page_extracted(number: int) -> None:
    _after(ingest.extract_shard.Landing, "settle", 1 + number * 6)


@point("land", "land", "some tables are landed, the dispositions are not")
def dispositions_unlanded(number: int) -> None:
    _before(ingest.land, "write_landed", number % 2)


@point("land", "land", "all is landed, the edition is not closed")
def edition_unclosed(number: int) -> None:
    _before(ingest.land, "close_edition")


@point("enrich", "enrich", "some tables of facts are landed")
def facts_landed_by_half(number: int) -> None:
    _before(enrich.run, "write_landed", 2 + number * 2)


@point("gate", "check_landing", "the landed batch is judged, no verdict is written")
def landing_unjudged(number: int) -> None:
    _before(expectations.gate, "write_verdicts")


@point("load", "open_candidate", "files of the landing are being linked into the seal")
def seal_by_half(number: int) -> None:
    _after(os, "link", 1 + number * 4)


@point("copy", "open_candidate", "the current publication is copied by a part")
def copied_by_half(number: int) -> None:
    def part(origin: Path, copy: Path) -> None:
        content = origin.read_bytes()
        copy.write_bytes(content[: len(content) * (number + 1) // 4])
        die()

    shutil.copyfile = part  # type: ignore[assignment]


@point("load", "open_candidate", "rows are loaded, nothing is committed")
def load_uncommitted(number: int) -> None:
    _after(warehouse.candidate, "load_raw")


@point("load", "open_candidate", "all is loaded, the candidate's record is not written")
def load_unrecorded(number: int) -> None:
    _before(warehouse.candidate, "write_json")


@point("dbt", "dbt", "a part of the models is built")
def models_built_in_part(number: int) -> None:
    def watch() -> None:
        log = load_run("third").work / "dbt" / "dbt.log"
        built = log.read_text().count(" OK created ") if log.exists() else 0
        while not log.exists() or log.read_text().count(" OK created ") < built + 4 + number * 12:
            time.sleep(0.005)
        die()

    threading.Thread(target=watch, daemon=True).start()


@point("gate", "check_marts", "the marts are judged, no verdict is written")
def marts_unjudged(number: int) -> None:
    _before(expectations.gate, "write_verdicts", number % 2)


@point("gate", "check_marts", "the verdicts are written, that the gate passed is not")
def gate_unsaid(number: int) -> None:
    _before(expectations.gate, "write_json", when=lambda path, _: path.name == "gate.json")


@point("publish", "publish", "the id is noted")
def id_noted(number: int) -> None:
    _after(warehouse.publish, "write_json")


@point("publish", "publish", "the records are written, not checkpointed")
def records_in_the_log(number: int) -> None:
    _after(warehouse.publish, "write_records")


@point("rename", "publish", "the file is closed and has no published name")
def unnamed(number: int) -> None:
    _before(warehouse.publish, "give_name")


@point("before the swap", "publish", "the file has its published name")
def named(number: int) -> None:
    _after(warehouse.publish, "give_name")


@point("before the swap", "publish", "the new symlink lies beside the old one")
def symlink_beside(number: int) -> None:
    _after(Path, "symlink_to")


@point("after the swap", "publish", "the symlink is swapped, its folder not synced")
def swapped(number: int) -> None:
    _before(warehouse.swap, "fsync_folder", when=lambda path: path.name == "home")


@point("after the swap", "publish", "the swap is done, nothing is tidied")
def untidied(number: int) -> None:
    _before(warehouse.publish, "_tidy")


@point("retention", "publish", "the scratch database is gone, no publication is removed")
def nothing_retired(number: int) -> None:
    _before(warehouse.publish, "retire")


@point("retention", "publish", "an old publication is removed, what is old in work is not")
def publication_retired(number: int) -> None:
    _before(warehouse.retention, "_outdated")


@point("retention", "publish", "an old folder is removed by half")
def folder_by_half(number: int) -> None:
    def half(folder: Path) -> None:
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for file in files[: len(files) // 2]:
            file.unlink()
        die()

    shutil.rmtree = half  # type: ignore[assignment]
