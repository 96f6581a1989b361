"""What may come next in a statement: tables, their columns, functions, and ids between quotes."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import duckdb
from duckdb import DuckDBPyConnection
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

_MOST = 100
_NAME = r'(?:"(?:[^"]|"")*(?:"|$)|\w+)'
_TOKEN = re.compile(
    rf"--[^\n]*|/\*.*?(?:\*/|$)|'(?:[^']|'')*(?:'|$)|{_NAME}(?:\.{_NAME})*\.?|\S", re.DOTALL
)
_BEFORE_TABLES = {"from", "join", "table", "describe", "summarize"}
_CLAUSES = {
    *_BEFORE_TABLES, "select", "on", "using", "where", "group", "order", "having", "qualify",
    "window", "limit", "with", "values",
}  # fmt: skip
_NO_ALIAS = {
    *_CLAUSES, "as", "inner", "left", "right", "full", "cross", "outer", "semi", "anti", "asof",
    "positional", "natural", "lateral", "union", "except", "intersect", "tablesample",
}  # fmt: skip
_LONG_TEXTS = {"text", "sentence", "title", "url", "surface", "sql", "why", "value"}
# Column → the table that names its values; other columns are asked themselves.
_NAMED_IDS = {
    "entity": ("marts.dim_entity", "entity_id"),
    "theme": ("marts.dim_theme", "theme_id"),
    "source": ("marts.dim_source", "source_id"),
}


class Suggestion(NamedTuple):
    """What may be typed instead of the word at the cursor, and what it is."""

    text: str
    kind: str


@dataclass(frozen=True)
class Catalog:
    """What a publication has: tables with schema → columns; functions; keywords."""

    tables: dict[str, list[str]]
    functions: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, connection: DuckDBPyConnection) -> "Catalog":
        """Read from the catalog `broadsheet` of a connection."""
        tables: dict[str, list[str]] = {}
        for table, column in connection.execute(
            "select schema_name || '.' || table_name, column_name from duckdb_columns()"
            " where database_name = 'broadsheet' order by schema_name, table_name, column_index"
        ).fetchall():
            tables.setdefault(table, []).append(column)
        functions = connection.execute(
            "select distinct function_name from duckdb_functions()"
            " where function_type <> 'pragma' and regexp_full_match(function_name, '[a-z]\\w+')"
            " order by all"
        ).fetchall()
        keywords = connection.execute("select keyword_name from duckdb_keywords()").fetchall()
        return cls(tables, [name for (name,) in functions], [word for (word,) in keywords])

    def find(self, name: str) -> str | None:
        """The table of this name, with or without its schema."""
        name = name.lower().replace('"', "").removeprefix("broadsheet.")
        for table in self.tables:
            if name in (table, table.partition(".")[2]):
                return table
        return None


class Scope(NamedTuple):
    """What a statement reads: its tables, what they are called in it, and its subqueries' names."""

    tables: list[str]
    called: dict[str, str]
    named: list[str]


class SqlCompleter(Completer):
    """Completions for the statement under the cursor."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection
        self._catalog = Catalog.of(connection)

    def get_completions(
        self,
        document: Document,
        complete_event: CompleteEvent,  # noqa: ARG002 - the library's signature
    ) -> Iterator[Completion]:
        """Yield what may stand at the cursor, the likeliest first."""
        before = document.text_before_cursor
        statement = before[_start_of_statement(before) :]
        quoted = _quoted(statement)
        if quoted is not None:
            column, word = quoted
            found: Iterable[Suggestion] = self._values(statement, column, word)
        else:
            word = _word(statement)
            found = suggestions(self._catalog, statement, document.text_after_cursor)
        for one in list(found)[:_MOST]:
            yield Completion(one.text, start_position=-len(word), display_meta=one.kind)

    def _values(self, statement: str, column: str, typed: str) -> list[Suggestion]:
        """Values of a column that begin as typed, or whose name has what is typed in it."""
        owner = self._owner(statement, column)
        named = _named_id(column, owner)
        if named:
            table, key = named
            query = (
                f"select {key}, name from broadsheet.{table}"
                f" where starts_with({key}, $1) or contains(lower(name), lower($1))"
                f" order by starts_with({key}, $1) desc, length({key}), {key} limit {_MOST}"
            )
        elif owner:
            query = (
                f"select distinct \"{column}\"::varchar, '' from broadsheet.{owner}"
                f' where starts_with(lower("{column}"::varchar), lower($1))'
                f" order by all limit {_MOST}"
            )
        else:
            return []
        try:
            rows = self._connection.cursor().execute(query, [typed]).fetchall()
        except duckdb.Error:  # such as a column that is a list of something else
            return []
        return [Suggestion(value.replace("'", "''"), name) for value, name in rows]

    def _owner(self, statement: str, column: str) -> str | None:
        """The table from which the statement reads a column of short values."""
        tables = scope(self._catalog, statement).tables
        owners = [table for table in tables if column in self._catalog.tables[table]]
        return owners[0] if owners and column not in _LONG_TEXTS else None


def suggestions(catalog: Catalog, before: str, after: str = "") -> list[Suggestion]:
    """What may stand at the end of `before`, the beginning of a statement that `after` ends."""
    word = _word(before)
    seen = scope(catalog, before + " " + after.partition(";")[0])
    if before.lstrip().startswith("\\d"):
        return _matching(word, _tables(catalog))
    if _wants_table(before[: len(before) - len(word)]):
        named = [Suggestion(name, "of this statement") for name in seen.named]
        return _matching(word, [*named, *_tables(catalog)])
    qualifier, dot, _ = word.rpartition(".")
    if dot:
        return _qualified(catalog, seen, qualifier, word)
    columns = [
        Suggestion(column, table) for table in seen.tables for column in catalog.tables[table]
    ]
    if not seen.tables:
        columns = [Suggestion(one, table) for table, all_ in catalog.tables.items() for one in all_]
    names = [Suggestion(name, "of this statement") for name in (*seen.called, *seen.named)]
    found = _matching(word, [*columns, *names])
    if word:
        found += _beginning(word, [Suggestion(f"{one}(", "function") for one in catalog.functions])
        upper = word.isupper()
        keywords = [one.upper() if upper else one for one in catalog.keywords]
        found += _beginning(word, [Suggestion(one, "keyword") for one in keywords])
    return found


def scope(catalog: Catalog, statement: str) -> Scope:
    """The tables of a statement, whole or not, and what they are called in it."""
    tokens = _tokens(statement)
    tables: list[str] = []
    called: dict[str, str] = {}
    for at, token in enumerate(tokens):
        table = catalog.find(token) if at and _follows_from(tokens, at) else None
        if table is None:
            continue
        if table not in tables:
            tables.append(table)
        rest = [one for one in tokens[at + 1 : at + 3] if one.lower() != "as"]
        if rest and re.fullmatch(r"\w+", rest[0]) and rest[0].lower() not in _NO_ALIAS:
            called[rest[0]] = table
    named = [
        token
        for token, after, bracket in zip(tokens, tokens[1:], tokens[2:], strict=False)
        if after.lower() == "as" and bracket == "(" and re.fullmatch(r"[a-zA-Z_]\w*", token)
    ]
    return Scope(tables, called, named)


def _tokens(statement: str) -> list[str]:
    return [one for one in _TOKEN.findall(statement) if not one.startswith(("--", "/*", "'"))]


def _follows_from(tokens: list[str], at: int) -> bool:
    """Whether a table may stand at this token: after `from` or `join`, or a comma after these."""
    if tokens[at - 1].lower() in _BEFORE_TABLES:
        return True
    if tokens[at - 1] != ",":
        return False
    clauses = (one.lower() for one in reversed(tokens[:at]) if one.lower() in _CLAUSES)
    return next(clauses, "") == "from"


def _wants_table(before: str) -> bool:
    tokens = _tokens(before)
    return bool(tokens) and _follows_from([*tokens, ""], len(tokens))


def _qualified(catalog: Catalog, seen: Scope, qualifier: str, word: str) -> list[Suggestion]:
    """What follows `qualifier.`: the columns of a table, or the tables of a schema."""
    called = {name.lower(): table for name, table in seen.called.items()}
    table = called.get(qualifier.lower()) or catalog.find(qualifier)
    if table:
        columns = [Suggestion(f"{qualifier}.{one}", table) for one in catalog.tables[table]]
        return _beginning(word, columns)
    return _beginning(word, _tables(catalog))


def _tables(catalog: Catalog) -> list[Suggestion]:
    return [Suggestion(table, "table") for table in catalog.tables]


def _matching(word: str, found: list[Suggestion]) -> list[Suggestion]:
    """Those that begin as the word, then those with a part that does, then those that hold it."""
    lowered = word.lower()
    ranks = (
        lambda text: text.startswith(lowered),
        lambda text: re.search(rf"[._]{re.escape(lowered)}", text) is not None,
        lambda text: lowered in text,
    )
    ranked: dict[str, Suggestion] = {}
    for fits in ranks:
        for one in found:
            if fits(one.text.lower()):
                ranked.setdefault(one.text, one)
    return list(ranked.values())


def _beginning(word: str, found: list[Suggestion]) -> list[Suggestion]:
    return [one for one in found if one.text.lower().startswith(word.lower())]


def _word(before: str) -> str:
    found = re.search(r"[\w.]*$", before)
    return found[0] if found else ""


def _start_of_statement(before: str) -> int:
    ends = [match.end() for match in _TOKEN.finditer(before) if match[0] == ";"]
    return ends[-1] if ends else 0


def _quoted(statement: str) -> tuple[str, str] | None:
    """The column that an unfinished string is compared with, and what is typed of the string."""
    tokens = _TOKEN.findall(statement)
    if not tokens or not re.fullmatch(r"'(?:[^']|'')*", tokens[-1]):
        return None
    for token in reversed(tokens[:-1]):
        if re.match(r"\w", token) and token.lower() not in {"in", "not", "like", "ilike", "is"}:
            return token.rpartition(".")[2].lower(), tokens[-1][1:].replace("''", "'")
    return "", tokens[-1][1:]


def _named_id(column: str, owner: str | None) -> tuple[str, str] | None:
    """The table and key that name the ids in a column such as `theme_id` or `entity_ids`."""
    if column in {"ancestor_id", "parent_id"}:
        return _NAMED_IDS["theme" if owner == "marts.bridge_theme_ancestor" else "entity"]
    found = re.fullmatch(r"(?:\w+_)?(entity|theme|source)_ids?(?:_[ab])?", column)
    return _NAMED_IDS[found[1]] if found else None
