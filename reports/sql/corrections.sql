-- Which articles that an earlier brief cited changed in this edition? Corrected or taken down, with
-- the wording that was cited last and the one that this edition left; or changed without a notice.
-- Both texts are in marts.article_version.
with cited as (
    select
        c.article_id,
        c.version_id,
        c.edition
    from meta.brief_citation as c
    where c.edition < $edition
    qualify
        row_number() over (
            partition by c.article_id
            order by c.edition desc, c.publication_id desc, c.version_id asc
        ) = 1
),

changed as (
    select
        v.article_id,
        bool_or(v.change = 'removed') as was_removed,
        bool_or(v.change = 'correction') as was_corrected,
        max(v.seen_at) as seen_at,
        arg_max(v.version_id, v.seen_at) filter (where v.change <> 'removed') as version_id
    from marts.article_version as v
    where v.edition = $edition
    group by v.article_id
),

told as (
    select
        changed.article_id,
        changed.seen_at,
        cited.edition as cited_in,
        cited.version_id as cited_version_id,
        coalesce(changed.version_id, cited.version_id) as version_id,
        case
            when changed.was_removed and a.removed_at is not null then 'removed'
            when changed.was_corrected then 'correction'
            else 'minor'
        end as change,
        a.url,
        a.source_id
    from changed
    inner join cited on changed.article_id = cited.article_id
    inner join marts.dim_article as a on changed.article_id = a.article_id
)

select
    t.article_id,
    t.version_id,
    t.cited_version_id,
    t.change,
    t.seen_at,
    t.cited_in,
    t.url,
    s.name as outlet,
    old_wording.title as old_title,
    new_wording.title as new_title
from told as t
inner join marts.dim_source as s on t.source_id = s.source_id
inner join marts.article_version as old_wording
    on t.article_id = old_wording.article_id and t.cited_version_id = old_wording.version_id
inner join marts.article_version as new_wording
    on t.article_id = new_wording.article_id and t.version_id = new_wording.version_id
where t.change = 'removed' or t.version_id <> t.cited_version_id
order by t.change = 'minor' asc, t.change desc, s.name asc, t.article_id asc
