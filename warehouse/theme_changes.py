"""Which articles gain or lose a theme from one database file to another, and by which sentence."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import duckdb
from duckdb import DuckDBPyConnection

from warehouse.database import MEMORY_LIMIT, THREADS

_MOVED = """
create temp table moved as
select
    coalesce(a.theme_id, b.theme_id) as theme_id,
    coalesce(a.article_id, b.article_id) as article_id,
    if(b.article_id is null, 'gains', 'loses') as kind
from after.marts.fct_article_theme as a
full join before.marts.fct_article_theme as b using (theme_id, article_id)
where a.article_id is null or b.article_id is null
"""
_COUNTS = """
with name as (
    from (select theme_id, name, 0 as side from after.marts.dim_theme)
    union all
    from (select theme_id, name, 1 as side from before.marts.dim_theme)
),

of_side as (
    select 'before' as side, theme_id, count(*) as articles
    from before.marts.fct_article_theme group by all
    union all
    select 'after', theme_id, count(*) from after.marts.fct_article_theme group by all
)

select
    moved.theme_id,
    (select min_by(name.name, name.side) from name where name.theme_id = moved.theme_id),
    coalesce((
        select articles from of_side where side = 'before' and theme_id = moved.theme_id
    ), 0),
    coalesce((
        select articles from of_side where side = 'after' and theme_id = moved.theme_id
    ), 0),
    count_if(moved.kind = 'gains') as gained,
    count_if(moved.kind = 'loses') as lost
from moved
group by moved.theme_id
order by gained + lost desc, moved.theme_id
"""
_EXAMPLES = """
with evidence as (
    select
        theme_id, article_id, 'gains' as kind,
        min_by(sentence_no, (sentence_no = 0, -weight, sentence_no)) as sentence_no
    from after.marts.fct_theme_evidence group by all
    union all
    select
        theme_id, article_id, 'loses' as kind,
        min_by(sentence_no, (sentence_no = 0, -weight, sentence_no)) as sentence_no
    from before.marts.fct_theme_evidence group by all
)

select
    moved.kind, moved.theme_id, article.article_id, source.name, article.title, article.url,
    coalesce(sentence.text, '')
from moved
join (
    from after.marts.dim_article union all
    from before.marts.dim_article
    where article_id not in (select article_id from after.marts.dim_article)
) as article using (article_id)
join after.marts.dim_source as source on article.source_id = source.source_id
left join evidence
    on moved.theme_id = evidence.theme_id
    and moved.article_id = evidence.article_id
    and moved.kind = evidence.kind
left join (
    from after.marts.article_sentence union
    from before.marts.article_sentence
) as sentence
    on article.article_id = sentence.article_id
    and article.version_id = sentence.version_id
    and evidence.sentence_no = sentence.sentence_no
qualify row_number() over (
    partition by moved.theme_id, moved.kind order by moved.article_id
) <= $1
order by moved.theme_id, moved.kind, moved.article_id
"""


@dataclass(frozen=True)
class ThemeChange:
    """A theme whose articles are not the same: their numbers before and after, and who moved."""

    theme_id: str
    name: str
    before: int
    after: int
    gained: int
    lost: int


@dataclass(frozen=True)
class MovedArticle:
    """An article that gains or loses a theme; `sentence` spoke most for it, where it has it."""

    kind: Literal["gains", "loses"]
    theme_id: str
    article_id: str
    outlet: str
    title: str
    url: str
    sentence: str


def theme_changes(
    before: Path, after: Path, *, examples: int = 3
) -> tuple[list[ThemeChange], list[MovedArticle]]:
    """The themes whose articles differ, those with the most first, and some of these articles.

    At most `examples` for each theme and kind.
    """
    with duckdb.connect(config={"memory_limit": MEMORY_LIMIT, "threads": THREADS}) as connection:
        _attach(connection, before, "before")
        _attach(connection, after, "after")
        connection.execute(_MOVED)
        changes = [ThemeChange(*row) for row in connection.execute(_COUNTS).fetchall()]
        moved = connection.execute(_EXAMPLES, [examples]).fetchall()
        return changes, [MovedArticle(*row) for row in moved]


def _attach(connection: DuckDBPyConnection, path: Path, name: str) -> None:
    connection.execute(f"attach '{str(path).replace("'", "''")}' as {name} (read_only)")
