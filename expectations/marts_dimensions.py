"""What must be true of outlets, themes and entities: they are as the run's configuration says."""

from core.plan import Run
from expectations.checks import Asset, Check, Rows
from expectations.configuration import columns_of
from expectations.marts_landed import differ, not_same

# A row that left the configuration keeps its last state; names found in articles alone are
# written as they stand there most often.
DIMENSION = """
select coalesce(dim.{key}, known.{key}) as id, known.{key} is not null as is_configured,
    dim.{key} is not null as is_there, {differences} as differences, {changed} as changed,
    {found} as is_found, dim.name
from marts.dim_{node} as dim
full join known_{node} as known using ({key})
{base}
"""
_FOUND = {
    "source": "false",
    "theme": "dim.name = dim.theme_id and dim.threshold is null",
    "entity": "starts_with(dim.entity_id, 'local:') or dim.entity_type = 'OTHER' "
    "or dim.entity_id in (select entity_id from arrived_kb)",
}

# What a knowledge base says of the entities that articles name, as the last edition has it.
_KB = (
    "entity_id, name, entity_type, wikidata_qid, country, parent_id, relation, parent_from, "
    "parent_to"
)
_FROM_KB = """
create temp table arrived_kb as
select {columns} from (
    select {columns}, date '{edition}' as edition from kb_entity {other}
) where entity_id not in (select entity_id from known_entity)
qualify row_number() over (partition by entity_id order by edition desc) = 1
"""

# Names outside the gazetteer: their type is in the id, their name the commonest spelling.
LOCAL = """
with spelling as (
    select entity_id, surface, count(*) as times from marts.fct_entity_mention
    where entity_id not in (select entity_id from known_entity) group by all
),
commonest as (
    select entity_id, surface from spelling
    qualify row_number() over (partition by entity_id order by times desc, surface) = 1
)
select entity_id, dim.name, dim.entity_type, commonest.surface,
    coalesce(dim.wikidata_qid, dim.country, dim.parent_id, dim.relation,
        dim.parent_from::varchar, dim.parent_to::varchar, dim.retired_in_edition::varchar) as more
from (from marts.dim_entity where starts_with(entity_id, 'local:')) as dim
full join (from commonest where starts_with(entity_id, 'local:')) as commonest using (entity_id)
"""

# Every node with all of its ancestors, from the parents in the dimension. A link to a parent
# that is not there leads nowhere; a chain holds while all of its links hold.
ANCESTORS = """
with recursive up as (
    select {key}, {key} as ancestor_id, 0 as depth {nothing} from marts.dim_{node}
    union all
    select up.{key}, child.{parent}, depth + 1 {link}
    from up join marts.dim_{node} as child on child.{key} = up.ancestor_id
    join marts.dim_{node} as parent on parent.{key} = child.{parent}
    where depth < 8
)
select {key}, ancestor_id, depth {more} from up
qualify row_number() over (partition by {key}, ancestor_id order by depth) = 1
"""
_ENTITY_LINK = {
    "nothing": ", null::varchar as relation, null::date as valid_from, null::date as valid_to",
    "link": ", coalesce(up.relation, child.relation), greatest(up.valid_from, child.parent_from), "
    "least(up.valid_to, child.parent_to)",
    "more": ", relation, valid_from, valid_to",
}
_THEME_LINK = dict.fromkeys(("nothing", "link", "more"), "")


def dimension_setup(run: Run, *, has_scratch: bool) -> list[str]:
    """Statements that the assets of these checks need; `kb_entity` and `known_entity` are there."""
    this = f"date '{run.edition}'"
    other = f"union all select {_KB}, edition from scratch.raw.kb_entity where edition <> {this}"
    return [_FROM_KB.format(columns=_KB, edition=run.edition, other=other if has_scratch else "")]


def dimension_checks(remedy: str, *, has_base: bool) -> list[Check]:
    """Every check of the dimensions; `remedy` is what to do when one fails."""
    return [
        *(
            check
            for node in ("source", "theme", "entity")
            for check in _dimension(node, remedy, has_base=has_base)
        ),
        *_local_names(remedy),
        *_listed(remedy),
        *_ancestors("theme", "parent_theme_id", _THEME_LINK, remedy),
        *_ancestors("entity", "parent_id", _ENTITY_LINK, remedy),
    ]


def _dimension(node: str, remedy: str, *, has_base: bool) -> list[Check]:
    key = f"{node}_id"
    columns = columns_of(node)[1:]
    query = DIMENSION.format(
        key=key,
        node=node,
        differences=differ(columns, "dim", "known"),
        changed=differ(columns, "dim", "base") if has_base else "[]",
        found=f"coalesce({_FOUND[node]}, false)",
        base=f"left join base.marts.dim_{node} as base on base.{key} = dim.{key}"
        if has_base
        else "",
    )
    rows = Rows(Asset(f"dim_{node}", query), remedy)
    why = "A stale or missing row gives facts the wrong name, owner or parent."
    return [
        rows.unique(["id"], "A row that stands twice doubles what joins it."),
        rows.none_where(
            "as_configured", "is_configured and len(differences) > 0",
            "id, is_there, differences", why,
        ),
        rows.none_where(
            "as_it_left", "not is_configured and not is_found and len(changed) > 0",
            "id, name, changed", "What left the configuration keeps its last row.",
        ),
    ]  # fmt: skip


def _local_names(remedy: str) -> list[Check]:
    rows = Rows(Asset("found_entity", LOCAL), remedy)
    return [
        rows.none_where(
            "as_in_articles",
            "name is distinct from surface or more is not null "
            "or entity_type is distinct from split_part(entity_id, ':', 2)",
            "entity_id, name, surface, entity_type",
            "A name that only articles know is spelled as most of them spell it.",
        )
    ]  # fmt: skip


_ONLY_KB = "semi join arrived_kb using (entity_id)"


def _listed(remedy: str) -> list[Check]:
    tables = {
        "bridge_source_set": ("known_source_set", "source_id, set_id"),
        "dim_entity": ("arrived_kb", _KB),
        "dim_entity_alias": ("known_alias", "entity_id, alias, valid_from, valid_to"),
    }
    queries = [
        not_same(
            table,
            f"select {columns} from marts.{table} {_ONLY_KB if known == 'arrived_kb' else ''}",
            f"select {columns} from {known}",
            columns.split(",")[0],
        )
        for table, (known, columns) in tables.items()
    ]  # fmt: skip
    union = f"from ({' union all '.join(queries)}) as t(table_name, id, what)"
    rows = Rows(Asset("configured_lists", union), remedy)
    return [
        rows.none_where(
            "as_configured", "true", "table_name, id, what",
            "Sets of outlets and names of entities are what the editor wrote.",
        )
    ]  # fmt: skip


def _ancestors(node: str, parent: str, link: dict[str, str], remedy: str) -> list[Check]:
    """The tree is intact: every node is its own ancestor, every chain one of the dimension's."""
    key, bridge = f"{node}_id", f"bridge_{node}_ancestor"
    columns = f"{key}, ancestor_id, depth{link['more']}"
    wanted = f"select * from ({ANCESTORS.format(key=key, node=node, parent=parent, **link)})"
    query = not_same(bridge, f"select {columns} from marts.{bridge}", wanted, f"{key}, ancestor_id")
    rows = Rows(Asset(bridge, query), remedy)
    return [
        rows.none_where(
            "as_the_parents_say", "true", f"{key}, ancestor_id, what",
            "A wrong parent gives an owner other people's news; a missing one takes its own.",
        )
    ]  # fmt: skip
