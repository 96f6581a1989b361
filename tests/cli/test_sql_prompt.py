"""The prompt of `broadsheet sql` in a real pseudo-terminal, as a person types."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from cli.sql_prompt import history_file, is_complete
from core.config import PROJECT_ROOT
from core.home import Home
from tests.warehouse.newsroom import write_config
from tests.warehouse.publishing import prepare
from warehouse.publish import publish

PROMPT = "broadsheet>"
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[()][A-Z0-9]|\x1b[=>]|\r")


class Terminal:
    """A person at a terminal of 100 columns in which the prompt runs."""

    def __init__(self, *arguments: str) -> None:
        self._child = pexpect.spawn(
            sys.executable, ["-m", "cli.main", "sql", *arguments],
            cwd=str(PROJECT_ROOT), dimensions=(40, 100), encoding="utf-8", timeout=20,
            env={**os.environ, "TERM": "xterm", "PROMPT_TOOLKIT_NO_CPR": "1"},
        )  # fmt: skip
        self.until(PROMPT)

    def until(self, words: str) -> str:
        """What was shown up to these words, without the codes of the terminal."""
        self._child.expect_exact(words)
        return _ESCAPES.sub("", self._child.before)

    def shows(self, pattern: str) -> str:
        self._child.expect(pattern)
        return _ESCAPES.sub("", self._child.after)

    def types(self, text: str) -> None:
        self._child.send(text)

    def enters(self, text: str) -> None:
        self._child.send(text + "\r")

    def interrupts(self) -> None:
        """Press Ctrl-C while a query runs."""
        os.killpg(os.getpgid(self._child.pid), signal.SIGINT)

    def leaves(self) -> int:
        self.enters("\\q")
        self._child.expect(pexpect.EOF)
        self._child.close()
        return int(self._child.exitstatus)


@pytest.fixture
def home_of_two(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """One publication, and a state folder of this test's own."""
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    publish(prepare(home, "2026-10-01").run_id)
    return home


@pytest.fixture
def terminal(home_of_two: Home) -> Iterator[Terminal]:
    terminal = Terminal()
    yield terminal
    assert terminal.leaves() == 0


def test_a_statement_over_three_lines_is_answered_with_its_time(terminal: Terminal) -> None:
    terminal.enters("select 40 +")
    terminal.until("...")
    terminal.enters("2")
    terminal.enters("as answer;")
    assert "42" in terminal.shows(r"42[\s\S]*\(1 row, \d+\.\d{3} s\)")
    terminal.until(PROMPT)


def test_an_error_is_told_and_the_prompt_goes_on(terminal: Terminal) -> None:
    terminal.enters("selec 1;")
    terminal.shows("syntax error")
    terminal.enters("drop table meta.edition;")
    terminal.shows("read-only")
    terminal.enters("\\d nothing")
    terminal.shows("there is no table 'nothing'")
    terminal.enters("\\x")
    terminal.shows(r"there is no '\\x'")
    terminal.enters("select 6 * 7;")
    terminal.shows("42")


def test_tables_and_columns_are_described(terminal: Terminal) -> None:
    terminal.enters("\\d")
    terminal.shows(r"quality\.expectation_result")
    terminal.enters("\\d META.edition")
    terminal.shows(r"Hash over its landed[\s\S]*files\.")


def test_ctrl_c_stops_a_query_and_drops_a_statement(terminal: Terminal) -> None:
    terminal.enters("select count(*) from range(100000000000) t(i) where hash(i) = 1;")
    terminal.until(";")
    with pytest.raises(pexpect.TIMEOUT):
        terminal._child.expect_exact("row", timeout=1.5)
    terminal.interrupts()
    terminal.shows("the query was interrupted")
    terminal.until(PROMPT)
    terminal.types("select 'not this one'\x03")
    terminal.until(PROMPT)
    terminal.enters("select 6 * 7;")
    terminal.shows("42")


def test_ctrl_c_ends_a_single_query(home_of_two: Home) -> None:
    command = [sys.executable, "-m", "cli.main", "sql"]
    query = "select count(*) from range(100000000000) t(i) where hash(i) = 1"
    with subprocess.Popen([*command, query], stderr=subprocess.PIPE, text=True) as process:
        time.sleep(4)
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=20)
    assert process.returncode == 1
    assert told == "broadsheet: the query was interrupted.\n"


def test_tab_completes_by_what_the_statement_reads(terminal: Terminal) -> None:
    terminal.types("select count(*) from meta.edi\t")
    terminal.shows("tion")
    terminal.types(" where content_h\t")
    terminal.shows("ash")
    terminal.enters(" <> '';")
    terminal.shows(r"\(1 row")


def test_a_history_is_kept_for_its_owner_alone(home_of_two: Home) -> None:
    first = Terminal()
    first.enters("select 'remember\nme' as words;".replace("\n", "\r"))
    first.shows(r"\(1 row")
    assert first.leaves() == 0
    file = history_file()
    assert file.is_relative_to(os.environ["XDG_STATE_HOME"])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    second = Terminal()
    second.types("\x1b[A\x1b[A")  # up, past \q
    second.shows("remember")
    second.enters("")
    second.shows(r"\(1 row")
    assert second.leaves() == 0


def test_a_state_folder_that_cannot_be_written_is_told(
    home_of_two: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    terminal = Terminal()
    terminal.enters("select 6 * 7;")
    terminal.shows("42")
    assert terminal.leaves() == 0


def test_a_newer_publication_is_told_and_read_when_asked(
    home_of_two: Home, terminal: Terminal
) -> None:
    question = "select max(publication_id) as newest, count(*) from meta.publication;"
    publish(prepare(home_of_two, "2026-10-02").run_id)
    terminal.enters(question)
    terminal.shows("p000001")
    terminal.shows(r"p000002 was published; \\r reads it")
    terminal.enters("\\r")
    terminal.shows("reading p000002")
    terminal.enters(question)
    terminal.shows(r"newest[\s\S]*p000002")


@pytest.mark.parametrize(
    ("typed", "complete"),
    [
        ("select 1;", True),
        ("select 1; -- done", True),
        ("select 'é' ;  ", True),
        ("\\d", True),
        ("exit", True),
        ("", True),
        ("select 1", False),
        ("select ';", False),
        ("select 1 -- ;", False),
        ("select $$;$$", False),
        ('select ";', False),
        ("/* ;", False),
    ],
)
def test_a_statement_ends_with_a_semicolon_of_its_own(typed: str, complete: bool) -> None:
    assert is_complete(typed) == complete
