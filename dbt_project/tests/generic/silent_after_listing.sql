{# An outlet is silent where it was asked, listed nothing, and had listed something before. #}
{% test silent_after_listing(model) %}

select editions.*
from {{ model }} as editions
left join (
    select
        source_id,
        min(edition) as first_listing
    from {{ model }}
    where listed > 0
    group by source_id
) as listings using (source_id)
where
    editions.is_silent <> (
        editions.listed = 0
        and editions.looks > 0
        and coalesce(listings.first_listing < editions.edition, false)
    )

{% endtest %}
