"""Cells that a spreadsheet shows and does not run: outlets write what stands in them."""

from typing import Any


def safe_cell(value: Any) -> Any:
    """The value; a text that a spreadsheet would take for a formula, with an apostrophe before it.

    Numbers, dates and empty cells are as they were.
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(tuple("=+-@\t\r")) else value
