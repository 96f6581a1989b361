-- How much does each outlet report itself, and how much comes from agencies and press releases?
select
    source.name as outlet,
    count(*) as articles,
    count(*) filter (where article.origin = 'own') as own,
    count(*) filter (where article.origin = 'agency') as agency,
    count(*) filter (where article.origin = 'press_release') as press_release,
    round(count(*) filter (where article.origin = 'own') / count(*), 3) as share_own
from marts.dim_article as article
inner join marts.dim_source as source using (source_id)
group by source.name
order by share_own desc, outlet asc
