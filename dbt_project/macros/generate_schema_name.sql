{# Schemas are named exactly as configured: marts, quality, staging, intermediate. #}
{% macro generate_schema_name(custom_schema_name, node) -%}
    {{ custom_schema_name | default(target.schema, true) | trim }}
{%- endmacro %}
