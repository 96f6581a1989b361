-- Which articles that a brief cited were reworded, corrected or taken down since?
-- Once for each edition, however often it was published.
select distinct
    cited.edition as cited_in,
    later.seen_at,
    later.change,
    article.title as title_now,
    article.url
from meta.brief_citation as cited
inner join marts.article_version as was
    on cited.article_id = was.article_id and cited.version_id = was.version_id
inner join marts.article_version as later
    on cited.article_id = later.article_id and was.seen_at < later.seen_at
inner join marts.dim_article as article on cited.article_id = article.article_id
where later.change in ('correction', 'removed', 'minor')
order by later.seen_at desc, article.url asc, cited_in asc
