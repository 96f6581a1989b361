-- Which two known entities stood in one sentence for the first time on the newest day?
with pairs as (
    select
        entity_id_a,
        entity_id_b,
        min(published_day) as first_day,
        arg_min(stories_same_sentence, published_day) as stories_same_sentence
    from marts.fct_entity_pair_daily
    where
        stories_same_sentence > 0
        and entity_id_a not like 'local:%'
        and entity_id_b not like 'local:%'
    group by entity_id_a, entity_id_b
),

newest as (
    select max(first_day) as first_day
    from pairs
)

select
    pairs.first_day,
    one.name as entity,
    other.name as with_entity,
    pairs.stories_same_sentence
from pairs
inner join newest using (first_day)
inner join marts.dim_entity as one on pairs.entity_id_a = one.entity_id
inner join marts.dim_entity as other on pairs.entity_id_b = other.entity_id
order by pairs.stories_same_sentence desc, entity asc, with_entity asc
