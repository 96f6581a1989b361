"""The prompt of `broadsheet sql`: statements over several lines, history, completion."""

import os
from pathlib import Path

import duckdb
from duckdb import DuckDBPyConnection
from prompt_toolkit import PromptSession
from prompt_toolkit.application import get_app
from prompt_toolkit.filters import Condition
from prompt_toolkit.history import FileHistory, History, InMemoryHistory
from prompt_toolkit.lexers import PygmentsLexer
from pygments.lexers.sql import SqlLexer  # type: ignore[import-untyped]
from rich.console import Console
from rich.text import Text

from cli.rows import show
from cli.sql import QueryError, run
from cli.sql_completion import SqlCompleter
from core.home import Home
from warehouse.publications import current, open_read_only, require_kept

HELP = """\
End a statement with a semicolon; Enter before that begins a new line. Tab completes tables, columns
and functions, and ids between quotes. Ctrl-C drops a statement or stops a query.
  \\d        lists the tables          \\d TABLE  its columns
  \\r        reads the newest publication
  \\?        shows this                \\q        leaves\
"""
_LEAVING = ("\\q", "exit", "quit")
_TABLES = """
select schema_name || '.' || table_name as "table", estimated_size as "rows", comment
from duckdb_tables() where database_name = 'broadsheet' order by all
"""
_COLUMNS = """
select column_name as "column", data_type as "type", comment
from duckdb_columns()
where database_name = 'broadsheet' and $1 in (table_name, schema_name || '.' || table_name)
order by schema_name, column_index
"""


class Prompt:
    """Reads statements until the end of input; an error is told and the prompt goes on.

    A publication that is named is read to the end; otherwise the one that was current when the
    prompt began, until a newer one is asked for.
    """

    def __init__(self, home: Home, publication_id: str | None = None) -> None:
        self._home = home
        self._asked_for = publication_id
        self._console = Console()
        self._open()

    def run(self) -> None:
        """Prompt until somebody leaves, or the input ends.

        Raises:
            PublishError: the publication went away before it was opened again.
        """
        history, where = kept_history()
        self._console.print(Text(f"{HELP}\nHistory: {where}", style="dim"))
        session: PromptSession[str] = PromptSession(
            lexer=PygmentsLexer(SqlLexer),
            complete_while_typing=False,
            history=history,
            enable_history_search=True,
            multiline=Condition(lambda: not is_complete(get_app().current_buffer.text)),
            prompt_continuation=lambda *_: "       ... ",
            bottom_toolbar=lambda: f" {self._publication} · \\? helps",
        )
        try:
            while self._takes_one(session):
                pass
        finally:
            self._connection.close()

    def _takes_one(self, session: PromptSession[str]) -> bool:
        """Read and answer one statement; False when there is to be no more."""
        try:
            self._tell_if_newer()
            typed = session.prompt("broadsheet> ", completer=self._completer)
            if typed.strip().rstrip(";") in _LEAVING:
                return False
            self._answer(typed.strip())
        except KeyboardInterrupt:  # drops the statement
            pass
        except EOFError:
            return False
        return True

    def _answer(self, typed: str) -> None:
        try:
            if typed == "\\?":
                self._console.print(Text(HELP))
            elif typed == "\\r":
                self._open_again()
            elif typed.startswith("\\d"):
                self._describe(typed.removeprefix("\\d").strip().rstrip(";"))
            elif typed.startswith("\\"):
                self._tell(f"there is no '{typed}'; \\? lists what there is.")
            elif typed:
                run(self._connection, typed, "table", timed=True)
        except QueryError as error:
            self._tell(str(error))

    def _tell(self, trouble: str) -> None:
        self._console.print(Text(trouble, style="red"))

    def _describe(self, table: str) -> None:
        arguments = (_COLUMNS, [table.lower()]) if table else (_TABLES,)
        cursor = self._connection.execute(*arguments)
        rows = cursor.fetchall()
        if not rows:
            raise QueryError(f"there is no table '{table}'; \\d lists them.")
        show([name for name, *_ in cursor.description], rows, "table")

    def _open(self) -> None:
        self._publication = require_kept(self._home, self._asked_for).stem
        self._told = self._publication
        self._connection: DuckDBPyConnection = open_read_only(self._home, self._publication)
        self._completer = SqlCompleter(self._connection)

    def _open_again(self) -> None:
        if self._asked_for:
            raise QueryError(f"{self._publication} was asked for by name, and is read to the end.")
        self._connection.close()
        self._open()
        self._console.print(f"reading {self._publication}", style="dim")

    def _tell_if_newer(self) -> None:
        newest = current(self._home)
        if self._asked_for is None and newest is not None and newest.stem > self._told:
            self._told = newest.stem
            self._console.print(f"{newest.stem} was published; \\r reads it.", style="dim")


def is_complete(typed: str) -> bool:
    """Whether Enter hands a text over: it ends with a semicolon, or is a command."""
    text = typed.strip()
    if not text or text.startswith("\\") or text in _LEAVING:
        return True
    tokens = duckdb.tokenize(text)
    return bool(tokens) and text.encode()[tokens[-1][0] :].startswith(b";")


def history_file() -> Path:
    """Where the history of prompts is kept: under `$XDG_STATE_HOME`, ~/.local/state by default."""
    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(state) / "broadsheet" / "sql_history"


def kept_history() -> tuple[History, str]:
    """The history that only its owner may read, and where it is; of this prompt alone if none."""
    file = history_file()
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        file.touch(mode=0o600)
        file.chmod(0o600)
    except OSError as error:
        return InMemoryHistory(), f"not kept ({file}: {error.strerror})"
    return FileHistory(str(file)), str(file)
