-- Who stands with whom in one sentence of this edition's new articles, in how many stories?
-- Places, and names of which one belongs to the other, make no pair. Each pair has one sentence,
-- cut at 40 words, and no two pairs the same one.
with new_article as (
    select
        a.article_id,
        a.version_id,
        a.story_id,
        a.url,
        s.owner_id,
        s.name as outlet
    from marts.dim_article as a
    inner join marts.dim_source as s on a.source_id = s.source_id
    where a.first_seen_edition = $edition
),

named as (
    select
        m.article_id,
        m.sentence_no,
        m.entity_id,
        any_value(e.name) as name,
        min(m.surface) as surface
    from marts.fct_entity_mention as m
    inner join new_article as n on m.article_id = n.article_id
    inner join marts.dim_entity as e on m.entity_id = e.entity_id
    where e.entity_type <> 'PLACE'
    group by m.article_id, m.sentence_no, m.entity_id
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
        b.name as name_b,
        [a.surface, b.surface] as surfaces
    from named as a
    inner join named as b
        on
            a.article_id = b.article_id
            and a.sentence_no = b.sentence_no
            and a.entity_id < b.entity_id
    anti join marts.bridge_entity_ancestor as kin
        on
            kin.depth > 0
            and (
                (a.entity_id = kin.entity_id and b.entity_id = kin.ancestor_id)
                or (b.entity_id = kin.entity_id and a.entity_id = kin.ancestor_id)
            )
    where not contains(lower(a.name), lower(b.name)) and not contains(lower(b.name), lower(a.name))
),

pair as (
    select
        m.entity_id_a,
        m.entity_id_b,
        any_value(m.name_a) as name_a,
        any_value(m.name_b) as name_b,
        count(distinct n.story_id) as stories,
        count(distinct m.article_id) as articles,
        count(distinct n.owner_id) as owners,
        (m.entity_id_a like 'local:%')::integer + (m.entity_id_b like 'local:%')::integer as unknown
    from met as m
    inner join new_article as n on m.article_id = n.article_id
    group by m.entity_id_a, m.entity_id_b
),

ranked as (
    select
        p.*,
        row_number() over (
            order by
                p.stories desc,
                p.owners desc,
                p.unknown asc,
                p.articles desc,
                p.entity_id_a asc,
                p.entity_id_b asc
        ) as place
    from pair as p
),

quoted as (
    select
        m.entity_id_a,
        m.entity_id_b,
        m.article_id,
        m.sentence_no,
        m.surfaces,
        x.text
    from met as m
    inner join ranked as r
        on m.entity_id_a = r.entity_id_a and m.entity_id_b = r.entity_id_b and r.place <= 20 * $most
    inner join marts.article_sentence as x
        on m.article_id = x.article_id and m.sentence_no = x.sentence_no
    left join themed as e on m.article_id = e.article_id and m.sentence_no = e.sentence_no
    qualify
        row_number() over (
            partition by m.entity_id_a, m.entity_id_b
            order by
                x.section <> 'body',
                len(string_split(x.text, ' ')) > 40 or length(x.text) > 300,
                e.article_id is null,
                m.article_id,
                m.sentence_no
        ) = 1
)

select
    r.entity_id_a || ' + ' || r.entity_id_b as pair_id,
    r.name_a,
    r.name_b,
    r.stories,
    r.articles,
    r.owners,
    case
        when len(string_split(q.text, ' ')) <= 40 then q.text
        else array_to_string(string_split(q.text, ' ')[1:40], ' ') || ' …'
    end as sentence,
    q.surfaces,
    q.article_id,
    n.version_id,
    n.outlet,
    n.url
from ranked as r
inner join quoted as q on r.entity_id_a = q.entity_id_a and r.entity_id_b = q.entity_id_b
inner join new_article as n on q.article_id = n.article_id
qualify row_number() over (partition by q.text order by r.place) = 1
order by r.place
limit $most
