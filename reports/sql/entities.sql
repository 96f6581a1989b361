-- Who appears in this edition's new articles, by stories; each with one sentence.
with new_article as (
    select
        a.article_id,
        a.story_id,
        a.url,
        a.source_id
    from marts.dim_article as a
    where a.first_seen_edition = $edition
),

counted as (
    select
        m.entity_id,
        count(distinct n.article_id) as articles,
        count(distinct n.story_id) as stories,
        count(distinct s.owner_id) as owners
    from marts.fct_article_entity as m
    inner join new_article as n on m.article_id = n.article_id
    inner join marts.dim_source as s on n.source_id = s.source_id
    group by m.entity_id
),

sentence as (
    select
        m.entity_id,
        m.article_id,
        m.version_id,
        x.text,
        n.url
    from marts.fct_entity_mention as m
    inner join new_article as n on m.article_id = n.article_id
    inner join marts.article_sentence as x
        on m.article_id = x.article_id and m.sentence_no = x.sentence_no
    left join marts.fct_theme_evidence as e
        on m.article_id = e.article_id and m.sentence_no = e.sentence_no
    where x.section = 'body' and length(x.text) between 40 and 280
    qualify
        row_number() over (
            partition by m.entity_id
            order by e.theme_id is null, m.article_id, m.sentence_no
        ) = 1
)

select
    c.entity_id,
    e.name,
    e.entity_type,
    c.articles,
    c.stories,
    c.owners,
    s.article_id,
    s.version_id,
    s.text as sentence,
    s.url
from counted as c
inner join marts.dim_entity as e on c.entity_id = e.entity_id
left join sentence as s on c.entity_id = s.entity_id
where e.entity_type <> 'PLACE'
order by c.stories desc, c.articles desc, c.entity_id
limit $most
