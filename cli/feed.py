"""`broadsheet feed`: the items of feeds and sitemaps in files, as JSON lines."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import TextIO

from cli.extract import written
from ingest.cage import Cage, CageError
from ingest.feeds import Listing, NotAFeedError, parse_feed, parse_sitemap


def list_feeds(files: Iterable[Path], out: TextIO, errors: TextIO) -> int:
    """Write every item of every file to `out`; return how many files are no feed.

    A file that cannot be read as a feed or sitemap is one sentence in `errors`.
    """
    refused = 0
    with Cage(1) as cage:
        for file, listing in cage.map(_parse, files):
            if isinstance(listing, CageError | str):
                refused += 1
                errors.write(f"{file}: {listing}; give an RSS, Atom or JSON feed or a sitemap.\n")
                continue
            for item in listing.items:
                row = {
                    "file": str(file),
                    "url": item.url or None,
                    "title": item.title,
                    "published_at": written(item.published) if item.published else None,
                    "updated_at": written(item.updated) if item.updated else None,
                    "authors": item.authors,
                }
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return refused


def _parse(file: Path) -> Listing | str:
    try:
        body = file.read_bytes()
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    try:
        return parse_feed(body, "", "", "UTC")
    except NotAFeedError as error:
        reason = str(error)
    try:
        return parse_sitemap(body, "", "UTC")
    except NotAFeedError:
        return reason
