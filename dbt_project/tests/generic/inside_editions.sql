{# The edition is one that was collected. #}
{% test inside_editions(model, column_name) %}

select {{ column_name }}
from {{ model }}
where {{ column_name }} not in (select edition from {{ ref('fct_source_edition') }})

{% endtest %}
