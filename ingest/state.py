"""The collector's state: what is known of each source's pages, entry points and hosts.

`state/<collect_id>.parquet` is immutable: what one collect learned of the sources it looked at.
A closing collect's file holds everything known of every source, so what is known before a look is
the last closing file and every file since, in order. A look that was killed before its state was
written is not lost: its archive is replayed in its place.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from core.errors import HomeError
from core.files import whole_file
from core.home import Home
from core.landed import TIME

# One thing known of a source. `kind` is page, entry (a feed or sitemap), robots (an origin), host,
# or source; `url` names it. For a page `status` is how it ended when it was last fetched; for a
# host `not_before` is when it may be asked again, for a source when it is to be polled next.
STATE = pl.Schema(
    {
        "source_id": pl.String(),
        "kind": pl.String(),
        "url": pl.String(),
        "status": pl.String(),
        "reason": pl.String(),
        "found_url": pl.String(),
        "title_hint": pl.String(),
        "hint_method": pl.String(),
        "hint_value": TIME,
        "hint_precision": pl.String(),
        "categories": pl.String(),
        "first_seen_at": TIME,
        "shown_at": TIME,
        "fetched_at": TIME,
        "etag": pl.String(),
        "last_modified": pl.String(),
        "body_hash": pl.String(),
        "attempts": pl.Int32(),
        "rechecks": pl.Int32(),
        "article_id": pl.String(),
        "version_id": pl.String(),
        "not_before": TIME,
        "interval_minutes": pl.Int32(),
        "is_distrusted": pl.Boolean(),
        "body": pl.Binary(),
    }
)
KEY = ["source_id", "kind", "url"]
_CLOSING = re.compile(r"T0500$")


@dataclass(frozen=True)
class LookId:
    """One look at a source: where its archive lies under `archive/`."""

    edition: str
    collect_id: str

    @classmethod
    def parse(cls, text: str) -> "LookId":
        return cls(*text.split("/", 1))

    def __str__(self) -> str:
        return f"{self.edition}/{self.collect_id}"


def state_path(home: Home, collect_id: str) -> Path:
    return home.state / f"{collect_id}.parquet"


def is_closing(collect_id: str) -> bool:
    """Whether the collect closed an edition, so that its state holds every source."""
    return _CLOSING.search(collect_id) is not None


def looks_since(home: Home, collect_id: str) -> list[LookId]:
    """The looks whose archive folders are there, from the day of `collect_id` on."""
    day = f"{collect_id[:4]}-{collect_id[4:6]}-{collect_id[6:8]}" if collect_id else ""
    editions = [path for path in home.archive_editions() if path.name >= day]
    return [LookId(one.name, look.name) for one in editions for look in sorted(one.glob("*T*"))]


def known_before(home: Home, collect_id: str) -> list[str]:
    """The states that tell what was known before: the last closing one and all since."""
    names: list[str] = []
    for name in sorted((path.stem for path in home.state.glob("*.parquet")), reverse=True):
        if name < collect_id:
            names.insert(0, name)
            if is_closing(name):
                break
    return names


def read_known(
    home: Home, names: list[str], source_id: str | None = None
) -> Iterator[pl.DataFrame]:
    """What each of the states says, oldest first: of one source, or of all.

    Raises:
        HomeError: a state is missing or damaged.
    """
    for name in names:
        path = state_path(home, name)
        if not path.exists():
            raise HomeError(
                f"{path} is missing, and what was collected after it was collected with its "
                "knowledge; bring the file back from a backup, then run the edition again."
            )
        rows = pl.scan_parquet(path).select(STATE.names())
        if source_id is not None:
            rows = rows.filter(pl.col("source_id") == source_id)
        try:
            yield rows.collect()
        except (pl.exceptions.PolarsError, OSError) as error:
            raise HomeError(
                f"{path} is damaged; bring the file back from a backup, then run the edition again."
            ) from error


def write_state(home: Home, collect_id: str, frames: list[pl.DataFrame]) -> None:
    """Write what a collect learned; a state that is there is never changed.

    Later frames override earlier ones. A closing state is told all there is to keep.
    """
    path = state_path(home, collect_id)
    if path.exists():
        return
    learned = pl.concat([pl.DataFrame(schema=STATE), *frames]).unique(KEY, keep="last")
    with whole_file(path) as temporary:
        learned.sort(KEY).write_parquet(temporary, compression="zstd")
