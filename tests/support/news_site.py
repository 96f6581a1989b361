"""A news site of the corpus' real pages: their own hosts, each with feed, sitemap and robots.txt.

    python -m tests.support.news_site FOLDER [--copies N]

prints the path of a sources file for `make run SOURCES=…`. Pages are served where they lie; with
more than one copy, the further copies are written to the folder with other words in them, so
that they are different texts of the same outlets.
"""

import argparse
import gzip
import hashlib
import html
import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from core.config import PROJECT_ROOT

EDITION = "2026-10-16"
_SHOWN_FROM = datetime(2026, 10, 16, 4, 0, tzinfo=UTC)
_TEXT = re.compile(r">([^<>]{40,})<")
_WORD = re.compile(r"\b[a-z]{4,}\b")
_SCRIPT = re.compile(r"(<(script|style)\b.*?</\2\s*>)", re.IGNORECASE | re.DOTALL)
_OWN_ADDRESS = re.compile(
    r"""<link\b[^>]*rel=["']?canonical[^>]*>|<meta\b[^>]*og:url[^>]*>""", re.IGNORECASE
)
_SITEMAP_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
)


def build_real_site(corpus: Path, folder: Path, copies: int = 1) -> Path:
    """Write `routes.json`, feeds, sitemaps and `sources.yml` into `folder`; return the last.

    Every outlet shows half of its pages in its feed and all of them in its sitemap, so that
    the same page is found twice.
    """
    truth: dict[str, dict[str, str]] = json.loads((corpus / "pages" / "truth.json").read_bytes())
    outlets: dict[str, list[tuple[str, Path]]] = defaultdict(list)
    for key, page in sorted(truth.items()):
        file = (corpus / "pages" / "html" / f"{key}.html.gz").resolve()
        outlets[_host(page["url"])].append((page["url"], file))
        for number in range(1, copies):
            copy = _write_copy(file, folder / "copies" / f"{key}-{number}.html.gz", number)
            address, hash_sign, fragment = page["url"].partition("#")
            joint = "&" if "?" in address else "?"
            url = f"{address}{joint}copy={number}{hash_sign}{fragment}"
            outlets[_host(url)].append((url, copy))
    routes = {host: _routes(host, pages, folder) for host, pages in outlets.items()}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "routes.json").write_text(json.dumps(routes), encoding="utf-8")
    sources = folder / "sources.yml"
    sources.write_text(yaml.safe_dump(_sources(sorted(outlets)), sort_keys=False), encoding="utf-8")
    return sources


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").lower()


def _routes(host: str, pages: list[tuple[str, Path]], folder: Path) -> dict[str, Any]:
    site = folder / "listings" / host
    site.mkdir(parents=True, exist_ok=True)
    (site / "robots.txt").write_text(
        f"User-agent: *\nAllow: /\nSitemap: https://{host}/news-sitemap.xml\n", encoding="utf-8"
    )
    (site / "feed.xml").write_text(_feed(host, pages[::2]), encoding="utf-8")
    (site / "sitemap.xml").write_text(_sitemap(url for url, _ in pages), encoding="utf-8")
    routes: dict[str, Any] = {
        "/robots.txt": {"file": str(site / "robots.txt"), "type": "text/plain"},
        "/broadsheet-feed.xml": {"file": str(site / "feed.xml"), "type": "application/rss+xml"},
        "/news-sitemap.xml": {"file": str(site / "sitemap.xml"), "type": "application/xml"},
    }
    for url, file in pages:
        path = url.partition("#")[0].partition("://")[2].partition("/")[2]
        routes[f"/{path}"] = {"file": str(file), "type": "text/html"}
    return {
        key: {**route, "file": str(Path(route["file"]).resolve())} for key, route in routes.items()
    }


def _feed(host: str, pages: list[tuple[str, Path]]) -> str:
    items = "".join(
        f"<item><title>Page {number}</title><link>{html.escape(url)}</link>"
        f"<guid>{html.escape(url)}</guid></item>\n"
        for number, (url, _) in enumerate(pages)
    )
    shown = format_datetime(_SHOWN_FROM - timedelta(minutes=5))
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel>'
        f"<title>{host}</title><link>https://{host}/</link><description>Pages of {host}"
        f"</description><pubDate>{shown}</pubDate>\n{items}</channel></rss>\n"
    )


def _sitemap(urls: Iterator[str]) -> str:
    entries = "".join(f"<url><loc>{html.escape(url)}</loc></url>\n" for url in urls)
    return f"{_SITEMAP_HEAD}{entries}</urlset>\n"


def _sources(hosts: list[str]) -> dict[str, Any]:
    return {
        "user_agent": "Broadsheet/1.0 (+https://example.org/broadsheet)",
        "max_age_days": 36_500,
        "local_site": ".",
        "fixed_edition": EDITION,
        "fetching": {"min_gap_seconds": 0.0},
        "sources": [_source(host) for host in hosts],
    }


def _source(host: str) -> dict[str, Any]:
    slug = re.sub(r"[^a-z0-9]+", "-", host).strip("-")
    return {
        "id": slug,
        "name": host,
        "owner": {"id": slug, "name": host},
        "homepage": f"https://{host}/",
        "country": "US",
        "language": "en",
        "timezone": "UTC",
        "entry_points": [
            {"kind": "feed", "url": f"https://{host}/broadsheet-feed.xml"},
            {"kind": "sitemap", "url": f"https://{host}/news-sitemap.xml"},
        ],
    }


def _write_copy(original: Path, target: Path, number: int) -> Path:
    """A page whose sentences have every third longer word replaced by another of its own."""
    if target.exists():
        return target
    page = gzip.decompress(original.read_bytes()).decode("utf-8", "replace")
    words = sorted(set(_WORD.findall(" ".join(_TEXT.findall(page)))))
    seed = hashlib.sha256(f"{original.name} {number}".encode()).digest()
    chance = random.Random(seed)

    def other_words(match: re.Match[str]) -> str:
        replaced = _WORD.sub(
            lambda word: chance.choice(words) if chance.random() < 1 / 3 else word[0], match[1]
        )
        return f">{replaced}<"

    pieces = _SCRIPT.split(_OWN_ADDRESS.sub("", page))
    # split yields text, script, tag name, text, …: only the text is changed
    changed = [
        _TEXT.sub(other_words, piece) if place % 3 == 0 else (piece if place % 3 == 1 else "")
        for place, piece in enumerate(pieces)
    ]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(gzip.compress("".join(changed).encode(), compresslevel=3, mtime=0))
    return target


def main() -> None:
    """Build the site of the corpus beside the project."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--copies", type=int, default=1)
    parser.add_argument("--corpus", type=Path, default=PROJECT_ROOT.parent / "shared" / "corpus")
    options = parser.parse_args()
    print(build_real_site(options.corpus, options.folder.resolve(), options.copies))


if __name__ == "__main__":
    main()
