"""`broadsheet replay`: editions rebuilt from the archive, compared with what is published.

All of it happens in this process, without network and without Airflow. Only what a person then
wants is brought into the home and published.
"""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from cli.deciding import signed
from cli.progress import Progress
from cli.publications import tell
from cli.replaying import (
    build_on_current,
    chosen_editions,
    plan_replay,
    publish_replayed,
    rebuild_edition,
    told,
)
from cli.stations import BUILD, COLLECT, Watch, group_texts
from core.config import config_folder
from core.home import Home
from core.plan import Run
from warehouse.diff import diff
from warehouse.publications import current, require_kept

WITHOUT_A_REASON = "Replayed from the archive."


@dataclass(frozen=True)
class Wish:
    """What a person typed; `files` stand in for those of the configuration, by name."""

    editions: tuple[str, ...] = ()
    first: str | None = None
    last: str | None = None
    files: Mapping[str, str | None] = field(default_factory=dict)
    publish: bool = False
    why: str | None = None
    by: str | None = None


def replay(wish: Wish, limit: int, *, as_json: bool = False, home: Home | None = None) -> int:
    """Rebuild the editions, tell how the result differs, publish it if that is wanted; 0.

    Raises:
        ReplayError: an edition was never collected, or the gate refused the candidate.
        BroadsheetError: whatever a station could not do.
    """
    home = (home or Home.from_environment()).require_writable()
    days = chosen_editions(home, wish.editions, wish.first, wish.last)
    name, why = signed(wish.by, wish.why or WITHOUT_A_REASON)
    console = Console(stderr=as_json, highlight=False, soft_wrap=True)
    run_id = f"replay-{datetime.now(UTC):%Y%m%dT%H%M%S}"
    run = _rebuild(console, plan_replay(home, run_id, days, wish.files))
    while True:
        base = require_kept(home)
        with Progress(console, ["build"]) as progress:
            build_on_current(home, run, _Lines(progress).of("build", BUILD))
        candidate = home.candidate(run_id)
        differing = tell(
            diff(base, candidate, samples=limit), (base.stem, "the candidate"), as_json=as_json
        )
        if not (wish.publish or _is_wanted(differing)):
            _leave(console, candidate, differing)
            return 0
        if current(home) == base:
            break
        console.print(f"Meanwhile {require_kept(home).stem} was published; building on that.")
    published = publish_replayed(home, run_id, name, why)["publication_id"]
    console.print(f"{published} is published: {told(days)} as replayed. No brief is made of it;")
    console.print("the next edition's says which printed figures it changed.")
    _warn_of_other_files(console, wish)
    return 0


def _rebuild(console: Console, runs: list[Run]) -> Run:
    """Land and enrich every edition from its archive; the run of the last, which is about all."""
    days = [str(run.edition) for run in runs]
    with Progress(console, [*days, "group"]) as progress:
        lines = _Lines(progress)
        for day, run in zip(days, runs, strict=True):
            rebuild_edition(run, lines.of(day, (*COLLECT, "enrich")))
        group_texts(runs[-1], lines.of("group", ("group_texts",)))
    return runs[-1]


class _Lines:
    """Shows stations of this process by `Progress`, which knows Airflow's tasks."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._tasks: dict[str, dict[str, Any]] = {}

    def of(self, group: str, tasks: tuple[str, ...]) -> Watch:
        """What is to be entered around each of `tasks`, shown in the line `group`."""
        for task in tasks:
            task_id = f"{group}.{task}"
            self._tasks.setdefault(task_id, {"task_id": task_id, "state": None})

        @contextmanager
        def watch(task: str) -> Iterator[None]:
            self._set(f"{group}.{task}", "running")
            try:
                yield
            except BaseException:
                self._set(f"{group}.{task}", "failed")
                raise
            self._set(f"{group}.{task}", "success")

        return watch

    def _set(self, task_id: str, state: str) -> None:
        self._tasks[task_id]["state"] = state
        self._progress.show("replay", list(self._tasks.values()))


def _is_wanted(differing: int) -> bool:
    """Ask, where somebody is there to answer and there is something to ask about."""
    if not differing or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm("Publish this?", default=False)


def _leave(console: Console, candidate: Path, differing: int) -> None:
    if differing:
        console.print("Nothing is published; --publish does it. The candidate, for a closer look:")
        console.print(f"  {candidate}")
    else:
        console.print("The replay says the same as what is published; there is nothing to publish.")


def _warn_of_other_files(console: Console, wish: Wish) -> None:
    for name in ("themes", "entities"):
        given, own = wish.files.get(name), config_folder() / f"{name}.yml"
        if given and Path(given).read_bytes() != own.read_bytes():
            console.print(
                f"The next edition is made with {own}, not with {given}: copy it there to keep it."
            )
