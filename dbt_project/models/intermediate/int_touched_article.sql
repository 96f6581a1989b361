-- Articles whose rows are deleted and inserted again, also those that no edition holds any more.
select distinct article_id
from {{ ref('stg_touched_article') }}
