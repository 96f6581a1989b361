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
    current_wording.article_id,
    current_wording.version_id,
    current_wording.source_id,
    current_wording.url,
    current_wording.title,
    current_wording.text,
    current_wording.authors,
    current_wording.language,
    current_wording.published_at,
    current_wording.published_day,
    current_wording.published_precision,
    current_wording.published_method,
    current_wording.fetched_at,
    current_wording.word_count,
    current_wording.is_truncated,
    current_wording.genre,
    current_wording.genre_method,
    current_wording.origin,
    current_wording.origin_method,
    current_wording.robots_ai,
    current_wording.tdm_reserved,
    current_wording.analysis_level,
    current_wording.extractor_version,
    current_wording.taxonomy_version,
    current_wording.edition,
    first_seen.first_seen_at,
    first_seen.first_seen_edition
from current_wording
inner join first_seen using (article_id)
