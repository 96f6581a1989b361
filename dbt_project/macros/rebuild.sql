{# Pre-hooks: delete what the model is about to insert again, in the same transaction. #}

{# Rows of touched articles; `key` is an SQL expression for the article's id. #}
{% macro delete_touched_articles(key='article_id') -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where {{ key }} in (select article_id from {{ ref('int_touched_article') }})
    {%- endif %}
{%- endmacro %}

{# Rows of touched days; with `changed_only` not those whose baseline alone may have moved. #}
{% macro delete_touched_days(changed_only=false) -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where published_day in (
            select day from {{ ref('int_touched_day') }}
            {% if changed_only %}where is_changed{% endif %}
        )
    {%- endif %}
{%- endmacro %}

{# Rows of new, changed and withdrawn editions. #}
{% macro delete_touched_editions() -%}
    {% if is_incremental() -%}
        delete from {{ this }}
        where edition in (select edition from {{ ref('int_touched_edition') }})
    {%- endif %}
{%- endmacro %}

{# Everything: for tables small enough to be written anew each time. #}
{% macro delete_all() -%}
    {% if is_incremental() -%}
        delete from {{ this }}
    {%- endif %}
{%- endmacro %}
