"""Readers get one whole publication, without what anybody wrote beside it."""

import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import land, pass_gate
from warehouse.candidate import open_candidate
from warehouse.publications import current, list_publications, open_read_only
from warehouse.publish import publish

_WRITE_AND_DIE = """
import os, sys, duckdb
connection = duckdb.connect(sys.argv[1])
connection.execute("create table meta.unvalidated as select 1 as one")
os._exit(9)
"""


@pytest.fixture
def published(newsroom: Home) -> Home:
    for edition in ("2026-10-01", "2026-10-02"):
        run = land(newsroom, edition, ["a"])
        open_candidate(run.run_id)
        pass_gate(run)
        publish(run.run_id)
    return newsroom


def _leave_log(publication: Path) -> Path:
    """Write into a published file and die, as a killed read-write session of root does."""
    publication.chmod(0o644)  # what mode 0444 is worth to root
    subprocess.run([sys.executable, "-c", _WRITE_AND_DIE, str(publication)], check=False)
    log = publication.with_name(publication.name + ".wal")
    assert log.exists()
    return log


def test_publications_are_listed_newest_first(published: Home) -> None:
    rows = list_publications(published)
    assert [one["publication_id"] for one in rows] == ["p000002", "p000001"]
    assert [one["is_current"] for one in rows] == [True, False]
    published.publication("p000001").unlink()
    assert [one["is_kept"] for one in list_publications(published)] == [True, False]


def test_an_earlier_publication_can_be_asked(published: Home) -> None:
    connection = open_read_only(published, "p000001")
    assert connection.execute("select count(*) from broadsheet.meta.publication").fetchall() == [
        (1,)
    ]
    connection.close()
    with pytest.raises(PublishError, match=r"no publication 'p000007' .* p000001, p000002"):
        open_read_only(published, "p000007")


def test_a_reader_cannot_write(published: Home) -> None:
    connection = open_read_only(published)
    with pytest.raises(duckdb.InvalidInputException, match="read-only"):
        connection.execute("delete from meta.publication")
    connection.close()


def test_a_log_beside_a_publication_is_set_aside_and_never_read(published: Home) -> None:
    log = _leave_log(published.publication("p000002"))
    connection = open_read_only(published)
    tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    connection.close()
    assert ("unvalidated",) not in tables
    assert not log.exists()
    assert len(list((published.publications / "set_aside").iterdir())) == 1


def test_a_run_sets_a_log_aside_before_it_copies(
    published: Home, caplog: pytest.LogCaptureFixture
) -> None:
    log = _leave_log(published.publication("p000002"))
    run = land(published, "2026-10-03", ["a"])
    open_candidate(run.run_id)
    assert str(log) in caplog.text
    with duckdb.connect(str(published.candidate(run.run_id)), read_only=True) as connection:
        tables = connection.execute("select table_name from duckdb_tables()").fetchall()
    assert ("unvalidated",) not in tables


def test_nothing_published_yet_is_said(newsroom: Home) -> None:
    assert list_publications(newsroom) == []
    with pytest.raises(PublishError, match="nothing is published"):
        open_read_only(newsroom)


def test_a_symlink_to_nowhere_is_named(published: Home) -> None:
    published.publication("p000002").unlink()
    with pytest.raises(PublishError, match=r"p000002\.duckdb, which is not there"):
        current(published)


def test_a_file_in_place_of_the_symlink_is_named(published: Home) -> None:
    published.warehouse.unlink()
    published.warehouse.write_bytes(b"")
    with pytest.raises(PublishError, match="where a symlink to a publication belongs"):
        current(published)


def test_a_file_that_somebody_writes_is_refused_with_what_to_do(published: Home) -> None:
    publication = published.publication("p000002")
    publication.chmod(0o644)
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(1, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", script, str(publication)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        with pytest.raises(PublishError, match="must be closed first"):
            open_read_only(published)
        writer.communicate(b"\n")
