-- Where do a film title, an AI company and creative control stand in one sentence?
with ai_company as (
    -- Those that make models, with whatever is theirs; edit the list.
    select distinct branch.entity_id
    from marts.bridge_entity_ancestor as branch
    inner join marts.dim_entity as entity using (entity_id)
    where entity.entity_type = 'ORG' and branch.ancestor_id in (
        'openai', 'anthropic', 'google', 'meta', 'microsoft', 'xai', 'mistral-ai', 'stability-ai',
        'midjourney', 'runway-ai', 'luma-ai', 'particle6'
    )
),

named as (
    select
        told.article_id,
        told.sentence_no,
        string_agg(distinct case when entity.entity_type = 'WORK' then entity.name end, ', ')
            as films,
        string_agg(distinct case when ai_company.entity_id is not null then entity.name end, ', ')
            as companies
    from marts.fct_theme_entity_evidence as told
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    inner join marts.dim_entity as entity using (entity_id)
    left join ai_company using (entity_id)
    where branch.ancestor_id = 'creative-control'
    group by told.article_id, told.sentence_no
)

select
    evidence.published_day,
    evidence.outlet,
    named.films,
    named.companies,
    evidence.sentence,
    evidence.url
from marts.evidence as evidence
inner join named using (article_id, sentence_no)
where
    named.films is not null
    and named.companies is not null
group by all
order by evidence.published_day desc, evidence.url asc, evidence.sentence asc
