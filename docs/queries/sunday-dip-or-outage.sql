-- Was a day with few articles a Sunday dip, a quiet day, or one that we did not collect?
with newest as (
    select max(edition) as edition
    from meta.edition
),

first_collected as (
    select
        source_id,
        min(published_day) as day
    from marts.fct_coverage_daily
    where is_collected
    group by source_id
),

days as (
    select
        coverage.published_day,
        dayofweek(coverage.published_day) in (0, 6) as is_weekend,
        sum(coverage.articles) as articles,
        count(*) filter (where coverage.is_collected) as outlets_collected,
        -- An archive is read whole: a day without its articles is a day on which it has none.
        bool_or(source.kind = 'archive' and coverage.published_day >= first_collected.day)
            as is_of_an_archive,
        list(source.name order by source.name) filter (
            where
            source.kind = 'web'
            and not coverage.is_collected
            and coverage.published_day >= first_collected.day
        ) as missing
    from marts.fct_coverage_daily as coverage
    inner join marts.dim_source as source using (source_id)
    left join first_collected using (source_id)
    group by coverage.published_day
),

usual as (
    -- A weekend day is like other weekend days, of the 28 days before it.
    select
        days.published_day,
        median(earlier.articles) as articles,
        count(earlier.published_day) as days
    from days
    left join days as earlier
        on
            days.is_weekend = earlier.is_weekend
            and earlier.published_day between days.published_day - 28 and days.published_day - 1
            and earlier.outlets_collected > 0
    group by days.published_day
)

select
    days.published_day,
    dayname(days.published_day) as weekday,
    days.articles,
    usual.articles as usual_articles,
    days.outlets_collected,
    case
        when days.published_day >= newest.edition then 'not over when we collected'
        when days.missing is not null then 'outage: ' || array_to_string(days.missing, ', ')
        when days.outlets_collected = 0 and days.is_of_an_archive is not true
            then 'before we collected'
        when usual.days < 4 then 'too early to say'
        when days.articles >= 0.8 * usual.articles then 'as usual on such days'
        when days.is_weekend then 'quiet even for a weekend'
        else 'quiet'
    end as verdict
from days
cross join newest
inner join usual on days.published_day = usual.published_day
order by days.published_day desc
