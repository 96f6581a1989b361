{#
  The surface of every touched row is what stands at its offsets in the article's current text
  or headline, and its sentence encloses it.
#}
{% test exact_offsets(model) %}

select facts.*
from {{ model }} as facts
left join {{ ref('dim_article') }} as articles
    on facts.article_id = articles.article_id and facts.version_id = articles.version_id
left join {{ ref('article_text') }} as texts on articles.article_id = texts.article_id
left join {{ ref('article_sentence') }} as sentences
    on
        facts.article_id = sentences.article_id
        and facts.section = sentences.section
        and facts.sentence_no = sentences.sentence_no
where
    facts.article_id in (select article_id from {{ ref('int_touched_article') }})
    and (
        substr(
            case facts.section when 'title' then articles.title else texts.text end,
            facts.char_start + 1,
            facts.char_end - facts.char_start
        ) is distinct from facts.surface
        or sentences.char_start is null
        or facts.char_start < sentences.char_start
        or facts.char_end > sentences.char_end
    )

{% endtest %}
