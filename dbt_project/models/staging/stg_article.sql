-- Every landed wording of a touched article, edition by edition, with how far it was analysed.
with source as (
    select * from {{ source('raw', 'article') }}
),

analysis as (
    select
        edition,
        article_id,
        version_id,
        max(analysis_level) as analysis_level,
        max(extractor_version) as extractor_version,
        max(taxonomy_version) as taxonomy_version
    from {{ source('raw', 'analysis') }}
    group by all
),

renamed as (
    select
        source.edition,
        source.article_id,
        source.version_id,
        source.source_id,
        source.url,
        source.title,
        source.text,
        source.authors,
        source.language,
        source.published_at::timestamp as published_at,
        source.published_day,
        source.published_precision,
        source.published_method,
        source.first_seen_at::timestamp as first_seen_at,
        source.fetched_at::timestamp as fetched_at,
        source.word_count,
        source.is_truncated,
        source.genre,
        source.genre_method,
        source.origin,
        source.origin_method,
        source.robots_ai,
        source.tdm_reserved,
        coalesce(analysis.analysis_level, 'none') as analysis_level,
        analysis.extractor_version,
        analysis.taxonomy_version
    from source
    left join analysis
        on
            source.edition = analysis.edition
            and source.article_id = analysis.article_id
            and source.version_id = analysis.version_id
)

select * from renamed
