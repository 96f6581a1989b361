"""An article taken down: no word of it in any file of the home, and it does not come back."""

import gzip
import io
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from cli.forget import forget
from core.config import config_folder
from core.decisions import read_decisions
from core.home import Home
from core.landed import read_landed
from tests.e2e.conftest import Line
from tests.support.run_edition import run_edition
from warehouse.backup import back_up
from warehouse.backup_store import opened, verify
from warehouse.publications import current
from warehouse.restore import restore

pytestmark = pytest.mark.xdist_group("line")

ROOT = "http://www.albionpost.example"
URL = f"{ROOT}/culture/2026/10/15/amazon-mgm-openai-film-creative-control"
WHY = "The author asked for it."


# Every word in every file -----------------------------------------------------------------


def _told(path: Path) -> Iterator[bytes]:
    """What a file says, unpacked: its bytes, and rows, members or cells that are compressed."""
    content = path.read_bytes()
    yield content
    if ".warc.gz" in path.name:
        yield from _records(content)
    elif path.suffix == ".eml":
        for part in message_from_bytes(content).walk():
            yield part.get_payload(decode=True) or b""
    elif content[:4] == b"PAR1":
        for row in pl.read_parquet(io.BytesIO(content)).iter_rows():
            yield str(row).encode()
    elif content[8:12] == b"DUCK":
        with duckdb.connect(str(path), read_only=True) as connection:
            tables = connection.execute(
                "select schema_name || '.' || table_name from duckdb_tables()"
            ).fetchall()
            for (table,) in tables:
                for (row,) in connection.execute(f"select t::varchar from {table} t").fetchall():
                    yield row.encode()


def _records(content: bytes) -> Iterator[bytes]:
    """A WARC file's records, bodies that a server compressed unpacked as well."""
    whole = gzip.decompress(content)
    yield whole
    for place in re.finditer(rb"\x1f\x8b\x08", whole):
        try:
            yield gzip.GzipFile(fileobj=io.BytesIO(whole[place.start() :])).read1(1 << 20)
        except (OSError, EOFError):
            continue


def _holding(root: Path, words: set[str]) -> dict[str, set[str]]:
    """The files under `root` that hold any of the words, each with those."""
    wanted = re.compile(rb"\b(?:%s)\b" % "|".join(sorted(words)).encode())
    found: dict[str, set[str]] = {}
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.is_symlink():
            continue
        for text in _told(path):
            held = {word.decode() for word in wanted.findall(text)}
            if held:
                found.setdefault(str(path.relative_to(root)), set()).update(held)
    return found


def _rare_words(home: Home) -> set[str]:
    """Words of the article that no other article, and no configured name, has."""
    articles = pl.concat(
        read_landed(folder.parent, "article") for folder in home.root.glob("landing/*/*/article")
    )
    own = articles.filter(pl.col("url") == URL)
    others = " ".join(articles.filter(pl.col("url") != URL)["text"]) + " ".join(
        path.read_text() for path in config_folder().glob("*.yml")
    )
    words = set(re.findall(r"\b[A-Za-z]{6,}\b", " ".join([*own["text"], *own["title"]])))
    rare = {word for word in words if word.casefold() not in others.casefold()}
    return {word for word in rare if word.casefold() not in URL}


@pytest.fixture(scope="module")
def words(line: Line) -> set[str]:
    """Rare words that stand in the article and nowhere that is not about it."""
    rare = _rare_words(line.home)
    assert len(rare) >= 5, rare
    return rare


@pytest.fixture
def home(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the sample newsroom's home with two publications, briefs included."""
    copy = Home(tmp_path / "home")
    shutil.copytree(line.home.root, copy.root, symlinks=True)
    monkeypatch.setenv("BROADSHEET_HOME", str(copy.root))
    return copy


def _forget(home: Home, *backups: Path, dry_run: bool = False) -> str:
    out = io.StringIO()
    assert forget(URL, WHY, "ada", backups, out, dry_run=dry_run, home=home) == 0
    return out.getvalue()


def test_no_word_is_left_and_it_does_not_come_back(
    home: Home, words: set[str], sample_site: str, tmp_path: Path
) -> None:
    saved = tmp_path / "saved"
    back_up(home, saved, keep=7)
    before = _holding(home.root, words)
    assert {path.split("/")[0] for path in before} >= {
        "archive", "landing", "sealed", "publications", "reports",
    }  # fmt: skip
    assert {word for held in before.values() for word in held} == words
    times = {path: (home.root / path).stat().st_mtime_ns for path in before}
    assert _forget(home, dry_run=True).count("would be erased from") >= len(before)
    assert {path: (home.root / path).stat().st_mtime_ns for path in before} == times

    told = _forget(home, saved)
    assert _holding(home.root, words) == {}
    assert "erased from publications/p000001.duckdb" in told
    again = _forget(home, saved)
    assert "0 files were changed" in again
    _restored_without(saved, tmp_path / "restored", words)

    published = current(home)
    assert published is not None
    assert published.stat().st_mode & 0o777 == 0o444
    run_edition("after", brief=True)
    _expect_taken_down(home)
    assert _holding(home.root, words) == {}


def _restored_without(saved: Path, root: Path, words: set[str]) -> None:
    with opened(saved) as store:
        verify(store, print)
    restore(saved, Home(root))
    assert _holding(root, words) == {}


def _expect_taken_down(home: Home) -> None:
    """The edition was replayed: everything but the article is as it was, and the brief tells."""
    [stone] = [one for one in read_decisions(home) if one.decision == "takedown"]
    assert (stone.decided_by, stone.why, stone.urls[0]) == ("ada", WHY, URL)
    first, now = home.publication("p000002"), current(home)
    assert now == home.publication("p000003")
    assert (_ends(first), _ends(now)) == (
        _ends(now) - Counter({"quarantined": 1}) + Counter({"loaded": 1}),
        _ends(first) - Counter({"loaded": 1}) + Counter({"quarantined": 1}),
    )
    ask = f"select count(*) from marts.dim_article where url = '{URL}'"
    assert (_rows(first, ask), _rows(now, ask)) == ([(1,)], [(0,)])
    assert _rows(
        now, f"select status, reason from quality.fct_disposition where url = '{URL}'"
    ) == [("quarantined", "taken down")]
    [brief] = home.root.glob("reports/*/brief.html")
    page = brief.read_text()
    assert "takedown of" in page
    assert URL in page
    assert WHY in page


def _ends(path: Path | None) -> Counter[str]:
    return Counter(
        dict(_rows(path, "select status, count(*) from quality.fct_disposition group by 1"))
    )


def _rows(path: Path | None, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(path), read_only=True) as connection:
        return connection.execute(sql).fetchall()
