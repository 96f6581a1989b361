-- The current wording of every touched article, and when the article was first seen.
with first_seen as (
    select
        article_id,
        min(edition) as first_seen_edition,
        min(first_seen_at) as first_seen_at
    from {{ ref('stg_article') }}
    group by article_id
),

current_wording as (
    select *
    from {{ ref('stg_article') }}
    qualify
        row_number() over (
            partition by article_id
            order by edition desc, fetched_at desc, version_id desc, source_id asc, url asc
        ) = 1
)

select
    current_wording.* exclude (first_seen_at),
    first_seen.first_seen_at,
    first_seen.first_seen_edition
from current_wording
inner join first_seen using (article_id)
