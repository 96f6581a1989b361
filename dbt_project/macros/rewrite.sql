{#
  Incremental strategy `rewrite`: the new rows are all rows of the table. Unlike a deleting
  pre-hook it lets the model read the rows that stood there before.
#}
{% macro get_incremental_rewrite_sql(arguments) %}
    {%- set columns = arguments.dest_columns | map(attribute='quoted') | join(', ') -%}
    delete from {{ arguments.target_relation }};
    insert into {{ arguments.target_relation }} ({{ columns }})
    select {{ columns }} from {{ arguments.temp_relation }}
{% endmacro %}
