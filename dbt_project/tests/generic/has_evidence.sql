{# A theme without a sentence that speaks for it is not a fact. #}
{% test has_evidence(model) %}

select facts.*
from {{ model }} as facts
anti join {{ ref('fct_theme_evidence') }} as evidence
    on facts.article_id = evidence.article_id and facts.theme_id = evidence.theme_id

{% endtest %}
