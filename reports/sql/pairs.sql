-- Who stands with whom in one sentence of this edition's new articles, in how many stories?
-- Places, and names of which one belongs to the other, make no pair. Those that most owners have
-- come first: what one outlet repeats below each text says little. `article_ids` are those to
-- quote: articles whose sentence speaks for a theme first.
with new_article as (
    select
        a.article_id,
        a.story_id,
        s.owner_id
    from marts.dim_article as a
    inner join marts.dim_source as s on a.source_id = s.source_id
    where a.first_seen_edition = $edition
),

named as (
    select distinct
        m.article_id,
        m.sentence_no,
        m.entity_id,
        e.name
    from marts.fct_entity_mention as m
    inner join new_article as n on m.article_id = n.article_id
    inner join marts.dim_entity as e on m.entity_id = e.entity_id
    where e.entity_type <> 'PLACE'
),

themed as (
    select distinct
        e.article_id,
        e.sentence_no
    from marts.fct_theme_evidence as e
    inner join new_article as n on e.article_id = n.article_id
),

met as (
    select
        a.article_id,
        a.sentence_no,
        a.entity_id as entity_id_a,
        b.entity_id as entity_id_b,
        a.name as name_a,
        b.name as name_b
    from named as a
    inner join named as b
        on
            a.article_id = b.article_id
            and a.sentence_no = b.sentence_no
            and a.entity_id < b.entity_id
    anti join marts.bridge_entity_ancestor as kin
        on
            kin.depth > 0
            and least(kin.entity_id, kin.ancestor_id) = a.entity_id
            and greatest(kin.entity_id, kin.ancestor_id) = b.entity_id
    where not contains(lower(a.name), lower(b.name)) and not contains(lower(b.name), lower(a.name))
)

select
    m.entity_id_a || '+' || m.entity_id_b as pair_id,
    any_value(m.name_a) as name_a,
    any_value(m.name_b) as name_b,
    count(distinct n.story_id) as stories,
    count(distinct m.article_id) as articles,
    count(distinct n.owner_id) as owners,
    list_sort(
        list_distinct(
            list(
                m.article_id
                order by t.article_id is null or m.sentence_no = 0 asc, m.article_id asc
            )[1:6]
        )
    ) as article_ids
from met as m
inner join new_article as n on m.article_id = n.article_id
left join themed as t on m.article_id = t.article_id and m.sentence_no = t.sentence_no
group by m.entity_id_a, m.entity_id_b
order by
    owners desc,
    stories desc,
    (m.entity_id_a like 'local:%')::integer + (m.entity_id_b like 'local:%')::integer asc,
    articles desc,
    pair_id asc
limit $most
