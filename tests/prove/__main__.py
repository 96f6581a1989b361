"""Proves that nothing unvalidated is seen and nothing is lost: `make prove`, hours on two cores.

    python -m tests.prove [--part PART] [--share 1.0] [--seed 1] [--results FOLDER]

Every case is a line in FOLDER; a part that was stopped goes on where its file ends. Once there is
something of every part, `docs/prove.md` is written from these files; `--part page` does only that.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.prove import idempotence, readers, results, rough
from tests.prove.airflow_kills import kill_each_task
from tests.prove.harm import own_mounts
from tests.prove.kills import (
    CHAINS,
    KILLS_AT_EACH_POINT,
    SINGLE_KILLS,
    Case,
    chain,
    point_kill,
    single_kill,
)
from tests.prove.page import write_page
from tests.prove.points import POINTS
from tests.prove.room import Room, opened


def prove_kills(share: float, seed: int, folder: Path) -> None:
    """Kills at the named points, then chains of kills, then single ones."""
    wanted = [(name, number) for number in range(KILLS_AT_EACH_POINT) for name in POINTS]
    wanted += [("chain", number) for number in range(CHAINS)]
    wanted += [("single", number) for number in range(SINGLE_KILLS)]
    wanted = random.Random(seed).sample(wanted, round(len(wanted) * share))
    done = {(row["kind"], row["number"]) for row in results.read("kills", folder)}
    left = [one for one in wanted if one not in done]
    if not left:
        return
    with _folder() as scene, opened(Path(scene)) as room:
        for kind, number in left:
            for case in _cases(room, kind, number, seed):
                results.add("kills", {**case.row(), "number": number, "seed": seed}, folder)
                print(case, flush=True)


def _cases(room: Room, kind: str, number: int, seed: int) -> list[Case]:
    if kind == "chain":
        return chain(room, seed, number)
    if kind == "single":
        return [single_kill(room, seed, number)]
    return [point_kill(room, kind, number)]


def _folder() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="broadsheet-prove-")


def prove_readers(share: float, seed: int, folder: Path) -> None:
    if results.read("readers", folder):
        return
    published, refused = round(readers.PUBLICATIONS * share), round(readers.REFUSED * share)
    with _folder() as scene:
        read = readers.read_while_publishing(Path(scene), published, refused, seed)
    print(read.wrong or "readers saw nothing wrong", flush=True)
    results.add("readers", read.row(), folder)


def prove_rough(share: float, _seed: int, folder: Path) -> None:
    """Every `1 / share`-th case; those with small disks need root."""
    done = {row["number"] for row in results.read("rough", folder)}
    left = [one for one in range(0, rough.CASES, round(1 / share)) if one not in done]
    if not left:
        return
    own_mounts()
    with _folder() as scene, opened(Path(scene)) as room:
        cases = list(rough.cases(room))
        for number in left:
            outcome = cases[number]()
            print(outcome, flush=True)
            results.add("rough", {**asdict(outcome), "number": number}, folder)


def prove_idempotence(_share: float, _seed: int, folder: Path) -> None:
    if results.read("idempotence", folder):
        return
    with _folder() as scene, opened(Path(scene)) as room:
        for way in idempotence.ways(room):
            print(way, flush=True)
            results.add("idempotence", asdict(way), folder)


def prove_airflow(_share: float, _seed: int, folder: Path) -> None:
    """Kills of tasks that Airflow runs; nobody but its own retries goes on."""
    if results.read("airflow", folder):
        return
    with _folder() as scene:
        rows = []
        for killed in kill_each_task(Path(scene)):
            print(killed, flush=True)
            rows.append(killed)
    for row in rows:
        results.add("airflow", asdict(row), folder)


PARTS: dict[str, Callable[[float, int, Path], None]] = {
    "readers": prove_readers,
    "idempotence": prove_idempotence,
    "rough": prove_rough,
    "airflow": prove_airflow,
    "kills": prove_kills,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--part", choices=[*PARTS, "page"])
    parser.add_argument("--share", type=float, default=1.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--results", type=Path, default=results.RESULTS)
    options = parser.parse_args()
    for name, prove in PARTS.items():
        if options.part is None:
            _prove_apart(name, options)
        elif options.part == name:
            prove(options.share, options.seed, options.results)
    missing = [name for name in PARTS if not results.read(name, options.results)]
    if missing:
        print(f"docs/prove.md stays as it is: nothing of {', '.join(missing)} was proved yet.")
    else:
        write_page(options.results)


def _prove_apart(part: str, options: argparse.Namespace) -> None:
    """A part in a process of its own: what mounts and threads one needs, no other inherits."""
    words = ["--part", part, "--share", str(options.share), "--seed", str(options.seed)]
    command = [sys.executable, "-m", "tests.prove", *words, "--results", str(options.results)]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
