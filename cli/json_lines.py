"""Documents as JSON lines, checked: one clear sentence names the line that is wrong."""

import json
from collections.abc import Iterator
from typing import Any, TextIO

from core.errors import BroadsheetError
from core.identity import clean_text


class InputError(BroadsheetError):
    """A line is not what the command reads."""


def read_records(lines: TextIO, source: str = "stdin") -> Iterator[tuple[int, dict[str, Any]]]:
    """Every JSON object with the number of its line; blank lines are skipped.

    Raises:
        InputError: a line is not JSON, no object, or has no `id`.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise InputError(f"line {number} on {source} is not JSON: {error}.") from error
        if not isinstance(record, dict) or "id" not in record:
            raise InputError(
                f"line {number} on {source} is no document; write an object with an 'id' a line."
            )
        yield number, record


def read_documents(lines: TextIO, source: str = "stdin") -> Iterator[dict[str, Any]]:
    """Records with `title` and `text` as clean NFC strings, empty where they are missing.

    Raises:
        InputError: as `read_records`, or a title or text is not a string.
    """
    for number, record in read_records(lines, source):
        for field in ("title", "text"):
            value = record.get(field)
            if value is not None and not isinstance(value, str):
                raise InputError(f"line {number} on {source}: '{field}' must be a string.")
            record[field] = clean_text(value or "")
        yield record
