-- Which sentences of these articles, the first of each story shown, speak most for its themes?
-- Those of the first report before others, whole sentences before cut ones; a sentence is cut at 40
-- words (400 letters). The headline of the first report is none of them, since it stands above
-- them. Two of each theme, by place, and three of an article.
with member as (
    select
        a.story_id,
        a.article_id,
        a.version_id,
        a.source_id,
        a.url,
        a.article_id = s.lead_article_id as is_lead
    from marts.dim_article as a
    inner join marts.dim_story as s on a.story_id = s.story_id
    where list_contains($article_ids, a.article_id)
),

weighed as (
    select
        m.story_id,
        m.article_id,
        m.version_id,
        m.source_id,
        m.url,
        m.is_lead,
        e.theme_id,
        e.sentence_no,
        sum(e.weight) as weight,
        list(distinct e.surface order by e.surface) as surfaces
    from marts.fct_theme_evidence as e
    inner join member as m on e.article_id = m.article_id
    where list_contains($article_ids, e.article_id)
    group by all
),

told as (
    select
        w.story_id,
        w.article_id,
        w.version_id,
        w.theme_id,
        th.name as theme,
        th.eval_precision,
        th.eval_n,
        t.score,
        w.is_lead,
        source.name as outlet,
        w.url,
        w.sentence_no,
        w.surfaces,
        case
            when
                len(string_split_regex(s.text, '[\s\p{Z}]+')) <= 40 and length(s.text) <= 400
                then s.text
            else
                left(
                    array_to_string(string_split_regex(s.text, '[\s\p{Z}]+')[1:40], ' '), 400
                ) || ' …'
        end as sentence,
        s.in_quotation,
        row_number() over (
            partition by w.story_id, w.theme_id
            order by
                w.is_lead desc,
                s.sentence_no = 0 asc,
                len(string_split_regex(s.text, '[\s\p{Z}]+')) > 40 or length(s.text) > 300 asc,
                w.weight desc,
                w.article_id asc,
                w.sentence_no asc
        ) as place
    from weighed as w
    inner join marts.fct_article_theme as t
        on w.article_id = t.article_id and w.theme_id = t.theme_id
    inner join marts.dim_theme as th on w.theme_id = th.theme_id
    inner join marts.dim_source as source on w.source_id = source.source_id
    inner join marts.article_sentence as s
        on w.article_id = s.article_id and w.sentence_no = s.sentence_no
    where
        list_contains($article_ids, s.article_id)
        and (s.sentence_no > 0 or not w.is_lead)
    qualify place <= 2
)

select told.*
from told
qualify
    row_number() over (
        partition by told.article_id
        order by told.place asc, told.score desc, told.theme_id asc
    ) <= 3
order by told.story_id asc, told.place asc, told.score desc, told.theme_id asc
