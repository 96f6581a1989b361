"""Faults around publishing: what lies in the folder, and what was judged, is not what it seems.

Each is done to a scene whose candidate the gate has passed, or to what is published; then the
step that `told` belongs to must refuse it, or put it right, and readers see what they saw before.
"""

import os
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from core.files import read_json, write_json
from expectations.gate import check_marts
from tests.faults.fault import Catalogue, Damage
from tests.faults.newsroom import RUN
from tests.faults.scene import Scene
from warehouse.candidate import open_candidate
from warehouse.publications import open_read_only
from warehouse.publish import publish

PUBLICATION = Catalogue("publication")
PYTHON = sys.executable


@dataclass(frozen=True)
class Step:
    """What is done after the damage, and how it refuses; `told` None: it puts things right."""

    do: Callable[[Scene], object]
    told: str | None


STEPS: dict[str, Step] = {}


def _publish(scene: Scene) -> object:
    return publish(RUN)


def _judge(scene: Scene) -> object:
    return check_marts(RUN)


def _read(scene: Scene) -> object:
    connection = open_read_only(scene.home)
    try:
        return connection.execute("select count(*) from marts.dim_article").fetchall()
    finally:
        connection.close()


def _open(scene: Scene) -> object:
    return open_candidate(RUN)


def fault(
    catcher: str, what: str, do: Callable[[Scene], object], told: str | None
) -> Callable[[Damage], Damage]:
    def add(damage: Damage) -> Damage:
        PUBLICATION.fault(catcher, what)(damage)
        STEPS[PUBLICATION.faults[-1].id] = Step(do, told)
        return damage

    return add


def _published(scene: Scene) -> Path:
    return scene.home.warehouse.resolve()


def _replace(path: Path, content: bytes) -> None:
    """Give the path another file: the one there may be linked elsewhere."""
    path.unlink()
    path.write_bytes(content)


@fault(
    "publish: built on what is current",
    "An older edition, built before the current one was published, is published over it.",
    _publish,
    r"is published now, but the candidate of today was built on p000001",
)
def older_over_newer(scene: Scene) -> None:
    newer = scene.home.publication("p000002")
    shutil.copyfile(_published(scene), newer)
    scene.home.warehouse.unlink()
    scene.home.warehouse.symlink_to(newer.relative_to(scene.home.root))


@fault(
    "publish: the file that the gate passed",
    "The candidate was copied by half.",
    _publish,
    "not the one that the gate passed",
)
def half_copied_candidate(scene: Scene) -> None:
    candidate = scene.home.candidate(RUN)
    _replace(candidate, candidate.read_bytes()[: candidate.stat().st_size // 2])


@fault(
    "publish: the file that the gate passed",
    "A table was changed after the gate.",
    _publish,
    "not the one that the gate passed",
)
def changed_after_the_gate(scene: Scene) -> None:
    scene.sql("update marts.dim_article set title = upper(title)")


@fault(
    "publish: the file that the gate passed",
    "Another database lies in the candidate's place.",
    _publish,
    "not the one that the gate passed",
)
def another_database(scene: Scene) -> None:
    _replace(scene.home.candidate(RUN), _published(scene).read_bytes())


@fault(
    "publish: the gate's verdict",
    "The gate has refused, and publishing goes on.",
    _publish,
    "the gate has not passed the candidate",
)
def refused_and_published(scene: Scene) -> None:
    path = scene.run.work / "verdicts" / "gate.json"
    write_json(path, {**read_json(path), "result": "refused"})


@fault(
    "publish: the gate's verdict",
    "The gate never ran.",
    _publish,
    "the gate has not passed the candidate",
)
def never_judged(scene: Scene) -> None:
    (scene.run.work / "verdicts" / "gate.json").unlink()


@fault(
    "publish: the gate's verdict",
    "The gate judged an earlier candidate of the run.",
    _publish,
    "not the one that the gate passed",
)
def verdict_of_an_earlier_try(scene: Scene) -> None:
    path = scene.run.work / "verdicts" / "gate.json"
    write_json(path, {**read_json(path), "candidate_sha256": "0" * 64})


@fault("publish: a candidate", "The candidate is gone.", _publish, "has no candidate to publish")
def candidate_gone(scene: Scene) -> None:
    scene.home.candidate(RUN).unlink()


@fault(
    "check_marts: a closed candidate",
    "A log of unfinished writes lies beside the candidate.",
    _judge,
    "was not closed properly",
)
def log_beside_the_candidate(scene: Scene) -> None:
    candidate = scene.home.candidate(RUN)
    candidate.with_name(f"{candidate.name}.wal").write_bytes(b"unvalidated")


@fault(
    "check_marts: files that open",
    "A landed file is cut before the gate.",
    _judge,
    "a file is damaged or missing",
)
def half_a_landed_file(scene: Scene) -> None:
    file = next((scene.run.landing / "mention").glob("*.parquet"))
    _replace(file, file.read_bytes()[:400])


@fault("readers: a log is set aside", "A stale log lies beside the publication.", _read, None)
def stale_log(scene: Scene) -> None:
    published = _published(scene)
    writing = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]);"
        "c.execute('delete from marts.dim_article'); os._exit(9)"
    )
    copy = scene.home.root / "copy.duckdb"
    shutil.copyfile(published, copy)
    copy.chmod(0o644)
    os.spawnv(os.P_WAIT, PYTHON, [PYTHON, "-c", writing, str(copy)])
    shutil.move(f"{copy}.wal", f"{published}.wal")


@fault(
    "open_candidate: a log is set aside",
    "A run starts on a publication with a stale log.",
    _open,
    None,
)
def stale_log_under_the_next_run(scene: Scene) -> None:
    stale_log(scene)


@fault(
    "readers: a file that opens",
    "The publication was copied back by half.",
    _read,
    "cannot be opened",
)
def half_copied_publication(scene: Scene) -> None:
    published = _published(scene)
    _replace(published, published.read_bytes()[: published.stat().st_size // 2])


@fault(
    "current: the symlink leads to a file",
    "The symlink leads nowhere.",
    _read,
    "which is not there",
)
def symlink_to_nothing(scene: Scene) -> None:
    _published(scene).unlink()


@fault(
    "current: a symlink", "A file lies in the symlink's place.", _open, "is a file where a symlink"
)
def file_instead_of_symlink(scene: Scene) -> None:
    published = _published(scene)
    scene.home.warehouse.unlink()
    shutil.copyfile(published, scene.home.warehouse)


@fault(
    "open_candidate: landed files", "The edition's landing was emptied.", _open, "nothing landed"
)
def landing_gone(scene: Scene) -> None:
    shutil.rmtree(scene.run.landing)
