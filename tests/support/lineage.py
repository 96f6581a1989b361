"""OpenLineage events as a reader of the files sees them: which dataset came from which."""

import json
from collections import deque
from collections.abc import Iterable
from pathlib import Path
from typing import Any


def read_events(folder: Path) -> list[dict[str, Any]]:
    """The events of all files, the oldest file first."""
    files = sorted(folder.glob("*.ndjson"))
    return [json.loads(line) for file in files for line in file.read_text("utf-8").splitlines()]


def path_between(events: Iterable[dict[str, Any]], start: str, end: str) -> list[str]:
    """Datasets and jobs in turns, from the dataset `start` to `end`, the shortest way; or none."""
    after: dict[str, set[tuple[str, str]]] = {}
    for event in events:
        for read in event.get("inputs") or ():
            for written in event.get("outputs") or ():
                step = (event["job"]["name"], written["name"])
                after.setdefault(read["name"], set()).add(step)
    before: dict[str, tuple[str, str] | None] = {start: None}
    waiting = deque([start])
    while waiting:
        one = waiting.popleft()
        for job, name in sorted(after.get(one, ())):
            if name not in before:
                before[name] = (one, job)
                waiting.append(name)
    way = [end] if end in before else []
    while way:
        reached = before[way[0]]
        if reached is None:
            break
        way = [*reached, *way]
    return way
