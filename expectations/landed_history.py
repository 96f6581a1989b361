"""What a landed batch must not do out of the blue: change against the last editions."""

from dataclasses import replace

from core.config import Thresholds
from expectations.checks import Asset, Check, Rows

# One row a subject: this edition's value and the smallest and largest of the earlier ones. An
# edition in which an outlet showed nothing counts as 0. The band of a subject that may expect
# fewer than 5 is not judged; 3 more than the largest is never too many.
VOLUME = """
with earlier as (select distinct edition from earlier_disposition),
subject as (
    select source_id from known_source where is_active
    union all select '(all outlets)'
),
found as (
    select edition, unnest([source_id, '(all outlets)']) as source_id
    from earlier_disposition where status in ('loaded', 'unchanged', 'duplicate')
),
now_found as (
    select unnest([source_id, '(all outlets)']) as source_id
    from disposition where status in ('loaded', 'unchanged', 'duplicate')
),
per_edition as (
    select subject.source_id, earlier.edition, count(found.source_id) as articles
    from subject cross join earlier
    left join found on found.source_id = subject.source_id and found.edition = earlier.edition
    group by all
)
select source_id, min(articles) as smallest, median(articles) as usual, max(articles) as largest,
    (select count(*) from now_found where now_found.source_id = per_edition.source_id) as articles
from per_edition group by source_id having median(articles) >= 5
"""

# The measures of the whole edition, one row each.
MEASURE = """
with per_edition as (
    select edition, median(word_count) as median_words,
        count_if(published_precision = 'none') / count(*) as undated_share
    from earlier_article group by edition
),
this as (
    select median(word_count) as median_words,
        count_if(published_precision = 'none') / count(*) as undated_share
    from article
)
select 'median_words' as measure, this.median_words as value,
    (select min(median_words) from per_edition) as smallest,
    (select max(median_words) from per_edition) as largest, 0 as slack
from this
union all
select 'undated_share', this.undated_share,
    (select min(undated_share) from per_edition),
    (select max(undated_share) from per_edition), 0.1
from this
"""

REPEATED = """
select article.source_id, article.article_id,
    exists (from earlier_article e
        where e.article_id = article.article_id and e.version_id = article.version_id) as is_known
from article
"""


def history_checks(limits: Thresholds, editions: int) -> list[Check]:
    """The history kind; each says that it is inactive where too few editions came before."""
    checks = [*_volume(limits), *_measures(limits), *_repeats(limits)]
    if editions >= limits.min_history_editions:
        return checks
    why = f"{editions} of the {limits.min_history_editions} earlier editions that it needs"
    return [replace(check, inactive=why) for check in checks]


def _volume(limits: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("volume", VOLUME), "Look at the outlet's feed and at this edition's dispositions.",
        kind="history",
    )  # fmt: skip
    low, high = limits.history_low_ratio, limits.history_high_ratio
    show = "source_id, articles, smallest, usual, largest"
    unusual = f"(articles < {low} * smallest or articles = 0 or articles > {high} * largest + 3)"
    return [
        rows.none_where(
            "usual_in_all", f"source_id = '(all outlets)' and {unusual}", show,
            "An edition far smaller or larger than the last ones is a broken or doubled one.",
        ),
        rows.warning().none_where(
            "usual_of_each_outlet", f"source_id <> '(all outlets)' and {unusual}", show,
            "An outlet far below or above its last editions has changed, or its feed is broken.",
        ),
    ]  # fmt: skip


def _measures(limits: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("measure", MEASURE), "Read some articles of this edition beside older ones.",
        kind="history", severity="warning",
    )  # fmt: skip
    low, high = limits.history_low_ratio, limits.history_high_ratio
    return [
        rows.none_where(
            "usual",
            f"value < {low} * smallest - slack or value > {high} * largest + slack",
            "measure, value, smallest, largest",
            "A jump in length or in dates is more often the extraction than the news.",
        )
    ]


def _repeats(limits: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("repeated", REPEATED), "Look whether the feed repeats an older one.", kind="history"
    )
    return [
        rows.none(
            "mostly_new",
            "select source_id, count(*) as articles, count_if(is_known) as known from batch "
            f"group by source_id having count(*) >= {limits.min_rows_for_share} "
            "and count_if(is_known) > 0.5 * count(*)",
            "A wording that an earlier edition landed is unchanged, not loaded again.",
        )
    ]
