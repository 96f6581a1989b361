"""The lines of docs/clients.md, run as they stand there, also while publications change."""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from core.config import PROJECT_ROOT
from core.home import Home
from tests.e2e.conftest import Line
from tests.support.client_loop import once
from tests.support.documented import Block, blocks
from tests.warehouse.newsroom import write_config
from tests.warehouse.publishing import prepare
from warehouse.publications import was_altered
from warehouse.publish import publish

pytestmark = pytest.mark.xdist_group("line")

PAGE = PROJECT_ROOT / "docs" / "clients.md"
NOT_HERE = {"R", "DBeaver", "Excel, and others with ODBC"}  # no package of theirs installs here
PUBLICATIONS = 6
PAUSE = 1  # second between two, so that every client sees several


def clients() -> list[Block]:
    found = []
    for block in blocks(PAGE):
        if block.heading.startswith("broadsheet") or block.heading in NOT_HERE:
            continue
        language = "kernel" if block.heading == "Jupyter" else block.language
        found.append(block._replace(language=language))
    return found


def named(block: Block) -> str:
    return f"{block.heading} ({block.language})"


def has_node(folder: Path) -> bool:
    """Whether a script in `folder` finds DuckDB's package; linked from $BROADSHEET_NODE_MODULES."""
    modules = os.environ.get("BROADSHEET_NODE_MODULES")
    if shutil.which("node") is None or modules is None:
        return False
    (folder / "node_modules").symlink_to(modules)
    return True


@pytest.fixture
def desk(line: Line, tmp_path: Path) -> Path:
    """A folder in which `data` is the sample newsroom's home, as the page has it."""
    (tmp_path / "data").symlink_to(line.home.root)
    return tmp_path


def test_every_client_of_the_issue_has_a_line() -> None:
    headings = {block.heading for block in blocks(PAGE)}
    assert headings >= {
        "DuckDB command line", "Python", "Polars", "R", "Jupyter", "marimo", "DBeaver",
        "Excel, and others with ODBC",
    }  # fmt: skip


def test_every_line_opens_the_file_read_only() -> None:
    words = re.compile(r"read.?only", re.IGNORECASE)
    for block in blocks(PAGE):
        if not block.heading.startswith("broadsheet"):
            assert words.search(block.code), named(block)


@pytest.mark.parametrize("block", clients(), ids=named)
def test_a_line_reads_the_sample(block: Block, desk: Path, line: Line) -> None:
    if block.language == "js" and not has_node(desk):
        pytest.skip("no @duckdb/node-api; name its node_modules in BROADSHEET_NODE_MODULES")
    before = line.home.warehouse.resolve().stat()
    assert line.home.warehouse.resolve().stem in once(block.language, block.code, desk)
    assert line.home.warehouse.resolve().stat() == before


@pytest.mark.parametrize(
    "command",
    [
        line
        for block in blocks(PAGE)
        if block.heading.startswith("broadsheet")
        for line in block.code.splitlines()
        if line.split("#")[0].strip() != "broadsheet sql"
    ],
)
def test_a_command_of_the_page_runs(command: str, line: Line, tmp_path: Path) -> None:
    (tmp_path / "docs").symlink_to(PROJECT_ROOT / "docs")
    ours = f'broadsheet() {{ "{sys.executable}" -m cli.main "$@"; }}\n'
    environment = {
        **os.environ, "PYTHONPATH": str(PROJECT_ROOT), "BROADSHEET_HOME": str(line.home.root),
    }  # fmt: skip
    ended = subprocess.run(
        ["bash", "-eu"], input=ours + command, cwd=tmp_path, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ended.returncode == 0, ended.stderr
    written = [file for file in tmp_path.iterdir() if file.name != "docs"]
    assert ended.stdout.strip() or written
    assert all(file.stat().st_size for file in written)


# While publications change -----------------------------------------------------------------


@pytest.fixture
def changing(line: Line, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A copy of the sample's home in which more can be published."""
    home = Home(tmp_path / "home")
    home.publications.mkdir(parents=True)
    first = line.home.warehouse.resolve()
    shutil.copy2(first, home.publication(first.stem))
    home.warehouse.symlink_to(home.publication(first.stem).relative_to(home.root))
    shutil.copytree(line.home.root / "sealed", home.root / "sealed")
    monkeypatch.setenv("BROADSHEET_HOME", str(home.root))
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    (tmp_path / "data").symlink_to(home.root)
    return home


@pytest.fixture
def readers(changing: Home, tmp_path: Path) -> Iterator[dict[str, subprocess.Popen[str]]]:
    """A process for each documented client, at work."""
    started: dict[str, subprocess.Popen[str]] = {}
    node = has_node(tmp_path)
    for block in clients():
        if block.language != "js" or node:
            started[named(block)] = subprocess.Popen(
                [sys.executable, "-m", "tests.support.client_loop", block.language,
                 str(tmp_path), str(tmp_path / f"{len(started)}.ready"), str(tmp_path / "stop")],
                cwd=PROJECT_ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            )  # fmt: skip
            pipe = started[named(block)].stdin
            assert pipe is not None
            pipe.write(block.code)
            pipe.close()
    yield started
    for process in started.values():
        process.kill()
        process.wait()


def test_clients_open_the_symlink_while_publications_change(
    changing: Home, readers: dict[str, subprocess.Popen[str]], tmp_path: Path
) -> None:
    began = time.monotonic()
    while len(list(tmp_path.glob("*.ready"))) < len(readers):
        assert time.monotonic() - began < 120, "a client did not get ready"
        time.sleep(0.1)
    for number in range(PUBLICATIONS):
        publish(prepare(changing, f"2026-10-{number + 20}").run_id)
        time.sleep(PAUSE)
    last = changing.warehouse.resolve().stem
    (tmp_path / "stop").touch()
    told = {}
    for client, process in readers.items():
        assert process.stdout is not None
        told[client] = json.loads(process.stdout.read())
    for client, one in told.items():
        print(f"{client}: {len(one['seen'])} times, {len(set(one['seen']))} publications")
        assert one["errors"] == [], client
        assert one["seen"] == sorted(one["seen"]), client
        assert one["seen"][-1] == last, client
        assert len(set(one["seen"])) > 2, client
    assert len(told) >= 7
    with duckdb.connect(str(changing.warehouse), read_only=True) as connection:
        rows = connection.sql(
            "select publication_id, published_at from meta.publication"
        ).fetchall()
    for publication_id, published_at in rows:
        file = changing.publication(publication_id)
        assert not (file.exists() and was_altered(file, published_at))
        assert not file.with_name(file.name + ".wal").exists()
