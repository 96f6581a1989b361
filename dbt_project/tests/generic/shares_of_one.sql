{# The values of a map share out one. #}
{% test shares_of_one(model, column_name) %}

select {{ column_name }}
from {{ model }}
where abs(list_sum(map_values({{ column_name }})) - 1) > 0.001

{% endtest %}
