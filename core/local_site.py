"""Serve a folder of sites on loopback: `<folder>/<host>/<path>`, chosen by the Host header.

    python -m core.local_site FOLDER --port 8080

A path without a file is tried as `<path>.html` and `<path>/index.html`. A folder may carry a
`routes.json`, {host: {path with query: {"file": …, "type": …}}}, whose files may lie anywhere
and may be gzipped (`.gz` is served with Content-Encoding: gzip).
"""

import argparse
import json
import mimetypes
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

_TYPES = {".xml": "application/xml", ".json": "application/feed+json", ".html": "text/html"}
_NOTHING: dict[str, Any] = {}


class LocalSite:
    """The request handler of one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        routes = self.folder / "routes.json"
        self.routes: dict[str, dict[str, Any]] = (
            json.loads(routes.read_bytes()) if routes.exists() else _NOTHING
        )

    async def handle(self, request: web.Request) -> web.StreamResponse:
        host = request.host.partition(":")[0]
        route = self.routes.get(host, _NOTHING).get(request.raw_path)
        file = self._route_file(route) if route else self._site_file(host, request.path)
        if file is None:
            return web.Response(status=404, text=f"no page {request.path} on {host}\n")
        kind = route.get("type") if route else None
        name = file.name.removesuffix(".gz")
        headers = {"Content-Type": kind or _content_type(Path(name))}
        if file.suffix == ".gz":
            headers["Content-Encoding"] = "gzip"
        return web.Response(body=file.read_bytes(), headers=headers)

    def _route_file(self, route: dict[str, Any]) -> Path | None:
        file = self.folder / str(route["file"])
        return file if file.is_file() else None

    def _site_file(self, host: str, path: str) -> Path | None:
        site = self.folder / host
        base = site / path.lstrip("/")
        candidates = [base, base.with_name(f"{base.name}.html"), base / "index.html"]
        inside = (one for one in candidates if one.resolve().is_relative_to(site))
        return next((one for one in inside if one.is_file()), None)


def _content_type(file: Path) -> str:
    guessed = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0]
    return guessed or "application/octet-stream"


def application(folder: Path) -> web.Application:
    """The aiohttp application that serves `folder`."""
    app = web.Application()
    app.router.add_route("GET", "/{path:.*}", LocalSite(folder).handle)
    return app


def main() -> None:
    """Serve until ended; a folder that is missing is refused in one sentence."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    if not options.folder.is_dir():
        sys.exit(f"{options.folder} is no folder; local_site in the sources file must name one.")
    web.run_app(application(options.folder), host="127.0.0.1", port=options.port, print=None)


if __name__ == "__main__":
    main()
