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


@dataclass(frozen=True)
class Asset:
    """Rows to look at."""

    name: str
    query: str


@dataclass(frozen=True)
class Check:
    """One thing that must be true.

    `sentence` is the owner's: why it matters and what to do. `expectation` is the class of Great
    Expectations (or `ExpectNoRows`) with its `arguments`. `inactive` says why the check cannot
    judge yet; it then passes and says so. `left_out` is a query over the asset's rows (`batch`)
    for the subjects that it cannot judge; the verdict names them.
    """

    name: str
    asset: Asset
    kind: Kind
    severity: Severity
    sentence: str
    expectation: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    inactive: str | None = None
    left_out: str | None = None

    def leaving_out(self, query: str) -> "Check":
        """The same check, whose verdict names what `query` finds as not judged."""
        return replace(self, left_out=query)

    @property
    def column(self) -> str | None:
        return self.arguments.get("column")


@dataclass(frozen=True)
class Suite:
    """The checks of one layer, the statements that make its views, and its assets in order."""

    name: str
    setup: tuple[str, ...]
    checks: tuple[Check, ...]

    @property
    def assets(self) -> list[Asset]:
        return list(dict.fromkeys(check.asset for check in self.checks))


@dataclass(frozen=True)
class Rows:
    """Makes the checks of one asset; `remedy` is what to do when its rows are wrong."""

    asset: Asset
    remedy: str
    kind: Kind = "truth"
    severity: Severity = "critical"

    def warning(self) -> "Rows":
        """The same rows, looked at with warnings that stop nothing."""
        return replace(self, severity="warning")

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
        return self.none(name, f"select {show} from batch where {condition}", why)

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
        return self.none_where("nothing_missing", condition, ", ".join(names), why)

    def in_set(self, column: str, values: Iterable[str], why: str) -> Check:
        """NULL passes; see `not_null`."""
        return self._check(
            f"{column}_known", why, "ExpectColumnValuesToBeInSet",
            column=column, value_set=list(values),
        )  # fmt: skip

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
