"""What a landed batch must not do out of the blue: change against the last editions."""

from collections.abc import Iterable
from dataclasses import replace

from core.config import Thresholds
from expectations.checks import Asset, Check, Rows

# What may be true of a wording without being wrong, but is usual for an outlet in a share of them.
# A text is unfinished that does not end in a final mark, as cut ones do; an ending that more than
# two texts of an outlet's edition share is the page's, not the article's.
HABITS = {
    "undated": "published_precision = 'none'",
    "truncated": "coalesce(is_truncated, false)",
    "unfinished": r"not regexp_matches(right(text, 9), '[.!?…。؟।][\p{P}\p{S}\s]*$')",
    "with lost characters": r"contains(text, chr(65533))",
    "with a number": r"regexp_matches(text, '\d')",
    "in plain letters": r"not regexp_matches(text, '[^\x00-\x7F]')",
    "ending like others": "count(*) over (partition by source_id, right(text, 60)) > 2",
    "signed": "len(authors) > 0",
    "in English": "language = 'en'",
    "over a day old": "coalesce(published_at < fetched_at - interval 36 hour, false)",
    "news": "genre = 'news'",
    "its own": "origin = 'own'",
    "closed to AI": "robots_ai in ('disallowed', 'noai')",
    "reserved": "coalesce(tdm_reserved, false)",
}
FLAGS = ", ".join(f'coalesce({sql}, false) as "{name}"' for name, sql in HABITS.items())

# One row a subject: this edition's articles beside those of earlier editions of days like it
# (weekends print less), or of all of them where fewer than five are alike. An edition in which an
# outlet showed nothing counts as 0. `far` is how many standard deviations of a count by chance
# this one lies from the usual.
VOLUME = """
with this as (select date '{edition}' - 1 as day),
earlier as (
    select edition, (isodow(edition - 1) > 5) = (select isodow(day) > 5 from this) as is_alike
    from (select distinct edition from earlier_disposition)
),
chosen as (
    select edition from earlier
    where is_alike or (select count_if(is_alike) from earlier) < 5
),
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
    select subject.source_id, chosen.edition, count(found.source_id) as articles
    from subject cross join chosen
    left join found on found.source_id = subject.source_id and found.edition = chosen.edition
    group by all
),
compared as (
    select source_id, min(articles) as smallest, median(articles) as usual,
        max(articles) as largest, (
            select count(*) from now_found where now_found.source_id = per_edition.source_id
        ) as articles
    from per_edition group by source_id
)
select *, 2 * (sqrt(articles + 0.375) - sqrt(usual + 0.375)) as far, usual >= 5 as is_judged
from compared
"""

# The share of an outlet's articles that have a habit, beside the share of its earlier ones; for
# all outlets beside what their own habits let expect, so that a strike changes nothing.
HABIT = """
with flag as (
    unpivot (select edition, source_id, columns({names}) from earlier_article)
    on columns({names}) into name habit value is_set
),
usual as (
    select habit, source_id, avg(is_set::integer) as usual, count(*) as earlier
    from flag group by all
),
now_flag as (
    unpivot (select source_id, {flags} from article)
    on columns({names}) into name habit value is_set
),
compared as (
    select habit, unnest([source_id, '(all outlets)']) as subject, is_set::integer as is_set, usual
    from now_flag join usual using (habit, source_id) where earlier >= 5
)
select habit, subject as source_id, count(*) as articles, avg(is_set) as share,
    avg(usual) as usual, abs(avg(is_set) - avg(usual))
        / sqrt((avg(usual) * (1 - avg(usual)) + 0.02) / count(*)) as far,
    count(*) >= 5 as is_judged
from compared group by all
"""

# The measures of the whole edition, one row each.
MEASURE = """
with per_edition as (
    select edition, median(word_count) as median_words from earlier_article group by edition
)
select 'median_words' as measure, (select median(word_count) from article) as value,
    min(median_words) as smallest, max(median_words) as largest
from per_edition
"""

REPEATED = """
select distinct article.source_id, article.article_id,
    exists (from earlier_article e where e.article_id = article.article_id) as is_known
from article
"""


def history_checks(limits: Thresholds, editions: int, edition: str) -> list[Check]:
    """The history kind; each says that it is inactive where too few editions came before."""
    checks = [*_volume(limits, edition), *_habits(limits), *_measures(limits), *_repeats(limits)]
    return inactive_below(limits, editions, checks)


def inactive_below(limits: Thresholds, editions: int, checks: Iterable[Check]) -> list[Check]:
    """The checks, each inactive, and saying so, where too few editions came before."""
    if editions >= limits.min_history_editions:
        return list(checks)
    why = f"{editions} of the {limits.min_history_editions} earlier editions that it needs"
    return [replace(check, inactive=why) for check in checks]


def _volume(limits: Thresholds, edition: str) -> list[Check]:
    rows = Rows(
        Asset("volume", VOLUME.format(edition=edition)),
        "Look at the outlet's feed and at this edition's dispositions.",
        kind="history",
    )
    low, high = limits.history_low_ratio, limits.history_high_ratio
    far = limits.min_deviations_of_volume
    show = "source_id, articles, smallest, usual, largest"
    unusual = (
        f"is_judged and ((articles < {low} * usual and far < -{far}) "
        f"or (articles > {high} * largest and far > {far}))"
    )
    not_judged = "select source_id from batch where not is_judged"
    return [
        rows.none_where(
            "usual_in_all", f"source_id = '(all outlets)' and {unusual}", show,
            "An edition far smaller or larger than the last ones is a broken or doubled one.",
        ),
        rows.warning().none_where(
            "usual_of_each_outlet", f"source_id <> '(all outlets)' and {unusual}", show,
            "An outlet far below or above its last editions has changed, or its feed is broken.",
        ).leaving_out(not_judged),
    ]  # fmt: skip


def _habits(limits: Thresholds) -> list[Check]:
    names = "[" + ", ".join(f"'{one}'" for one in HABITS) + "]"
    asset = Asset("habit", HABIT.format(names=names, flags=FLAGS))
    rows = Rows(asset, "Read some articles of this edition beside older ones.", kind="history")
    show = "habit, source_id, articles, share, usual"
    unusual = f"is_judged and abs(share - usual) > {limits.max_change_of_share} and far > 4"
    not_judged = "select distinct source_id from batch where not is_judged"
    return [
        rows.none_where(
            "usual_in_all", f"source_id = '(all outlets)' and {unusual}", show,
            "When most outlets change their ways in one night, it is the reading that changed.",
        ),
        rows.warning().none_where(
            "usual_of_each_outlet", f"source_id <> '(all outlets)' and {unusual}", show,
            "An outlet that changed its ways may need another rule of extraction.",
        ).leaving_out(not_judged),
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
            f"value < {low} * smallest or value > {high} * largest",
            "measure, value, smallest, largest",
            "A jump in length is more often the extraction than the news.",
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
            "What an earlier edition landed is unchanged or corrected; most of an outlet's "
            "articles are new.",
        )
    ]
