"""Which files of a home a browser may be shown, and which publication a brief was made from."""

import os
from pathlib import Path, PurePosixPath

KINDS = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".eml": "message/rfc822",
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".png": "image/png",
    ".sql": "text/plain; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
}
"""The kinds of file that are served, by suffix, with their media types."""
SAVED = {".csv", ".eml"}
"""Kinds that a browser is told to save: nobody reads them in a tab."""
_CITATIONS = "citations-"


def served_file(folder: Path, relative: str) -> Path | None:
    """The file that `relative` (a URL's path, decoded) names below `folder`, None if there is none.

    Only regular files of a known kind, by their plain names: nothing hidden, nothing that is or
    lies behind a symlink, nothing outside the folder. `folder` itself may be a symlink.
    """
    parts = PurePosixPath(relative).parts
    if not parts or any(one.startswith((".", "/")) or "\\" in one or "\0" in one for one in parts):
        return None
    try:
        root = folder.resolve(strict=True)
        path = root.joinpath(*parts)
        is_plain = path.resolve(strict=True) == path
    except OSError:
        return None
    shown = is_plain and path.is_file() and path.suffix in KINDS and os.access(path, os.R_OK)
    return path if shown else None


def brief_source(report: Path) -> str | None:
    """The publication that the brief in this folder was made from last; None without a brief.

    A brief writes what it cites under its publication's id, each time that it is made.
    """
    if not (report / "brief.html").is_file():
        return None
    made = [(one.stat().st_mtime_ns, one.stem) for one in report.glob(f"{_CITATIONS}*.parquet")]
    return max(made)[1].removeprefix(_CITATIONS) if made else None
