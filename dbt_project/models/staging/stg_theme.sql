with source as (
    select * from {{ source('raw', 'theme') }}
),

renamed as (
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
    from source
)

select * from renamed
