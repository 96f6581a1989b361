{#
  Pre-hooks: delete what the model is about to insert again, in the same transaction. References
  stand outside the conditions, so that dbt sees them when it parses.
#}

{# Rows of touched articles; `key` is an SQL expression for the article's id. #}
{% macro delete_touched_articles(key='article_id') -%}
    {%- set touched = ref('int_touched_article') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where {{ key }} in (select article_id from {{ touched }})
    {%- endif %}
{%- endmacro %}

{#
  Rows of touched articles, and every row when the configuration changed: for tables that carry
  names or owners out of it.
#}
{% macro delete_touched_or_renamed(key='article_id') -%}
    {%- set touched = ref('int_touched_article') -%}
    {%- set configuration = ref('int_configuration') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where
            {{ key }} in (select article_id from {{ touched }})
            or (select is_changed from {{ configuration }})
    {%- endif %}
{%- endmacro %}

{# Rows of touched days; with `changed_only` not those whose baseline alone may have moved. #}
{% macro delete_touched_days(changed_only=false) -%}
    {%- set touched = ref('int_touched_day') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where published_day in (
            select day from {{ touched }} {% if changed_only %}where is_changed{% endif %}
        )
    {%- endif %}
{%- endmacro %}

{# Rows of new, changed and withdrawn editions. #}
{% macro delete_touched_editions() -%}
    {%- set touched = ref('int_touched_edition') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where edition in (select edition from {{ touched }})
    {%- endif %}
{%- endmacro %}

{# Everything: for tables small enough to be written anew each time. #}
{% macro delete_all() -%}
    {% if is_incremental() -%}
        delete from {{ this }}
    {%- endif %}
{%- endmacro %}

{#
  Entities outside the gazetteer: the names of those only found in articles depend on all of their
  mentions, those of a knowledge base on the last landed edition that describes them.
#}
{% macro delete_found_entities() -%}
    {%- set touched = source('raw', 'touched_entity') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where
            entity_id like 'local:%'
            or entity_id in (select entity_id from {{ touched }})
    {%- endif %}
{%- endmacro %}
