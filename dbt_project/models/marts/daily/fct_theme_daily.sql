-- A row for every theme that was in use on a day with any collection, zeros included.
{{ config(pre_hook="{{ delete_touched_days() }}") }}

with article_themes as (
    select
        'self' as scope,
        facts.theme_id,
        articles.*
    from {{ ref('int_counted_article') }} as articles
    inner join {{ ref('fct_article_theme') }} as facts on articles.article_id = facts.article_id
    union all
    select
        'with_descendants' as scope,
        ancestors.ancestor_id as theme_id,
        articles.*
    from {{ ref('int_counted_article') }} as articles
    inner join {{ ref('fct_article_theme') }} as facts on articles.article_id = facts.article_id
    inner join {{ ref('bridge_theme_ancestor') }} as ancestors
        on facts.theme_id = ancestors.theme_id
),

found as (
    select
        published_day,
        theme_id,
        scope,
        {{ story_measures() }}
    from article_themes
    group by published_day, theme_id, scope
),

expected_rows as (
    select
        days.day as published_day,
        themes.theme_id,
        scopes.scope
    from {{ ref('int_day') }} as days
    cross join {{ ref('dim_theme') }} as themes
    cross join (values ('self'), ('with_descendants')) as scopes (scope)
    where
        days.is_touched
        and (themes.retired_in_edition is null or days.day < themes.retired_in_edition)
),

counts as (
    select
        published_day,
        theme_id,
        scope,
        coalesce(found.articles, 0) as articles,
        coalesce(found.texts, 0) as texts,
        coalesce(found.stories, 0) as stories,
        coalesce(found.owners_printing, 0) as owners_printing,
        coalesce(found.owners_reporting, 0) as owners_reporting,
        coalesce(found.stories_analysed, 0) as stories_analysed
    from expected_rows
    full join found using (published_day, theme_id, scope)
),

{{ with_baseline('theme_id') }}
