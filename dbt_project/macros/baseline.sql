{#
  The end of a daily fact with baseline: CTEs `history` and `usual`, and the select of all columns.
  Expects a CTE `counts` of touched days (published_day, `key`, scope and the story measures).

  Usual is the mean count of stories over the collected days among the 28 days before; low and
  high are the 5th and 95th percentile. Days without a row count as zero. All of it is NULL where
  int_day finds the days not comparable. A burst is judged against the collected days of its kind
  alone (`like_days`: weekends for a weekend, the others for the others).
#}
{% macro with_baseline(key) -%}
history as (
    select published_day, {{ key }}, scope, stories
    from counts
    where stories > 0
    {%- if is_incremental() %}
    union all
    select published_day, {{ key }}, scope, stories
    from {{ this }}
    where
        stories > 0
        and published_day not in (select day from {{ ref('int_touched_day') }})
        and published_day >= (select min(day) - 28 from {{ ref('int_touched_day') }})
    {%- endif %}
),

usual as (
    select
        counts.published_day,
        counts.{{ key }},
        counts.scope,
        sum(history.stories) as total,
        sum(history.stories) filter (
            where {{ is_weekend('history.published_day') }} = {{ is_weekend('counts.published_day') }}
        ) as like_total,
        list(history.stories order by history.stories) as nonzero
    from counts
    inner join {{ ref('int_day') }} as days
        on counts.published_day = days.day and days.is_comparable
    inner join history
        on
            counts.{{ key }} = history.{{ key }}
            and counts.scope = history.scope
            and history.published_day between counts.published_day - 28
            and counts.published_day - 1
    inner join {{ ref('int_day') }} as earlier
        on history.published_day = earlier.day and earlier.is_collected
    group by all
),

chances as (
    select
        counts.published_day,
        counts.{{ key }},
        counts.scope,
        {{ upper_tail('counts.stories', 'coalesce(usual.like_total, 0)', 'days.like_days') }} as p_value
    from counts
    inner join {{ ref('int_day') }} as days
        on counts.published_day = days.day and days.is_comparable and days.like_days > 0
    left join usual
        on
            counts.published_day = usual.published_day
            and counts.{{ key }} = usual.{{ key }}
            and counts.scope = usual.scope
)

select
    counts.published_day,
    counts.{{ key }},
    counts.scope,
    counts.articles,
    counts.texts,
    counts.stories,
    counts.owners_printing,
    counts.owners_reporting,
    counts.stories_analysed / nullif(days.stories_analysed, 0) as share_of_stories,
    days.baseline_days,
    case
        when days.is_comparable then coalesce(usual.total, 0) / days.baseline_days
    end as expected,
    case
        when days.is_comparable
            then {{ quantile_with_zeros('usual.nonzero', 'days.baseline_days', 0.05) }}
    end as low,
    case
        when days.is_comparable
            then {{ quantile_with_zeros('usual.nonzero', 'days.baseline_days', 0.95) }}
    end as high,
    chances.p_value,
    case
        when chances.p_value is not null
            then
                chances.p_value < 0.005
                and counts.stories >= 3
                and counts.owners_reporting >= 2
    end as is_burst,
    days.versions
from counts
inner join {{ ref('int_day') }} as days on counts.published_day = days.day
left join usual
    on
        counts.published_day = usual.published_day
        and counts.{{ key }} = usual.{{ key }}
        and counts.scope = usual.scope
left join chances
    on
        counts.published_day = chances.published_day
        and counts.{{ key }} = chances.{{ key }}
        and counts.scope = chances.scope
{%- endmacro %}

{# Whether news of a day is weekend news, of which there is less. #}
{% macro is_weekend(day) -%}
    (isodow({{ day }}) >= 6)
{%- endmacro %}

{#
  The probability of `count` stories or more on a day after `total` on `days` days before: the
  negative binomial that predicts a Poisson count whose rate is known from those days alone
  (Gamma prior of Jeffreys, 1/2 and 0).
#}
{% macro upper_tail(count, total, days) -%}
    greatest(1.0 - coalesce(list_sum(list_transform(range({{ count }}), lambda fewer: exp(
        lgamma({{ total }} + 0.5 + fewer) - lgamma({{ total }} + 0.5) - lgamma(fewer + 1.0)
        + ({{ total }} + 0.5) * ln({{ days }} / ({{ days }} + 1.0)) - fewer * ln({{ days }} + 1.0)
    ))), 0.0), 0.0)
{%- endmacro %}
