"""How a page is sent: what its browser may load and run, and how a link leaves Airflow's frame."""

import base64
import hashlib
import json
import re
from pathlib import Path

from fastapi.responses import FileResponse, HTMLResponse, Response

from reports.operator_templates import TEMPLATES
from reports.served import KINDS, SAVED

# Airflow shows the pages in a frame that opens no tabs: a link that leads out of them (to an
# outlet, to a run in Airflow) is handed to the page around the frame. Without it, it opens inside.
_LEAVE = """
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || window.parent === window) return;
  if (link.origin === location.origin && link.pathname.startsWith(INSIDE)) return;
  event.preventDefault();
  const door = window.parent.document.createElement("a");
  Object.assign(door, { href: link.href, target: "_blank", rel: "noopener noreferrer" });
  window.parent.document.body.append(door);
  door.click();
  door.remove();
});
"""
_OWN_POLICY = re.compile(rb'<meta http-equiv="Content-Security-Policy"[^>]*>', re.IGNORECASE)
_BASE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; font-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; script-src {}"
)
HEADERS = {
    "Cache-Control": "private, no-cache",
    "Content-Security-Policy": _BASE.format("'none'"),
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""On every answer, unless it says otherwise itself."""


def page(content: str | bytes, inside: str, status: int = 200) -> Response:
    """A page that runs nothing but the script that lets its links out of the frame.

    `inside` is the path below which links stay in the frame.
    """
    text = content.encode() if isinstance(content, str) else content
    text = _OWN_POLICY.sub(b"", text)  # the header says the same, and allows that one script
    before, end, after = text.rpartition(b"</body>")
    script = _LEAVE.replace("INSIDE", json.dumps(inside))
    whole = before + f"<script>{script}</script>".encode() + end + after
    return _html(whole, _BASE.format(_hash(script)), status)


def dbt_page(content: bytes) -> Response:
    """The site of dbt runs scripts: it gets an origin of its own, without the user's session."""
    return _html(
        content,
        "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; "
        "form-action 'none'; frame-ancestors 'self'",
    )


def file(path: Path, folder: Path, inside: str) -> Response:
    """A file of the home; the index of all briefs may run its own search."""
    if path.suffix != ".html":
        kind = "attachment" if path.suffix in SAVED else "inline"
        return FileResponse(
            path,
            media_type=KINDS[path.suffix],
            filename=path.name,
            content_disposition_type=kind,
        )
    if path.parent == folder.resolve() and path.name == "index.html":
        search = TEMPLATES / "index_search.js"
        own = f"'self' {_hash(search.read_text('utf-8'))}" if search.is_file() else "'none'"
        return _html(path.read_bytes(), _BASE.format(own))
    return page(path.read_bytes(), inside)


def _html(content: bytes, policy: str, status: int = 200) -> Response:
    return HTMLResponse(content, status, {"Content-Security-Policy": policy})


def _hash(script: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
