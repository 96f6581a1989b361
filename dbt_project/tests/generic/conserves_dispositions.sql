{# Every discovered URL has exactly one end: `found` is the sum of the status columns. #}
{% test conserves_dispositions(model, statuses) %}

select *
from {{ model }}
where found <> {{ statuses | join(' + ') }}

{% endtest %}
