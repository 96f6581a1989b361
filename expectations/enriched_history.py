"""What reading must not find out of the blue: change against the last editions' enrichment.

How much is found in an article, and of which kinds, is the average of many articles: it hardly
moves from edition to edition, while a model, a list or a shard that fails moves it at once.
"""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from core.plan import Run
from expectations.checks import Asset, Check, Rows
from expectations.landed_history import inactive_below
from expectations.landed_views import history_view

# Landed table → what of it is counted, over this edition and the last ones.
_COUNTED = {
    "analysis": "article_id, version_id, analysis_level",
    "sentence": "section",
    "mention": "article_id, entity_id, entity_type, confidence, link_confidence",
    "article_theme": "article_id, theme_id, score, evidence_count",
}

# A row for each measure: its value now, its mean over earlier editions, and how far those are from
# it on the average, more so where fewer articles than usual were read. Shares and confidences move
# by `slack`, amounts by a part of what is usual.
YIELD = """
with read as (
    select edition, count(*) as articles,
        avg((analysis_level = 'full')::integer) as "share read by a model"
    from every_analysis group by all
),
split as (select edition, count(*) as sentences from every_sentence group by all),
named as (
    select edition, count(*) as mentions,
        count_if(not starts_with(entity_id, 'local:')) as known,
        avg(confidence) as "mean confidence", avg(link_confidence) as "mean link confidence",
        avg((entity_type = 'PERSON')::integer) as "share of persons",
        avg((entity_type = 'ORG')::integer) as "share of organisations",
        avg((entity_type = 'PLACE')::integer) as "share of places"
    from every_mention group by all
),
told as (
    select edition, count(*) as themes, sum(evidence_count) as evidence,
        avg(score) as "mean score"
    from every_article_theme group by all
),
per_edition as (
    select read.edition, articles, "share read by a model", "mean confidence",
        "mean link confidence", "share of persons", "share of organisations", "share of places",
        coalesce("mean score", 0) as "mean score",
        coalesce(sentences, 0) / articles as "sentences an article",
        coalesce(mentions, 0) / articles as "mentions an article",
        coalesce(known, 0) / articles as "mentions of known entities an article",
        coalesce(themes, 0) / articles as "themes an article",
        coalesce(evidence, 0) / articles as "evidence sentences an article"
    from read left join split using (edition) left join named using (edition)
    left join told using (edition)
    where articles >= 5
),
measured as (
    unpivot per_edition on columns(* exclude (edition, articles)) into name measure value value
),
compared as (
    select measure, any_value(articles) filter (is_now) as articles,
        any_value(value) filter (is_now) as value, avg(value) filter (not is_now) as usual,
        stddev_pop(value) filter (not is_now)
            * sqrt(greatest(1, avg(articles) filter (not is_now)
                / any_value(articles) filter (is_now))) as spread
    from (select *, edition = date '{edition}' as is_now from measured) group by all
)
select *, abs(value - usual) as far,
    if(starts_with(measure, 'share') or ends_with(measure, 'confidence'), 0.05, {change} * usual)
        as slack
from compared where value is not null
"""

# Themes and known entities that many articles of this edition should carry, by their share of the
# last editions' articles.
CARRIED = """
with read as (select edition, count(*) as articles from every_analysis group by all),
carrying as (
    select distinct edition, article_id, 'theme ' || theme_id as subject from every_article_theme
    union all
    select distinct edition, article_id, entity_id from every_mention
    where not starts_with(entity_id, 'local:')
),
counted as (
    select subject, count(*) filter (edition = date '{edition}') as articles,
        count(*) filter (edition < date '{edition}') as earlier
    from carrying group by all
)
select subject, counted.articles, earlier * now_read / earlier_read as expected
from counted cross join (
    select sum(articles) filter (edition = date '{edition}') as now_read,
        sum(articles) filter (edition < date '{edition}') as earlier_read
    from read
)
"""


def history_setup(run: Run, editions: Sequence[tuple[date, Path]]) -> list[str]:
    """Statements that make `every_<table>` of this edition's views and the earlier editions."""
    views = [history_view(list(editions), table, columns) for table, columns in _COUNTED.items()]
    every = [
        f"create temp view every_{table} as select date '{run.edition}' as edition, {columns} "
        f"from {table} union all from earlier_{table}"
        for table, columns in _COUNTED.items()
    ]
    return [*views, *every]


def history_checks(run: Run, editions: int) -> list[Check]:
    """The history kind; each says that it is inactive where too few editions came before."""
    limits = run.thresholds
    compared = YIELD.format(edition=run.edition, change=limits.max_change_of_yield)
    found = Rows(
        Asset("enriched_yield", compared),
        "Compare this edition's facts with older ones; a model, a list or a shard has failed. "
        "If it was changed on purpose, override this once.",
        kind="history",
    )
    carried = Rows(
        Asset("enriched_carried", CARRIED.format(edition=run.edition)),
        "Search the texts for it; a rule or a name may have gone from the configuration.",
        kind="history",
        severity="warning",
    )
    checks = [
        found.none_where(
            "usual",
            f"articles >= 5 and far > slack and far > {limits.min_deviations_of_yield} * spread",
            "measure, value, usual, spread, articles",
            "How much articles say hardly changes overnight; how much of it is found can.",
        ),
        carried.none_where(
            "still_found",
            f"expected >= {limits.min_expected_of_subject} and articles = 0",
            "subject, articles, expected",
            "What many articles speak of every day is not gone from all of them at once.",
        ),
    ]  # fmt: skip
    return inactive_below(limits, editions, checks)
