-- Which sentences of these articles have both names of a pair, six of a pair at most? Those of the
-- body before headlines, whole ones before cut ones, then those that speak for a theme; cut at 40
-- words (400 letters). One that several articles print stands once.
with named as (
    select
        m.article_id,
        m.sentence_no,
        m.entity_id,
        min(m.surface) as surface
    from marts.fct_entity_mention as m
    where list_contains($article_ids, m.article_id)
    group by m.article_id, m.sentence_no, m.entity_id
),

met as (
    select
        a.entity_id || '+' || b.entity_id as pair_id,
        a.article_id,
        a.sentence_no,
        [a.surface, b.surface] as surfaces
    from named as a
    inner join named as b on a.article_id = b.article_id and a.sentence_no = b.sentence_no
    where list_contains($pair_ids, a.entity_id || '+' || b.entity_id)
),

themed as (
    select distinct
        e.article_id,
        e.sentence_no
    from marts.fct_theme_evidence as e
    where list_contains($article_ids, e.article_id)
),

quotable as (
    select
        met.pair_id,
        case
            when
                len(string_split_regex(x.text, '[\s\p{Z}]+')) <= 40 and length(x.text) <= 400
                then x.text
            else
                left(
                    array_to_string(string_split_regex(x.text, '[\s\p{Z}]+')[1:40], ' '), 400
                ) || ' …'
        end as sentence,
        met.surfaces,
        met.article_id,
        a.version_id,
        s.name as outlet,
        a.url,
        row_number() over (
            partition by met.pair_id
            order by
                x.sentence_no = 0 asc,
                len(string_split_regex(x.text, '[\s\p{Z}]+')) > 40 or length(x.text) > 300 asc,
                t.article_id is null asc,
                met.article_id asc,
                met.sentence_no asc
        ) as place
    from met
    inner join marts.article_sentence as x
        on met.article_id = x.article_id and met.sentence_no = x.sentence_no
    inner join marts.dim_article as a on met.article_id = a.article_id
    inner join marts.dim_source as s on a.source_id = s.source_id
    left join themed as t on met.article_id = t.article_id and met.sentence_no = t.sentence_no
    where list_contains($article_ids, x.article_id) and list_contains($article_ids, a.article_id)
),

distinct_sentence as (
    select *
    from quotable
    qualify row_number() over (partition by pair_id, sentence order by place) = 1
)

select
    pair_id,
    sentence,
    surfaces,
    article_id,
    version_id,
    outlet,
    url,
    row_number() over (partition by pair_id order by place) as place
from distinct_sentence
qualify row_number() over (partition by pair_id order by place) <= 6
order by pair_id asc, place asc
