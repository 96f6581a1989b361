"""Makes Data Docs pages that load nothing from elsewhere, and the index of all of them.

The library's pages fetch styles, scripts and a counting pixel from other hosts; these here are
read offline and tell nobody that they were.
"""

import html
import re
import shutil
from pathlib import Path

from core.files import write_bytes

_LOADED_ELSEWHERE = re.compile(
    r"<script\b[^>]*\bsrc\s*=\s*[\"']?https?:[^>]*>\s*</script>"
    r"|<(?:link|img)\b[^>]*\b(?:href|src)\s*=\s*[\"']?https?:[^>]*>",
    re.IGNORECASE | re.DOTALL,
)
_STYLE_ELSEWHERE = re.compile(r"url\(\s*['\"]?https?:[^)]*\)", re.IGNORECASE)
_LINK_ELSEWHERE = re.compile(r"\bhref\s*=\s*([\"'])https?:[^\"']*\1", re.IGNORECASE)

_STYLE = """
body { font: 15px/1.45 system-ui, sans-serif; max-width: 72rem; margin: 1.5rem auto; padding: 0 1rem;
       color: #222; background: #fff }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 1rem }
th, td { border-top: 1px solid #ddd; padding: .35rem .6rem; text-align: left; vertical-align: top;
         overflow-wrap: anywhere }
pre, code { white-space: pre-wrap; font-size: 13px }
ul, ol { padding-left: 1.2rem } .breadcrumb { list-style: none; padding: 0; display: flex; gap: 1rem }
.badge { border-radius: 4px; padding: 0 .4em } .badge-info { background: #e7eef5 }
.text-success { color: #1a7f37 } .text-danger { color: #c0272d } .failed { background: #fdecec }
.collapse { display: block } .cooltip span { display: none } button, footer { display: none }
.navbar img { display: none } a { color: #0b57a4 }
"""


def make_self_contained(folder: Path) -> None:
    """Strip from every page of a Data Docs site what a browser would load from another host."""
    shutil.rmtree(folder / "static", ignore_errors=True)
    for page in folder.rglob("*.html"):
        text = _LOADED_ELSEWHERE.sub("", page.read_text(encoding="utf-8"))
        text = _STYLE_ELSEWHERE.sub("none", text)
        text = _LINK_ELSEWHERE.sub("", text)
        text = text.replace("</head>", f"<style>{_STYLE}</style></head>", 1)
        page.write_text(text, encoding="utf-8")


def write_index(pages: Path) -> None:
    """Write `index.html`: every run that was judged, the latest first, with a link per suite."""
    runs = sorted(
        (folder for folder in pages.iterdir() if folder.is_dir()),
        key=lambda folder: (folder.stat().st_mtime_ns, folder.name),
        reverse=True,
    )
    items = "\n".join(f"<tr><td>{html.escape(run.name)}</td>{_suites(run)}</tr>" for run in runs)
    page = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Data Docs</title>'
        f"<style>{_STYLE}</style></head><body><h1>What the gate found</h1>"
        "<table><tr><th>Run</th><th>Landed</th><th>Enriched</th><th>Marts</th></tr>"
        f"{items}</table></body></html>\n"
    )
    write_bytes(pages / "index.html", page.encode())


def _suites(run: Path) -> str:
    cells = (
        f'<a href="{html.escape(run.name)}/{suite}/index.html">{suite}</a>'
        if (run / suite / "index.html").exists()
        else ""
        for suite in ("landed", "enriched", "marts")
    )
    return "".join(f"<td>{cell}</td>" for cell in cells)
