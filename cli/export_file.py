"""The files of `broadsheet export`: what a spreadsheet would run or misread stays plain text."""

import json
from io import BytesIO
from typing import Any, NamedTuple

import polars as pl
from xlsxwriter import Workbook  # type: ignore[import-untyped]

from core.errors import BroadsheetError

SHEET_ROWS = 1_048_575
_CELL_LETTERS = 32_767
_WORKBOOK = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
    "default_date_format": "yyyy-mm-dd",
}
_RUN_BY_SPREADSHEETS = r"^[=+\-@\t\r]"


class ExportError(BroadsheetError):
    """A file cannot be written as it was asked for; the text says why and what to do."""


class About(NamedTuple):
    """What a file says of itself: where from, what was asked, whom to credit."""

    publication_id: str
    query: str
    credits: list[str]


def file_content(rows: pl.DataFrame, kind: str, about: About) -> bytes:
    """The bytes of a file of `kind` (csv, parquet or xlsx).

    Raises:
        ExportError: a sheet cannot hold the rows, or one of their texts.
    """
    if kind == "parquet":
        return _parquet(rows, about)
    plain = rows.with_columns(
        pl.Series(name, [_plain(value) for value in rows[name]], dtype=pl.String)
        for name, dtype in rows.schema.items()
        if dtype.is_nested() or dtype in {pl.Binary, pl.Object}
    )
    return _csv(plain) if kind == "csv" else _xlsx(plain, about)


def _parquet(rows: pl.DataFrame, about: About) -> bytes:
    buffer = BytesIO()
    rows.write_parquet(
        buffer,
        metadata={
            "publication_id": about.publication_id,
            "query": about.query,
            "credits": "\n".join(about.credits),
        },
    )
    return buffer.getvalue()


def _csv(rows: pl.DataFrame) -> bytes:
    """CSV in which no text begins as a formula does: an apostrophe stands before it."""
    safe = rows.with_columns(pl.col(pl.String).str.replace(_RUN_BY_SPREADSHEETS, "'${0}"))
    return safe.write_csv().encode()


def _xlsx(rows: pl.DataFrame, about: About) -> bytes:
    """A workbook of two sheets, the rows and what they are; dates are dates, texts texts."""
    if rows.height > SHEET_ROWS:
        raise ExportError(
            f"{rows.height:,} rows do not fit into a sheet ({SHEET_ROWS:,}); "
            "ask for less, or export csv or parquet."
        )
    for name in rows.select(pl.col(pl.String)).columns:
        if (rows[name].str.len_chars() > _CELL_LETTERS).any():
            raise ExportError(
                f"a text in '{name}' has more than the {_CELL_LETTERS:,} characters of a cell; "
                "export csv or parquet."
            )
    buffer = BytesIO()
    with Workbook(buffer, _WORKBOOK) as workbook:
        rows.write_excel(workbook, "rows", autofit=True, freeze_panes=(1, 0))
        sheet = workbook.add_worksheet("about")
        for number, (key, value) in enumerate(_told(about)):
            sheet.write_string(number, 0, key)
            sheet.write_string(number, 1, value[:_CELL_LETTERS])
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, 1, 100)
    return buffer.getvalue()


def _told(about: About) -> list[tuple[str, str]]:
    return [
        ("publication", about.publication_id),
        ("query", about.query),
        *(("credit", credit) for credit in about.credits),
    ]


def _plain(value: Any) -> str | None:
    """A list of words as 'one; two', anything deeper as JSON, bytes as hexadecimal digits."""
    if value is None:
        return None
    if isinstance(value, pl.Series):
        value = value.to_list()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, list) and not any(isinstance(one, list | dict) for one in value):
        return "; ".join("" if one is None else str(one) for one in value)
    return json.dumps(value, ensure_ascii=False, default=str)
