-- Which texts were printed by the most owners, and who had them first?
select
    lead.title,
    source.name as first_outlet,
    lead.origin,
    count(*) as articles,
    count(distinct printed_by.owner_id) as owners_printing,
    list(distinct printed_by.name order by printed_by.name) as outlets
from marts.dim_article as copy
inner join marts.dim_source as printed_by on copy.source_id = printed_by.source_id
inner join marts.dim_article as lead
    on lead.article_id = replace(copy.syndication_id, 'syn-', '')
inner join marts.dim_source as source on lead.source_id = source.source_id
group by copy.syndication_id, lead.title, first_outlet, lead.origin
having count(*) > 1
order by owners_printing desc, articles desc, lead.title asc
