"""The frontier of one source: its URLs under way and all that is known of them, in a file.

Kept in SQLite rather than in memory, so that a sitemap of a hundred thousand URLs costs the
process no more than one of a thousand. The file lives as long as the collecting of its source.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self

import polars as pl

from core.landed import LANDED
from ingest.state import STATE
from ingest.tables import PAGES

Row = dict[str, Any]
FOUND, TO_FETCH = "found", "to_fetch"  # what `page.status` says before there is a disposition
_BATCH = 500
_FRAME_ROWS = 1_000
_GRACE = timedelta(minutes=30)  # else a daily look would be minutes early, and come a day late
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 (times here are naive UTC)
_KNOWN = [name for name in STATE.names() if name != "source_id"]
_SIGHTING = ("number", "host", "via", "position", "discovered_at", "updated_hint")
_PAGE = [name for name in PAGES.names() if name != "source_id"] + list(_SIGHTING)
_TIMES = {name for schema in (STATE, PAGES) for name, kind in schema.items() if kind == pl.Datetime}
_TIMES |= {"discovered_at", "updated_hint", "published_hint"}
_SETUP = f"""
pragma journal_mode = off;
pragma synchronous = off;
pragma cache_size = -4000;
create table known ({", ".join(_KNOWN)}, is_new default 0, primary key (kind, url)) without rowid;
create table page ({", ".join(_PAGE)}, primary key (url, collect_id));
create index page_of_host on page (collect_id, status, host, number);
create index page_in_order on page (collect_id, status, number);
"""
_KNOWN_OF_PAGE = ", ".join(f"known.{name} as known_{name}" for name in _KNOWN)
# A later sighting of a page in the same look may add the date, the title or the last change.
_SHOW = f"""
insert into page ({", ".join(_PAGE)}) values ({", ".join(f":{name}" for name in _PAGE)})
on conflict (collect_id, url) do update set
    title_hint = coalesce(nullif(title_hint, ''), excluded.title_hint),
    hint_method = iif(hint_value is null, excluded.hint_method, hint_method),
    hint_precision = iif(hint_value is null, excluded.hint_precision, hint_precision),
    hint_value = coalesce(hint_value, excluded.hint_value),
    updated_hint = coalesce(updated_hint, excluded.updated_hint),
    categories = coalesce(nullif(categories, ''), excluded.categories)
"""
# Over the looks of an edition: what is to be extracted stays; else the last that says something.
_SUPERSEDED = """
delete from page where status is not null and exists (
    select 1 from page as other
    where other.url = page.url and (
        other.status is null
        or (page.status = 'unchanged' and other.status <> 'unchanged')
        or (other.collect_id > page.collect_id
            and (other.status <> 'unchanged' or page.status = 'unchanged'))
    )
)
"""


class Frontier:
    """Tables `known` (kind, url → STATE) and `page` (collect_id, url → PAGES and its sighting)."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        self._path, self._look, self._count = path, "", 0
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.row_factory = sqlite3.Row
        self._db.executescript(_SETUP)
        self._db.execute("begin")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file; what was not exported is gone."""
        self._db.close()
        self._path.unlink(missing_ok=True)

    # what is known ------------------------------------------------------------------------

    def forget(self) -> None:
        """Know nothing: another look begins with its own knowledge."""
        self._db.execute("delete from known")

    def know(self, rows: pl.DataFrame) -> None:
        """Take over what a state says."""
        slots = ", ".join("?" * len(_KNOWN))
        self._db.executemany(
            f"insert or replace into known ({', '.join(_KNOWN)}) values ({slots})",
            _encoded(rows.select(_KNOWN)).iter_rows(),
        )

    def known(self, kind: str, url: str) -> Row | None:
        found = self._db.execute("select * from known where kind = ? and url = ?", (kind, url))
        row = found.fetchone()
        return _decoded(row) if row else None

    def rest(self) -> None:
        """Count nothing that is known now as learned by the look that follows."""
        self._db.execute("update known set is_new = 0")

    def known_hosts(self) -> list[Row]:
        return [
            _decoded(row) for row in self._db.execute("select * from known where kind = 'host'")
        ]

    def learn(self, kind: str, url: str, **values: Any) -> None:
        """Add to what is known of a page, an entry point, a host …; other columns stay."""
        values = {"is_new": 1, **{name: _stored(value) for name, value in values.items()}}
        names = ", ".join(values)
        self._db.execute(
            f"insert into known (kind, url, {names}) "
            f"values (?, ?, {', '.join('?' * len(values))}) on conflict (kind, url) do update set "
            + ", ".join(f"{name} = excluded.{name}" for name in values),
            (kind, url, *values.values()),
        )

    def pending(self, most_attempts: int) -> Iterator[Row]:
        """Known pages that an earlier look did not get, and this one has not found."""
        yield from self._unseen(
            "known.status = 'deferred' or (known.status = 'fetch_failed' and known.attempts < ?)",
            (most_attempts,),
        )

    def due(self, at: datetime, hours: list[float]) -> Iterator[Row]:
        """Known pages whose next recheck is due at `at`, and this look has not found."""
        for number, after in enumerate(hours):
            yield from self._unseen(
                "known.status in ('loaded', 'removed') and coalesce(known.rechecks, 0) = ? "
                "and known.first_seen_at <= ?",
                (number, _stored(seen_before(at, after))),
            )

    def _unseen(self, condition: str, values: tuple[Any, ...]) -> Iterator[Row]:
        rows = self._db.execute(
            "select * from known where kind = 'page' and not exists (select 1 from page "
            f"where page.collect_id = ? and page.url = known.url) and ({condition}) order by url",
            (self._look, *values),
        ).fetchall()
        yield from map(_decoded, rows)

    # the pages of a look ------------------------------------------------------------------

    def begin(self, collect_id: str) -> None:
        self._look = collect_id

    def drop_look(self) -> None:
        """Keep none of the look's pages: it was gone through for what it knew."""
        self._db.execute("delete from page where collect_id = ?", (self._look,))

    def show(self, rows: Iterable[Row]) -> tuple[int, int]:
        """Take pages that were found, or what another sighting adds to them.

        Returns how many there were, and how many of them nothing was known of.
        """
        first = self._count
        self._db.executemany(_SHOW, map(self._shown, rows))
        new = self._db.execute(
            "select count(*) from page where collect_id = ? and status = ? and number > ? "
            "and not exists (select 1 from known where kind = 'page' and known.url = page.url)",
            (self._look, FOUND, first),
        )
        return self._count - first, new.fetchone()[0]

    def _shown(self, row: Row) -> Row:
        self._count += 1
        given = {**row, "collect_id": self._look, "number": self._count, "status": FOUND}
        return {name: _stored(given.get(name)) for name in _PAGE}

    def has(self, url: str) -> bool:
        """Whether this look has found the page."""
        found = self._db.execute(
            "select 1 from page where collect_id = ? and url = ?", (self._look, url)
        )
        return found.fetchone() is not None

    def pages(self, status: str, host: str | None = None) -> Iterator[tuple[Row, Row]]:
        """The look's pages of that status as they were sighted, each with what is known of it.

        Rows may be changed meanwhile; what is known is an empty row where nothing is.
        """
        number = 0
        of_host = "" if host is None else "and page.host = ?"
        while True:
            rows = self._db.execute(
                f"select page.*, {_KNOWN_OF_PAGE} from page left join known "
                "on known.kind = 'page' and known.url = page.url "
                f"where collect_id = ? and page.status = ? and number > ? {of_host} "
                f"order by number limit {_BATCH}",
                (self._look, status, number, *(() if host is None else (host,))),
            ).fetchall()
            for row in rows:
                number = row["number"]
                page = _decoded(row, _PAGE)
                yield page, _decoded(row, _KNOWN, "known_") if row["known_kind"] else {}
            if len(rows) < _BATCH:
                return

    def hosts(self) -> dict[str, int]:
        """The hosts that have pages to fetch, and how many."""
        counted = self._db.execute(
            "select host, count(*) from page where collect_id = ? and status = ? group by host",
            (self._look, TO_FETCH),
        )
        return dict(map(tuple, counted.fetchall()))

    def settle(self, url: str, **values: Any) -> None:
        """Change the page's row."""
        names = ", ".join(f"{name} = ?" for name in values)
        self._db.execute(
            f"update page set {names} where collect_id = ? and url = ?",
            (*map(_stored, values.values()), self._look, url),
        )

    def mark_shown(self, at: datetime) -> None:
        """Note of all known pages that this look's entry points showed that they still do."""
        self._db.execute(
            "update known set shown_at = ?, is_new = 1 where kind = 'page' and url in "
            "(select url from page where collect_id = ? and via not in ('recheck', 'deferred'))",
            (_stored(at), self._look),
        )

    # what it leaves -----------------------------------------------------------------------

    def export_pages(self, source_id: str) -> Iterator[pl.DataFrame]:
        """Rows of PAGES over all looks in the order of sighting, superseded ones left out."""
        self._db.execute(_SUPERSEDED)
        columns = [name for name in PAGES.names() if name != "source_id"]
        yield from self._frames("page", columns, "collect_id, number", source_id, PAGES)

    def export_discovered(self, source_id: str) -> Iterator[pl.DataFrame]:
        """Rows of the landed table `discovered`: the first sighting of every URL, by URL."""
        schema = LANDED["discovered"]
        columns = ["hint_value as published_hint" if name == "published_hint" else name
                   for name in schema.names() if name != "source_id"]  # fmt: skip
        first = "(select *, min(collect_id || printf('%012d', number)) from page group by url)"
        yield from self._frames(first, columns, "url", source_id, schema)

    def export_known(self, source_id: str, *, only_new: bool) -> Iterator[pl.DataFrame]:
        """What is known now, or what this look learned."""
        table = "(select * from known where is_new)" if only_new else "known"
        yield from self._frames(table, _KNOWN, "kind, url", source_id, STATE)

    def drop_old(self, before: datetime) -> None:
        """Forget pages that were neither shown nor found since `before`."""
        self._db.execute(
            "delete from known where kind = 'page' and max(coalesce(shown_at, 0), "
            "coalesce(first_seen_at, 0), coalesce(fetched_at, 0)) < ?",
            (_stored(before),),
        )

    def _frames(
        self, table: str, columns: list[str], order: str, source_id: str, schema: pl.Schema
    ) -> Iterator[pl.DataFrame]:
        rows = self._db.execute(f"select {', '.join(columns)} from {table} order by {order}")
        names = [name for name in schema.names() if name != "source_id"]
        stored = {name: pl.Int64() if name in _TIMES else schema[name] for name in names}
        while batch := rows.fetchmany(_FRAME_ROWS):
            frame = pl.DataFrame(list(map(_booleans(names, schema), batch)), stored, orient="row")
            yield (
                frame.with_columns(source_id=pl.lit(source_id)).select(schema.names()).cast(schema)
            )


def seen_before(at: datetime, hours: float) -> datetime:
    """Pages first seen until then are due again at `at`, `hours` after: about a day is one."""
    return at - timedelta(hours=hours) + _GRACE


def _booleans(names: list[str], schema: pl.Schema) -> Any:
    """A function from a stored row to a tuple in which 0 and 1 are booleans where they are."""
    places = [place for place, name in enumerate(names) if schema[name] == pl.Boolean]

    def convert(row: Iterable[Any]) -> tuple[Any, ...]:
        values = list(row)
        for place in places:
            values[place] = None if values[place] is None else bool(values[place])
        return tuple(values)

    return convert


def _encoded(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.col(pl.Datetime).dt.epoch("ms"))


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value - _EPOCH) // timedelta(milliseconds=1)
    if (
        isinstance(value, str) and not value.isascii()
    ):  # a lone surrogate is no text that a file can hold
        return value.encode("utf-8", "replace").decode()
    return value


def _decoded(row: sqlite3.Row, names: list[str] = _KNOWN, prefix: str = "") -> Row:
    values = {name: row[prefix + name] for name in names}
    for name in values.keys() & _TIMES:
        if values[name] is not None:
            values[name] = _EPOCH + timedelta(milliseconds=values[name])
    return values
