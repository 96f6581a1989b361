-- Why may a figure about the edition $about be another than in the publication $printed_in?
with printed as (
    select * from meta.publication
    where publication_id = $printed_in
),

present as (
    select * from meta.publication
    where publication_id = $publication_id
),

since as (
    select * from meta.publication
    where publication_id > $printed_in and publication_id <= $publication_id
),

loaded as (
    select e.edition
    from meta.edition as e
    inner join since on e.loaded_by_run_id = since.dag_run_id
),

cause as (
    select
        1 as rank,
        d.decided_at::varchar as place,
        d.decision || ' of ' || coalesce('an article of ' || nullif(d.article_id, ''), 'the edition')
        || ' ' || d.edition || ' by ' || d.decided_by || ' (' || d.why || ')' as words
    from quality.decision as d
    cross join printed
    where
        d.decided_at > printed.published_at
        and d.decided_by <> 'gate'
        and (d.edition = $about or d.decision in ('rollback', 'takedown'))
    union all
    select
        2 as rank,
        '' as place,
        'the edition ' || loaded.edition || ' was taken in with another content' as words
    from loaded
    where loaded.edition = $about
    union all
    select
        3 as rank,
        '' as place,
        'the taxonomy is ' || present.taxonomy_version || ', then ' || printed.taxonomy_version
    from present
    cross join printed
    where present.taxonomy_version is distinct from printed.taxonomy_version
    union all
    select
        4 as rank,
        '' as place,
        'the names are those of ' || present.entities_version || ', then '
        || printed.entities_version
    from present
    cross join printed
    where present.entities_version is distinct from printed.entities_version
    union all
    select
        5 as rank,
        '' as place,
        'names are found by another version of the code' as words
    from present
    cross join printed
    where present.extractor_version is distinct from printed.extractor_version
    union all
    select
        6 as rank,
        '' as place,
        'articles of that edition changed: '
        || string_agg(counted.words, ', ' order by counted.words)
    from (
        select case v.change when 'removed' then 'taken down' else v.change end
            || ' ' || count(distinct v.article_id) as words
        from marts.article_version as v
        inner join marts.dim_article as a on v.article_id = a.article_id
        inner join loaded on v.edition = loaded.edition
        where a.first_seen_edition = $about and v.edition > $about and v.change <> 'first'
        group by v.change
    ) as counted
    having count(*) > 0
    union all
    select
        7 as rank,
        '' as place,
        'outlets, themes or names were changed in the configuration' as words
    from present
    cross join printed
    where present.config_hash is distinct from printed.config_hash
    union all
    select
        8 as rank,
        '' as place,
        'editions before it were taken in: '
        || string_agg(loaded.edition, ', ' order by loaded.edition)
    from loaded
    where loaded.edition < $about
    having count(*) > 0
    union all
    select
        9 as rank,
        '' as place,
        'later editions added to it' as words
    from loaded
    where loaded.edition > $about
    having count(*) > 0
)

select distinct
    rank,
    place,
    words
from cause
order by rank, place, words
