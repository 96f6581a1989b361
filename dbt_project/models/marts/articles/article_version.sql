-- Every wording once, at its first sight, and every time that the article was taken down. A wording
-- that newly speaks of a correction is one; any other change is minor.
{{ config(pre_hook="{{ delete_touched_articles() }}") }}

with first_sights as (
    select *
    from {{ ref('stg_article') }}
    qualify
        row_number() over (
            partition by article_id, version_id
            order by edition asc, fetched_at asc, source_id asc, url asc
        ) = 1
),

notices as (
    select
        first_sights.*,
        len(
            regexp_extract_all(
                lower(title || ' ' || text),
                '\b(correction|corrected|clarification|an earlier version of this|berichtigung'
                || '|korrektur|rectificatif|rectification|corrección|fe de errores|rettifica)\b'
            )
        ) as notice_count
    from first_sights
),

numbered as (
    select
        notices.*,
        row_number() over seen_order as version_no,
        lag(notice_count) over seen_order as earlier_notice_count
    from notices
    window seen_order as (partition by article_id order by edition, fetched_at, version_id)
)

select
    numbered.article_id,
    numbered.version_id,
    numbered.fetched_at as seen_at,
    numbered.edition,
    numbered.title,
    numbered.text,
    case
        when numbered.version_no = 1 then 'first'
        when numbered.notice_count > numbered.earlier_notice_count then 'correction'
        else 'minor'
    end as change,
    numbered.version_id = articles.version_id as is_current
from numbered
inner join {{ ref('int_article') }} as articles on numbered.article_id = articles.article_id
union all
select
    article_id,
    -- No wording has this id: none holds a NUL.
    left(sha256(chr(0) || chr(0) || edition || ' ' || seen_at), 16) as version_id,
    seen_at,
    edition,
    '' as title,
    '' as text,
    'removed' as change,
    false as is_current
from {{ ref('int_removal') }}
