{# Every outlet that an edition had to collect has a row for the day before it. #}
{% test covers_every_outlet(model) %}

select
    editions.edition,
    editions.source_id
from {{ ref('fct_source_edition') }} as editions
anti join {{ model }} as days
    on
        days.published_day = editions.edition - 1
        and editions.source_id = days.source_id

{% endtest %}
