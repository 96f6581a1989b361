"""Data Docs that are read offline: the library's pages made self-contained, and their indexes.

The library's pages fetch styles, scripts and a counting pixel from other hosts, and its index is
empty without them. Here every page stands alone and tells nobody that it was read.
"""

import html
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from core.files import write_bytes
from expectations.verdicts import Verdict

_SCRIPT = re.compile(r"<script\b.*?</script\s*>", re.IGNORECASE | re.DOTALL)
_LOADED = re.compile(r"<(?:link|img)\b[^>]*>", re.IGNORECASE)
_STYLE_ELSEWHERE = re.compile(r"url\(\s*['\"]?https?:[^)]*\)", re.IGNORECASE)
_LINK_AWAY = re.compile(r"\bhref\s*=\s*([\"'])(?!#)(?!index\.html)[^\"']*\1", re.IGNORECASE)
_HOME = re.compile(r"\bhref\s*=\s*([\"'])(?:\.\./)*index\.html\1", re.IGNORECASE)

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 76rem; margin: 1.5rem auto;
       padding: 0 1rem; color: #222; background: #fff }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { border-top: 1px solid #ddd; padding: .4rem .6rem; text-align: left; vertical-align: top }
td { overflow-wrap: break-word } pre, code { white-space: pre-wrap; font-size: 13px }
ul, ol { padding-left: 1.2rem } a { color: #0b57a4 }
.breadcrumb { list-style: none; padding: 0; display: flex; gap: 1rem }
.text-success, .held { color: #1a7f37 } .text-danger, .critical { color: #b3261e }
.fa-check-circle::before { content: "✓" } .fa-times::before { content: "✗" }
.fa-exclamation-triangle::before { content: "!" }
.warning { color: #8a5a00 } .few { white-space: nowrap }
.collapse, .navbar, .sticky, .cooltip span, button, footer, a[data-toggle] { display: none }
"""


def finish_pages(docs: Path, verdicts: list[Verdict]) -> None:
    """Flatten a site of the library into a page per asset, and write the index of the suite."""
    for page in sorted(docs.glob("validations/*/*/*/*.html")):
        asset = page.relative_to(docs).parts[1]
        write_bytes(docs / f"{asset}.html", self_contained(page.read_text("utf-8")).encode())
    shutil.rmtree(docs / "validations", ignore_errors=True)
    shutil.rmtree(docs / "static", ignore_errors=True)
    order = sorted(verdicts, key=lambda one: (one.success, one.severity != "critical"))
    failed = sum(not one.success for one in verdicts)
    _write_table(
        docs / "index.html",
        f"{verdicts[0].suite}: {len(verdicts)} expectations, {failed} failed",
        ("Verdict", "Expectation", "Observed", "Why it matters, what to do"),
        map(_row, order),
    )


def self_contained(page: str) -> str:
    """`page` without anything that a browser would load or run, or a link that leads nowhere."""
    page = _LOADED.sub("", _SCRIPT.sub("", page))
    page = _LINK_AWAY.sub("", _HOME.sub('href="index.html"', _STYLE_ELSEWHERE.sub("none", page)))
    return page.replace("</head>", f"<style>{_STYLE}</style></head>", 1)


def write_index(pages: Path) -> None:
    """Write `index.html`: every run that was judged, the latest first, with a link per suite."""
    runs = sorted(
        (folder for folder in pages.iterdir() if folder.is_dir()),
        key=lambda folder: (folder.stat().st_mtime_ns, folder.name),
        reverse=True,
    )
    rows = (f"<tr><td>{html.escape(run.name)}</td>{_suites(run)}</tr>" for run in runs)
    _write_table(
        pages / "index.html", "What the gate found", ("Run", "Landed", "Enriched", "Marts"), rows
    )


def _suites(run: Path) -> str:
    cells = (
        f'<a href="{html.escape(run.name)}/{suite}/index.html">{suite}</a>'
        if (run / suite / "index.html").exists()
        else ""
        for suite in ("landed", "enriched", "marts")
    )
    return "".join(f"<td>{cell}</td>" for cell in cells)


def _row(verdict: Verdict) -> str:
    kind, word = ("held", "held") if verdict.success else (verdict.severity, verdict.severity)
    name = html.escape(verdict.expectation)
    return (
        f'<tr><td class="few {kind}">{word}</td>'
        f'<td class="few"><a href="{html.escape(verdict.table_name)}.html">{name}</a></td>'
        f"<td>{html.escape(verdict.observed)}</td><td>{html.escape(verdict.sentence)}</td></tr>"
    )


def _write_table(path: Path, title: str, heads: tuple[str, ...], rows: Iterable[str]) -> None:
    head = "".join(f"<th>{one}</th>" for one in heads)
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body><h1>{title}</h1>\n<table><tr>{head}</tr>\n"
        + "\n".join(rows)
        + "\n</table></body></html>\n"
    )
    write_bytes(path, page.encode())
