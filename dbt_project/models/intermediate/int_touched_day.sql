-- Days that the daily facts count again. `is_changed`: something of that day itself may differ;
-- the other days are here because their 28-day baseline may.
with configuration as (
    select is_changed
    from {{ ref('stg_configuration') }}
),

article_days as (
    select day
    from {{ ref('stg_touched_day') }}
),

-- An edition that is replaced or gone may have held days that no landed row tells any more.
replaced as (
    select coalesce(bool_or(state in ('changed', 'withdrawn')), false) as has_replaced
    from {{ ref('int_touched_edition') }}
),

own_days as (
    select published_day as day
    from {{ ref('stg_article') }}
    where published_day is not null
    union
    select article_days.day
    from article_days
    cross join replaced
    cross join configuration
    where replaced.has_replaced or configuration.is_changed
),

-- The day that an edition collected, where its undated articles are counted too.
collected_days as (
    select edition - 1 as day
    from {{ ref('int_touched_edition') }}
    union
    select edition - 1 as day
    from {{ ref('stg_article') }}
    union
    select source_editions.edition - 1 as day
    from {{ ref('fct_source_edition') }} as source_editions
    cross join configuration
    where configuration.is_changed
),

changed_days as (
    select day from own_days
    union
    select day from collected_days
),

baseline as (
    select unnest(range(29))::integer as days_later
),

window_days as (
    select day from article_days
    union
    select (changed_days.day + baseline.days_later)::date as day
    from changed_days
    cross join baseline
)

select
    window_days.day::date as day,
    changed_days.day is not null as is_changed
from window_days
left join changed_days using (day)
where window_days.day is not null
