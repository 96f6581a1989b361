"""Live progress of a run on the terminal: a line per group of tasks, what runs in it now."""

import time
from collections.abc import Iterable
from typing import Any, Self

from rich.console import Console, Group
from rich.live import Live
from rich.text import Text

ENDED = {"success", "failed", "upstream_failed", "skipped", "removed"}
_RED = {"failed", "upstream_failed"}
_WIDTH = 60


def group_of(task_id: str) -> str:
    """The outermost group of a task; the task itself where it has none."""
    return task_id.partition(".")[0]


def label_of(task: dict[str, Any]) -> str:
    """A task instance's short name, with the outlet or shard of a mapped one."""
    parts = str(task["task_id"]).split(".")
    name = parts[-2] if parts[-1] in {"run", "test"} and len(parts) > 2 else parts[-1]
    mapped = task.get("rendered_map_index")
    return f"{name} [{mapped}]" if mapped else name


class Progress:
    """Call `show` with the task instances as often as wanted; draws only what changed.

    On a terminal the lines are redrawn in place; elsewhere each group is told when it ends.
    """

    def __init__(self, console: Console, groups: Iterable[str]) -> None:
        self.console = console
        self.groups = list(groups)
        self.tasks: dict[str, list[dict[str, Any]]] = {}
        self.started: dict[str, float] = {}
        self.ended: dict[str, float] = {}
        self._live = Live(console=console, refresh_per_second=4) if console.is_terminal else None

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live:
            self._live.stop()

    def show(self, dag: str, instances: list[dict[str, Any]]) -> None:
        """Draw the task instances (Airflow's own dictionaries) of one DAG, and the others'."""
        self.tasks[dag] = instances
        tasks = [task for one in self.tasks.values() for task in one]
        lines = []
        for group in self.groups:
            own = [task for task in tasks if group_of(task["task_id"]) == group]
            lines.append(self._line(group, own))
        if self._live:
            self._live.update(Group(*lines))

    def _line(self, group: str, tasks: list[dict[str, Any]]) -> Text:
        done = sum(task["state"] in ENDED for task in tasks)
        if any(task["state"] not in {None, "scheduled"} for task in tasks):
            self.started.setdefault(group, time.monotonic())
        complete = bool(tasks) and done == len(tasks)
        if complete and group not in self.ended:
            self.ended[group] = time.monotonic()
            if not self._live:
                self.console.print(self._render(group, tasks, done))
        return self._render(group, tasks, done)

    def _render(self, group: str, tasks: list[dict[str, Any]], done: int) -> Text:
        red = any(task["state"] in _RED for task in tasks)
        complete = bool(tasks) and done == len(tasks)
        sign, style = ("✗", "red") if red else ("✓", "green") if complete else ("·", "dim")
        running = [label_of(task) for task in tasks if task["state"] == "running"]
        begun = self.started.get(group)
        seconds = f"{self.ended.get(group, time.monotonic()) - begun:5.0f} s" if begun else " " * 7
        count = f"{done:>3}/{len(tasks):<3}" if tasks else " " * 7
        return Text.assemble(
            (f" {sign} {group:<8}", style),
            f"{count} {seconds}  ",
            (", ".join(running)[:_WIDTH], "cyan"),
        )
