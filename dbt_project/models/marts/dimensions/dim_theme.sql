-- A theme that left the configuration keeps its last row; one that is known from facts alone
-- gets a bare one.
{{ config(incremental_strategy='delete+insert', unique_key='theme_id') }}

with configured as (
    select * from {{ ref('stg_theme') }}
),

found as (
    select distinct theme_id
    from {{ ref('stg_article_theme') }}
    where
        theme_id not in (select theme_id from configured)
        {% if is_incremental() %}
            and theme_id not in (select theme_id from {{ this }})
        {% endif %}
)

select
    theme_id,
    parent_theme_id,
    name,
    description,
    iptc_qcode,
    taxonomy_version,
    threshold,
    eval_precision,
    eval_recall,
    eval_n,
    retired_in_edition
from configured
union all
select
    theme_id,
    null as parent_theme_id,
    theme_id as name,
    null as description,
    null as iptc_qcode,
    null as taxonomy_version,
    null as threshold,
    null as eval_precision,
    null as eval_recall,
    null as eval_n,
    null as retired_in_edition
from found
