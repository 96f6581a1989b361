-- Which themes does an AI company stand beside, this week against the four weeks before?
with asked as (
    select
        'openai' as entity_id,
        max(published_day) as last_day
    from marts.fct_theme_entity_daily
)

select
    theme.name as theme,
    sum(daily.stories) filter (where daily.published_day > asked.last_day - 7)
        as story_days_this_week,
    round(sum(daily.stories) filter (where daily.published_day <= asked.last_day - 7) / 4, 2)
        as story_days_a_week_before,
    sum(daily.stories_same_sentence) as story_days_same_sentence
from marts.fct_theme_entity_daily as daily
inner join asked using (entity_id)
inner join marts.dim_theme as theme using (theme_id)
where daily.published_day > asked.last_day - 35
group by theme.theme_id, theme.name
order by story_days_this_week desc nulls last, theme asc
