"""The words in which a suite is written: rows to look at, what must be true of them, and why.

A `Check` is data; `expectations.validate` turns it into a Great Expectations expectation. So a
suite can be read, listed and tested without loading that library.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["critical", "warning"]
Kind = Literal["shape", "truth", "history", "coverage"]
NO_ROWS = "ExpectNoRows"
LONGEST_EXAMPLE = 120


@dataclass(frozen=True)
class Asset:
    """Rows to look at."""

    name: str
    query: str


@dataclass(frozen=True)
class RowRule:
    """What a single row fails by, so that the row can be kept out instead of its edition.

    A row that meets `condition` fails; `show` are the columns that say how, `why` that it matters.
    With `may_release` a person may take the row in as it is: no fact hangs on what it fails.
    """

    condition: str
    show: tuple[str, ...]
    why: str
    may_release: bool


@dataclass(frozen=True)
class Check:
    """One thing that must be true.

    `sentence` is the owner's: why it matters and what to do. `expectation` is the class of Great
    Expectations (or `ExpectNoRows`) with its `arguments`. `inactive` says why the check cannot
    judge yet; it then passes and says so. `left_out` is a query over the asset's rows (`batch`)
    for the subjects that it cannot judge; the verdict names them. `row` is set where each row
    passes or fails alone.
    """

    name: str
    asset: Asset
    kind: Kind
    severity: Severity
    sentence: str
    expectation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inactive: str | None = None
    row: RowRule | None = None
    left_out: str | None = None

    def leaving_out(self, query: str) -> "Check":
        """The same check, whose verdict names what `query` finds as not judged."""
        return replace(self, left_out=query)

    @property
    def column(self) -> str | None:
        return self.arguments.get("column")


@dataclass(frozen=True)
class Suite:
    """The checks of one layer, the statements that make its views, and its assets in order.

    `derived` are tables that several assets read, made once after the statements; where one cannot
    be made, those assets cannot either.
    """

    name: str
    setup: tuple[str, ...]
    checks: tuple[Check, ...]
    derived: tuple[Asset, ...] = ()

    @property
    def assets(self) -> list[Asset]:
        return list(dict.fromkeys(check.asset for check in self.checks))


@dataclass(frozen=True)
class Rows:
    """Makes the checks of one asset; `remedy` is what to do when its rows are wrong.

    Where rows are judged `one_by_one`, those that fail a critical `none_where` or `in_set` are
    kept out before the suite looks. Rows of an asset that `may_release` have `is_released`.
    """

    asset: Asset
    remedy: str
    kind: Kind = "truth"
    severity: Severity = "critical"
    one_by_one: bool = False
    may_release: bool = False

    def warning(self) -> "Rows":
        """The same rows, looked at with warnings that stop nothing."""
        return replace(self, severity="warning")

    def releasable(self) -> "Rows":
        """The same rows; one that fails may be taken in by a person, and then fails no more."""
        return replace(self, may_release=True)

    def _check(self, name: str, why: str, expectation: str, **arguments: Any) -> Check:
        return Check(
            name=f"{self.asset.name}.{name}",
            asset=self.asset,
            kind=self.kind,
            severity=self.severity,
            sentence=f"{why} {self.remedy}",
            expectation=expectation,
            arguments=arguments,
        )

    def none_where(self, name: str, condition: str, show: str, why: str) -> Check:
        """No row meets `condition`; `show` are the columns by which a person finds such a row."""
        if self.may_release:
            condition = f"not is_released and ({condition})"
        check = self.none(name, f"select {show} from batch where {condition}", why)
        return replace(check, row=self._rule(condition, show, why))

    def _rule(self, condition: str, show: str, why: str) -> RowRule | None:
        if not self.one_by_one or self.severity != "critical":
            return None
        return RowRule(condition, tuple(show.split(", ")), why, self.may_release)

    def none(self, name: str, query: str, why: str) -> Check:
        """`query` finds nothing; it reads the asset's rows as `batch`."""
        return self._check(name, why, NO_ROWS, query=query)

    def unique(self, columns: Iterable[str], why: str) -> Check:
        key = list(columns)
        if len(key) == 1:
            return self._check("key_unique", why, "ExpectColumnValuesToBeUnique", column=key[0])
        return self._check("key_unique", why, "ExpectCompoundColumnsToBeUnique", column_list=key)

    def not_null(self, columns: Iterable[str], why: str) -> Check:
        names = list(columns)
        condition = " or ".join(f"{name} is null" for name in names)
        query = f"select {', '.join(names)} from batch where {condition}"
        return self.none("nothing_missing", query, why)

    def in_set(self, column: str, values: Iterable[str], why: str) -> Check:
        """NULL passes; see `not_null`."""
        known = list(values)
        check = self._check(
            f"{column}_known", why, "ExpectColumnValuesToBeInSet", column=column, value_set=known
        )
        condition = f"{column} not in (select unnest({text_list(known)}))"
        return replace(check, row=self._rule(condition, column, why))

    def between(
        self,
        column: str,
        low: float | None,
        high: float | None,
        why: str,
        *,
        strictly: bool = False,
    ) -> Check:
        """Every value lies in the range (a bound of None is open); NULL passes."""
        return self._check(
            f"{column}_in_range", why, "ExpectColumnValuesToBeBetween",
            column=column, min_value=low, max_value=high, strict_min=strictly,
        )  # fmt: skip

    def at_most(self, column: str, limit: float, why: str) -> Check:
        """The measure `column` of a one-row asset does not pass `limit`."""
        return self._check(
            column, why, "ExpectColumnMaxToBeBetween", column=column, max_value=limit
        )

    def at_least(self, column: str, limit: float, why: str) -> Check:
        """The measure `column` of a one-row asset reaches `limit`."""
        return self._check(
            column, why, "ExpectColumnMinToBeBetween", column=column, min_value=limit
        )


def text_list(values: Iterable[object]) -> str:
    """`values` as a list of SQL string literals, `['a', 'b']`."""
    literals = ("'" + str(value).replace("'", "''") + "'" for value in values)
    return f"[{', '.join(literals)}]"


def sql_text(value: object) -> str:
    """One SQL string literal."""
    return "'" + str(value).replace("'", "''") + "'"


def shorten(value: object) -> str:
    """A value as an example that fits into a sentence."""
    text = str(value)
    return text if len(text) <= LONGEST_EXAMPLE else f"{text[: LONGEST_EXAMPLE - 1]}…"
