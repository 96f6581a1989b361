-- URLs of new and changed editions; `is_listed`: an entry point showed it, so that it is neither a
-- known page looked at again nor left over from an earlier look.
with source as (
    select * from {{ source('raw', 'discovered') }}
),

renamed as (
    select
        edition,
        source_id,
        url,
        bool_or(coalesce(via, '') not in ('recheck', 'deferred')) as is_listed
    from source
    group by edition, source_id, url
)

select * from renamed
