-- Was a day with few articles a quiet day, or did we not collect?
with days as (
    select
        published_day,
        sum(articles) as articles,
        count(*) filter (where is_collected) as outlets_collected,
        count(*) as outlets,
        list(source_id order by source_id) filter (where not is_collected) as missing
    from marts.fct_coverage_daily
    group by published_day
)

select
    published_day,
    dayname(published_day) as weekday,
    articles,
    outlets_collected,
    outlets,
    case
        when outlets_collected < outlets then 'outage: ' || array_to_string(missing, ', ')
        when
            articles < 0.8 * median(articles) over (
                order by published_day rows between 28 preceding and 1 preceding
            )
            then 'quiet'
        else 'usual'
    end as verdict
from days
order by published_day desc
