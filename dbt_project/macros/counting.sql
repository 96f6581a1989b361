{# The measures of every daily fact, over rows of int_counted_article joined to something. #}
{% macro story_measures() -%}
    count(distinct article_id) as articles,
    count(distinct syndication_id) as texts,
    count(distinct story_id) as stories,
    count(distinct owner_id) as owners_printing,
    count(distinct origin_owner_id) as owners_reporting,
    count(distinct story_id) filter (where {{ is_measured() }}) as stories_analysed
{%- endmacro %}

{#
  The q-quantile (nearest rank) of `baseline_days` counts of which only the non-zero ones are
  in the sorted list `nonzero`.
#}
{% macro quantile_with_zeros(nonzero, baseline_days, q) -%}
    coalesce(
        list_extract(
            {{ nonzero }},
            greatest(
                ceil({{ q }} * {{ baseline_days }})::integer
                - ({{ baseline_days }} - coalesce(len({{ nonzero }}), 0))::integer,
                0
            )
        ),
        0
    )::double
{%- endmacro %}

{#
  Who reported a text: the owner of its lead article's outlet, unless that says that an agency or a
  press release is its origin, which is then one reporter, whoever printed it.
#}
{% macro reporter(origin, owner_id) -%}
    case when {{ origin }} in ('agency', 'press_release') then {{ origin }} else {{ owner_id }} end
{%- endmacro %}

{#
  Whether an article counts in shares, above and below the line: its whole text was seen and was
  analysed by every method. A cut text says nothing of what it leaves out.
#}
{% macro is_measured(table=none) -%}
    {%- set prefix = table ~ '.' if table else '' -%}
    {{ prefix }}analysis_level = 'full' and {{ prefix }}is_truncated is not true
{%- endmacro %}
