-- Where do a film title, an AI company and creative control stand in one sentence?
with film as (
    -- Works are also series, books and reports; edit the list.
    select entity_id
    from marts.dim_entity
    where entity_id in (
        '2001-a-space-odyssey', 'artificial-film', 'avatar-film', 'critterz', 'ex-machina', 'm3gan',
        'mission-impossible-the-final-reckoning', 'mountainhead', 'the-brutalist',
        'the-social-network', 'terminator-film', 'the-wizard-of-oz-at-sphere'
    )
),

ai_company as (
    -- Those that make models, with whatever is theirs; edit the list.
    select distinct branch.entity_id
    from marts.bridge_entity_ancestor as branch
    inner join marts.dim_entity as entity using (entity_id)
    where entity.entity_type = 'ORG' and branch.ancestor_id in (
        'openai', 'anthropic', 'google', 'meta', 'microsoft', 'xai', 'mistral-ai', 'stability-ai',
        'midjourney', 'runway-ai', 'luma-ai', 'particle6'
    )
),

control as (
    select
        evidence.article_id,
        evidence.sentence_no,
        evidence.published_day,
        evidence.outlet,
        evidence.sentence,
        evidence.url
    from marts.evidence as evidence
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    where branch.ancestor_id = 'creative-control'
    group by all
),

named as (
    select
        spoken.article_id,
        spoken.sentence_no,
        string_agg(distinct case when film.entity_id is not null then entity.name end, ', ')
            as films,
        string_agg(distinct case when ai_company.entity_id is not null then entity.name end, ', ')
            as companies
    from marts.fct_theme_entity_evidence as spoken
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    inner join marts.dim_entity as entity using (entity_id)
    left join film using (entity_id)
    left join ai_company using (entity_id)
    where branch.ancestor_id = 'creative-control'
    group by spoken.article_id, spoken.sentence_no
)

select
    control.published_day,
    control.outlet,
    named.films,
    named.companies,
    control.sentence,
    control.url
from control
inner join named using (article_id, sentence_no)
where named.films is not null and named.companies is not null
order by control.published_day desc, control.url asc, control.sentence asc
