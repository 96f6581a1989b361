-- What did Monday's brief print, and what is known of the same things now?
with monday as (
    -- The newest brief of a Monday; the newest of all while there is none.
    select
        publication_id,
        edition
    from meta.brief_figure
    group by publication_id, edition
    order by dayofweek(edition) = 1 desc, edition desc, publication_id desc
    limit 1
),

new_article as (
    select article.*
    from marts.dim_article as article
    inner join monday on article.first_seen_edition = monday.edition
),

headline as (
    select
        'headline' as place,
        count(*) as articles,
        count(distinct story_id) as stories,
        count(distinct source_id) as outlets
    from new_article
),

themes as (
    select
        'themes[' || branch.ancestor_id || ']' as place,
        count(distinct article.article_id) as articles,
        count(distinct article.story_id) as stories
    from new_article as article
    inner join marts.fct_article_theme using (article_id)
    inner join marts.bridge_theme_ancestor as branch using (theme_id)
    group by branch.ancestor_id
),

stories as (
    select
        'stories[' || story_id || ']' as place,
        articles,
        texts,
        owners_reporting
    from marts.dim_story
),

coverage as (
    select
        'coverage[' || source_id || ']' as place,
        found,
        loaded,
        unchanged,
        duplicate,
        fetch_failed,
        quarantined
    from quality.fct_source_edition
    inner join monday using (edition)
),

known as (
    unpivot headline on articles, stories, outlets into name figure value value_now
    union all by name
    unpivot themes on articles, stories into name figure value value_now
    union all by name
    unpivot stories on articles, texts, owners_reporting into name figure value value_now
    union all by name
    unpivot coverage on found, loaded, unchanged, duplicate, fetch_failed, quarantined
    into name figure value value_now
),

compared as (
    -- What is in no table any more is 0 now: a story that became part of another or was taken
    -- down, a theme without an article. NULL is a figure that this query does not count.
    select
        monday.edition,
        printed.publication_id as printed_in,
        printed.figure,
        printed.value as printed_value,
        case
            when known.value_now is not null then known.value_now
            when regexp_full_match(
                printed.figure,
                'themes\[.+\]\.(articles|stories)'
                || '|stories\[.+\]\.(articles|texts|owners_reporting)'
                || '|coverage\[.+\]\.'
                || '(found|loaded|unchanged|duplicate|fetch_failed|quarantined)'
            ) then 0
        end as value_now,
        printed.sql as asks_for_it_now
    from meta.brief_figure as printed
    inner join monday using (publication_id, edition)
    left join known on printed.figure = known.place || '.' || known.figure
)

select
    edition,
    printed_in,
    figure,
    printed_value,
    value_now,
    value_now::varchar <> printed_value as has_changed,
    asks_for_it_now
from compared
order by has_changed desc nulls last, figure asc
