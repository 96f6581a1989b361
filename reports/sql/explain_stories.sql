-- Which stories do these articles belong to?
select
    s.story_id,
    s.title,
    s.lead_article_id,
    s.texts,
    s.owners_reporting,
    s.owners_printing
from marts.dim_story as s
where list_contains($story_ids, s.story_id)
