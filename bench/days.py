"""Deals the articles of a made warehouse into an edition a day, as daily runs would have seen them.

The newest edition has a chosen number of articles; every other article was first seen on the day
after it was published. Facts by day stay as they are.
"""

from datetime import date
from pathlib import Path

from duckdb import DuckDBPyConnection

from warehouse.database import open_for_writing

_DEALT = """
create temp table dealt as
select
    article_id,
    case
        when first_seen_edition < last.edition or place > $newest
            then least(coalesce(published_day + 1, first_seen_edition - 1), last.edition - 1)
        else last.edition
    end as edition
from (
    select
        *,
        row_number() over (partition by first_seen_edition order by md5(article_id)) as place
    from marts.dim_article
)
cross join (select max(first_seen_edition) as edition from marts.dim_article) as last
"""
# Every outlet was asked on every day; what it gave is that of the edition it is copied from. The
# sentences lie one edition after the other, as daily runs append them.
_MOVED = """
update marts.dim_article as a
set first_seen_edition = dealt.edition
from dealt where a.article_id = dealt.article_id;

update marts.article_version as v
set edition = dealt.edition
from dealt where v.article_id = dealt.article_id;

update marts.evidence as e
set first_seen_edition = dealt.edition
from dealt where e.article_id = dealt.article_id;

create temp table in_order as
select s.* replace (dealt.edition as first_seen_edition)
from marts.article_sentence as s
inner join dealt using (article_id)
order by dealt.edition, s.article_id, s.sentence_no;
truncate marts.article_sentence;
insert into marts.article_sentence from in_order;
drop table in_order;

update marts.dim_story as s
set first_seen_edition = told.first_edition, last_seen_edition = told.last_edition
from (
    select
        story_id,
        min(first_seen_edition) as first_edition,
        max(first_seen_edition) as last_edition
    from marts.dim_article
    group by story_id
) as told where s.story_id = told.story_id;

update quality.fct_disposition as d
set edition = a.first_seen_edition
from marts.dim_article as a where d.url = a.url;

insert into quality.fct_source_edition
select f.* replace (days.edition as edition)
from quality.fct_source_edition as f
cross join (
    select distinct edition from dealt
    except
    select edition from quality.fct_source_edition
) as days
where f.edition = (select max(edition) from quality.fct_source_edition);
"""


def deal(candidate: Path, newest: int) -> list[date]:
    """Deal, with at most `newest` articles in the newest edition; returns the editions in order."""
    with open_for_writing(candidate, candidate.parent / "spill") as connection:
        connection.execute("set preserve_insertion_order = true")
        connection.execute(_DEALT, {"newest": newest})
        connection.execute(_MOVED)
        editions = _editions(connection)
        connection.execute("checkpoint")
    return editions


def _editions(connection: DuckDBPyConnection) -> list[date]:
    rows = connection.execute("select distinct edition from dealt order by edition").fetchall()
    return [edition for (edition,) in rows]
