"""The run's own configuration as tables that suites compare with: `known_source` and others."""

from collections.abc import Iterable
from datetime import date
from urllib.parse import urlsplit

from core.accuracy import measured
from core.config import Entity, Source
from core.plan import Run
from core.taxonomy import SIMILARITY, Theme
from expectations.checks import sql_text

type _Row = tuple[object, ...]

# Columns as in the published dimensions; `is_active` and `host` are for the checks alone.
_SOURCE = (
    "source_id varchar, name varchar, owner_id varchar, owner varchar, homepage varchar, "
    "country varchar, language varchar, timezone varchar, kind varchar, licence varchar, "
    "may_export_text boolean, active_from date, active_to date, retired_in_edition date, "
    "is_active boolean, host varchar"
)
_THEME = (
    "theme_id varchar, parent_theme_id varchar, name varchar, description varchar, "
    "iptc_qcode varchar, taxonomy_version varchar, threshold double, eval_precision double, "
    "eval_recall double, eval_n integer, retired_in_edition date"
)
_ENTITY = (
    "entity_id varchar, name varchar, entity_type varchar, wikidata_qid varchar, country varchar, "
    "parent_id varchar, relation varchar, parent_from date, parent_to date, "
    "retired_in_edition date"
)
_ROWS_A_STATEMENT = 2_000


def outlet_tables(run: Run) -> list[str]:
    """Statements that make `known_source` and `known_source_set`."""
    sources = run.sources.sources
    return [
        *_table("known_source", _SOURCE, (_source(run, one) for one in sources)),
        *_table(
            "known_source_set", "source_id varchar, set_id varchar",
            ((one.id, name) for one in sources for name in one.sets),
        ),
    ]  # fmt: skip


def configuration_tables(run: Run) -> list[str]:
    """Statements that make a table for each part of the run's configuration."""
    themes, entities = run.themes.themes, run.entities.entities
    version = run.themes.taxonomy_version
    return [
        *outlet_tables(run),
        *_table("known_theme", _THEME, (_theme(run, version, one) for one in themes)),
        *_table(
            "known_rule", "theme_id varchar, rule_id varchar, weight double",
            (rule for one in themes for rule in _rules(one)),
        ),
        *_table("known_entity", _ENTITY, map(_entity, entities)),
        *_table(
            "known_alias", "entity_id varchar, alias varchar, valid_from date, valid_to date",
            (
                (one.id, name.alias, name.valid_from, name.valid_to)
                for one in entities
                for name in one.names
            ),
        ),
    ]  # fmt: skip


def columns_of(table: str) -> list[str]:
    """The columns of a dimension as configured, the key first: `source`, `theme` or `entity`."""
    listed = {"source": _SOURCE, "theme": _THEME, "entity": _ENTITY}[table].split(", ")
    names = [one.split()[0] for one in listed]
    return [one for one in names if one not in {"is_active", "host"}]


def _source(run: Run, one: Source) -> _Row:
    host = (urlsplit(one.homepage).hostname or "").removeprefix("www.")
    return (
        one.id, one.name, one.owner.id, one.owner.name, one.homepage, one.country, one.language,
        one.timezone, one.kind, one.licence, one.may_export_text, one.active_from, one.active_to,
        one.retired_in_edition, one.is_active(run.edition), host,
    )  # fmt: skip


def _theme(run: Run, version: str, one: Theme) -> _Row:
    accuracy = measured(run.themes, one)
    told = (accuracy.precision, accuracy.recall, accuracy.positives) if accuracy else (None,) * 3
    return (
        one.id, one.parent, one.name, one.description, one.iptc, version, one.threshold, *told,
        one.retired_in_edition,
    )  # fmt: skip


def _rules(one: Theme) -> list[_Row]:
    """The rules of a theme; what nearness adds has no weight of its own."""
    rules: list[_Row] = [(one.id, f"{one.id}/{rule.id}", rule.weight) for rule in one.rules]
    return [*rules, (one.id, f"{one.id}/{SIMILARITY}", None)]


def _entity(one: Entity) -> _Row:
    return (
        one.id, one.name, one.type, one.qid, one.country, one.parent,
        one.parent_relation if one.parent else None, one.parent_from, one.parent_to,
        one.retired_in_edition,
    )  # fmt: skip


def _table(name: str, columns: str, rows: Iterable[_Row]) -> list[str]:
    literals = [f"({', '.join(map(_literal, row))})" for row in rows]
    filled = [
        f"insert into {name} values {', '.join(literals[start : start + _ROWS_A_STATEMENT])}"
        for start in range(0, len(literals), _ROWS_A_STATEMENT)
    ]
    return [f"create temp table {name} ({columns})", *filled]


def _literal(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, str | date):
        return sql_text(value)
    return str(value)
