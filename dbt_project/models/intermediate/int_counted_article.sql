-- Articles published on touched days, with all that the daily facts count them by.
-- Only articles whose day is known enter a daily fact.
select
    articles.article_id,
    articles.published_day,
    articles.syndication_id,
    articles.story_id,
    articles.source_id,
    articles.analysis_level,
    articles.is_truncated,
    printers.owner_id,
    {{ reporter('leads.origin', 'origins.owner_id') }} as origin_owner_id,
    touched_days.is_changed
from {{ ref('dim_article') }} as articles
inner join {{ ref('int_touched_day') }} as touched_days
    on articles.published_day = touched_days.day
inner join {{ ref('dim_source') }} as printers
    on articles.source_id = printers.source_id
-- A text's id names its lead article: whose outlet reported it, unless an agency
-- or a press release did; the others printed it.
inner join {{ ref('dim_article') }} as leads
    on articles.syndication_id = 'syn-' || leads.article_id
inner join {{ ref('dim_source') }} as origins
    on leads.source_id = origins.source_id
where articles.published_precision in ('second', 'minute', 'day')
