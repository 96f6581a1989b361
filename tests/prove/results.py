"""What was proved: a file of rows for each part, of which the page is made.

A part that was stopped goes on where its file ends, so hours may be spread over days.
"""

import json
from pathlib import Path
from typing import Any

from core.config import PROJECT_ROOT

RESULTS = PROJECT_ROOT / "data" / "prove"

type Row = dict[str, Any]


def read(part: str, folder: Path = RESULTS) -> list[Row]:
    """The rows of a part so far."""
    path = folder / f"{part}.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def add(part: str, row: Row, folder: Path = RESULTS) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{part}.jsonl").open("a") as file:
        file.write(json.dumps(row) + "\n")
