-- Where a story id leads that an earlier publication may have given: that of an article that is no
-- first report any more since an edition before it was put in. What was published once is no
-- function of what is landed; so every article that is not first has a row, whether or not it was.
{{ config(pre_hook="{{ delete_touched_articles('substr(old_story_id, 7)') }}") }}

select
    'story-' || article_id as old_story_id,
    story_id
from {{ ref('int_story') }}
where article_id <> lead_article_id
