-- Which texts were printed by the most owners, and who had them first?
with copied as (
    select distinct syndication_id
    from marts.dim_article
    where syndication_id <> 'syn-' || article_id
)

select
    lead.title,
    source.name as first_outlet,
    lead.origin,
    count(*) as articles,
    count(distinct printed_by.owner_id) as owners_printing,
    list(distinct printed_by.name order by printed_by.name) as outlets
from copied
inner join marts.dim_article as copy using (syndication_id)
inner join marts.dim_source as printed_by on copy.source_id = printed_by.source_id
inner join marts.dim_article as lead
    on lead.article_id = replace(copied.syndication_id, 'syn-', '')
inner join marts.dim_source as source on lead.source_id = source.source_id
group by copied.syndication_id, lead.title, first_outlet, lead.origin
order by owners_printing desc, articles desc, lead.title asc
limit 100
