-- What are the newest edition's new stories, with headline, first report and span?
with newest as (
    select max(edition) as edition
    from meta.edition
),

told as (
    select
        article.story_id,
        max(coalesce(article.published_at, article.first_seen_at)) as last_told_at
    from marts.dim_article as article
    group by article.story_id
)

select
    story.title,
    source.name as first_outlet,
    coalesce(story.first_published_at, lead.first_seen_at) as first_told_at,
    round(
        date_diff(
            'minute', coalesce(story.first_published_at, lead.first_seen_at), told.last_told_at
        )
        / 60,
        1
    ) as span_hours,
    story.articles,
    story.texts,
    story.owners_reporting,
    story.owners_printing
from marts.dim_story as story
inner join newest on story.first_seen_edition = newest.edition
inner join told on story.story_id = told.story_id
inner join marts.dim_article as lead on story.lead_article_id = lead.article_id
inner join marts.dim_source as source on lead.source_id = source.source_id
order by story.owners_reporting desc, story.articles desc, story.title asc
