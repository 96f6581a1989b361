"""An analyst who asks the published warehouse without pause, and notes all that is not as it must.

    python -m tests.prove.reader HOME WAY STOP_FILE

WAY is how: `symlink` (connects to it for each query), `attach` (as the documentation says, for
each query), `tool` (as `broadsheet sql` opens it), `stays` (keeps a connection for many queries).
Goes on until the file STOP_FILE appears, then prints what it saw as one line of JSON.
"""

import json
import os
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass, field
from pathlib import Path

import duckdb

from core.home import Home
from warehouse.publications import open_read_only

ROWS = 2_000
_STAYS = 400  # queries on a connection that is kept
_QUESTION = """
select
    (select max(publication_id) from meta.publication),
    count(*), count(*) filter (where not is_validated), count(distinct run_id)
from marts.marker
"""


@dataclass
class Seen:
    """`lower` counts ids below one seen before; `torn` answers of more than one edition's rows."""

    queries: int = 0
    connects: int = 0
    errors: list[str] = field(default_factory=list)
    unvalidated: int = 0
    torn: int = 0
    lower: int = 0
    publications: int = 0
    slowest_connect: float = 0.0
    slowest_first_query: float = 0.0
    highest: str = ""


def connect(home: Home, way: str) -> duckdb.DuckDBPyConnection:
    if way == "tool":
        return open_read_only(home)
    if way == "attach":
        connection = duckdb.connect()
        connection.execute(f"attach '{home.warehouse}' as broadsheet (read_only)")
        connection.execute("use broadsheet")
        return connection
    return duckdb.connect(str(home.warehouse), read_only=True)


def read_once(home: Home, way: str, seen: Seen) -> None:
    """Connect, ask, and ask again where the way is to stay."""
    began = time.perf_counter()
    try:
        with closing(connect(home, way)) as connection:
            connected = time.perf_counter()
            seen.connects += 1
            seen.slowest_connect = max(seen.slowest_connect, connected - began)
            first = _ask(connection, seen)
            seen.slowest_first_query = max(
                seen.slowest_first_query, time.perf_counter() - connected
            )
            for _ in range(_STAYS if way == "stays" else 0):
                if _ask(connection, seen) != first:
                    seen.torn += 1
                time.sleep(0.005)
    except Exception as error:  # noqa: BLE001 - whatever an analyst would see
        seen.errors.append(f"{type(error).__name__}: {str(error).splitlines()[0]}")


def _ask(connection: duckdb.DuckDBPyConnection, seen: Seen) -> object:
    row = connection.execute(_QUESTION).fetchone()
    assert row is not None
    publication, rows, unvalidated, runs = row
    seen.queries += 1
    seen.unvalidated += unvalidated
    seen.torn += rows != ROWS or runs != 1
    seen.lower += publication < seen.highest
    seen.publications += publication > seen.highest
    seen.highest = max(seen.highest, publication)
    return row


def main() -> None:
    os.nice(5)  # on two cores, eight that never pause would leave the publisher little
    home, way, stop, seen = Home(Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3]), Seen()
    while not stop.exists():
        read_once(home, way, seen)
    print(json.dumps(asdict(seen)))


if __name__ == "__main__":
    main()
