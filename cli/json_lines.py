"""Documents as JSON lines, checked: one clear sentence names the line that is wrong."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, TextIO

from core.errors import BroadsheetError
from core.identity import clean_text


class InputError(BroadsheetError):
    """A line is not what the command reads."""


def read_records(lines: TextIO, source: str = "stdin") -> Iterator[tuple[int, dict[str, Any]]]:
    """Every JSON object with the number of its line; blank lines and a byte-order mark are skipped.

    Raises:
        InputError: a line is not UTF-8, not JSON, no object, or has no `id`.
    """
    number = 0
    try:
        for number, line in enumerate(lines, start=1):
            written = line.removeprefix("\ufeff") if number == 1 else line
            if written.strip():
                yield number, _record(written, number, source)
    except UnicodeDecodeError as error:
        raise InputError(
            f"{source} is not UTF-8 text (after line {number}); save it as UTF-8."
        ) from error


def _record(line: str, number: int, source: str) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except json.JSONDecodeError as error:
        if line.strip() in ("{", "["):
            raise InputError(
                f"line {number} on {source} opens a document that goes on below; write one "
                "document a line."
            ) from error
        raise InputError(
            f"line {number} on {source} is not JSON (from column {error.colno}); write one "
            "document a line."
        ) from error
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"line {number} on {source} is nested too deeply, or has too long a number; correct it."
        ) from error
    if not isinstance(record, dict) or "id" not in record:
        raise InputError(
            f"line {number} on {source} is no document; write an object with an 'id' a line."
        )
    return record


def read_documents(lines: TextIO, source: str = "stdin") -> Iterator[dict[str, Any]]:
    """Records with `title` and `text` as clean NFC strings, empty where they are missing.

    Raises:
        InputError: as `read_records`, or a title or text is not a string.
    """
    return (record for _, record in numbered_documents(lines, source))


def numbered_documents(
    lines: TextIO, source: str = "stdin"
) -> Iterator[tuple[int, dict[str, Any]]]:
    """`read_documents`, each with the number of its line."""
    for number, record in read_records(lines, source):
        for field in ("title", "text"):
            value = record.get(field)
            if value is not None and not isinstance(value, str):
                raise InputError(f"line {number} on {source}: '{field}' must be a string.")
            record[field] = clean_text(value or "")
        yield number, record


def moment_of(record: dict[str, Any]) -> datetime | None:
    """`published_at` of a document as naive UTC; None where it has none.

    Raises:
        InputError: it is no ISO 8601 time.
    """
    value = record.get("published_at")
    if value is None or value == "":
        return None
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"document {record['id']}: 'published_at' is {value!r}; write a time such as "
            "2026-10-16T08:30:00Z."
        ) from error
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
