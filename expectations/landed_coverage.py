"""What a landed batch says of the day's coverage: each outlet's answer, and the whole edition."""

from core.config import Thresholds
from core.landed import FEED_STATUSES
from expectations.checks import Asset, Check, Rows

# URLs that entry points showed: neither known pages looked at again nor left by an earlier look.
LISTED = """
create temp view listed as
select source_id, url from discovered where coalesce(via, '') not in ('recheck', 'deferred')
"""

# Measures of the whole edition, one row. A share over fewer rows than `min_rows_for_share` is 0:
# of three articles one is always a third. What a person released from quarantine is in no `page`.
EDITION = """
select
    (select count(*) from disposition where status in ('loaded', 'unchanged')) as articles_known,
    (select if(count(*) < {rows}, 0, count_if(published_precision = 'none') / count(*))
        from article) as undated_share,
    (select if(count(*) < {rows}, 0, count_if(status = 'fetch_failed') / count(*))
        from disposition) as fetch_failed_share,
    (select if(count(*) < {rows}, 0, 1 - count(distinct body) / count(*))
        from page) as repeated_text_share,
    (select if(count(*) < {rows}, 0, count_if(has_markup) / count(*)) from page) as markup_share,
    (select if(count(*) < {rows}, 0, count_if(is_garbled) / count(*)) from page) as garbled_share,
    (select if(count(*) < {rows}, 0, count_if(is_no_prose) / count(*)) from page) as no_prose_share,
    (select if(count(*) < {rows}, 0, count_if(status in (
            'extract_failed', 'too_large', 'not_an_article')) / count(*))
        from disposition semi join listed using (source_id, url)
        where status not in ('fetch_failed', 'deferred', 'robots_disallowed')) as unread_share,
    (select if(count(*) < {rows}, 0, count_if(word_count < {words}) / count(*))
        from article) as short_text_share,
    (select if(count_if(is_silent) < 2 and count_if(not is_silent) > 0, 0,
            count_if(is_silent) / count(*))
        from (
            select source_id not in (select source_id from listed) as is_silent
            from known_source where is_active)
    ) as silent_source_share
"""

SOURCE = """
select known_source.source_id, source_report.feed_status, source_report.lost_items,
    source_report.looks, source_report.failed_looks, source_report.tls_verified,
    known_source.language,
    (select count(*) from listed l where l.source_id = known_source.source_id) as listed,
    (select count(*) from disposition d where d.source_id = known_source.source_id) as found,
    (select count_if(status = 'deferred')
        from disposition d where d.source_id = known_source.source_id) as deferred,
    (select count(*) from article a where a.source_id = known_source.source_id) as articles,
    (select count_if(a.language <> known_source.language)
        from article a where a.source_id = known_source.source_id) as in_another_language,
    (select count(distinct url)
        from discovered d where d.source_id = known_source.source_id and via = 'recheck')
        as looked_at_again,
    (select count(distinct article_id)
        from removal r where r.source_id = known_source.source_id and is_removed) as gone,
    (select count(*) from source_report r where r.source_id = known_source.source_id) as reports
from known_source left join source_report using (source_id)
where is_active
"""


def coverage_checks(limits: Thresholds) -> list[Check]:
    """The checks of each outlet's report and of the edition's measures."""
    return [*_sources(limits), *_edition(limits)]


def _sources(thresholds: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("source", SOURCE), "Look at the outlet's site and at its entry in sources.yml.",
        kind="coverage",
    )  # fmt: skip
    return [
        *_answers(rows), *_articles_of_each(rows, thresholds),
        rows.none_where(
            "answer_agrees", "feed_status = 'ok' and failed_looks >= looks",
            "source_id, feed_status, looks, failed_looks",
            "A closing look that went well is one that did not fail.",
        ),
    ]  # fmt: skip


def _answers(rows: Rows) -> list[Check]:
    """How the outlet's entry points answered."""
    return [
        rows.none_where(
            "reports_once", "reports <> 1", "source_id, reports",
            "Every active outlet says in each edition how its entry points answered.",
        ),
        rows.in_set("feed_status", FEED_STATUSES, "Coverage names these answers only."),
        rows.none_where(
            "looks_counted", "looks < 1 or failed_looks not between 0 and looks",
            "source_id, looks, failed_looks",
            "Whether a day was collected is read from these numbers.",
        ),
        rows.warning().none_where(
            "not_silent", "listed = 0", "source_id, feed_status, looks, failed_looks",
            "An outlet that shows nothing is missing from every count of this edition.",
        ),
        rows.warning().none_where(
            "feed_answers", "feed_status <> 'ok'", "source_id, feed_status",
            "An entry point that does not answer hides articles.",
        ),
        rows.warning().none_where(
            "lost_no_items", "lost_items", "source_id",
            "A feed without overlap to the last visit dropped items in between; visit it oftener.",
        ),
        rows.warning().none_where(
            "tls_verified", "not tls_verified", "source_id",
            "Where a certificate is not checked, anyone on the way can write the outlet's news.",
        ),
    ]  # fmt: skip


def _articles_of_each(rows: Rows, thresholds: Thresholds) -> list[Check]:
    """What became of the outlet's pages, as shares of them."""
    language_limit = thresholds.max_foreign_language_share
    return [
        rows.warning().none_where(
            "mostly_fetched",
            f"found >= {thresholds.min_rows_for_share} "
            f"and deferred > {thresholds.max_deferred_share} * found",
            "source_id, found, deferred",
            "An outlet that keeps being deferred is read late or never; it asks for longer pauses "
            "than its looks allow.",
        ),
        rows.warning().none_where(
            "writes_its_language",
            f"articles >= {thresholds.min_rows_for_share} "
            f"and in_another_language > {language_limit} * articles",
            "source_id, language, articles, in_another_language",
            "An outlet that changed its language is analysed by the wrong models.",
        ),
        rows.warning().none_where(
            "known_pages_stay",
            f"looked_at_again >= {thresholds.min_rows_for_share} "
            f"and gone > {thresholds.max_gone_share} * looked_at_again",
            "source_id, looked_at_again, gone",
            "An outlet does not take down most of what it printed; it has moved, or answers 404 "
            "while it is out of order.",
        ),
    ]  # fmt: skip


def _edition(limits: Thresholds) -> list[Check]:
    asset = Asset(
        "edition",
        EDITION.format(rows=limits.min_rows_for_share, words=limits.min_median_words),
    )
    return [*_reached(asset, limits), *_read_right(asset, limits)]


def _reached(asset: Asset, limits: Thresholds) -> list[Check]:
    """Whether enough of the outlets and of their pages answered."""
    coverage = Rows(
        asset, "Look at the network and at the outlets; repeat 'collect' while it is open.",
        kind="coverage",
    )  # fmt: skip
    return [
        coverage.at_least(
            "articles_known", limits.min_articles,
            "An edition of so few articles says nothing; what a person releases from quarantine "
            "counts again.",
        ),
        coverage.at_most(
            "silent_source_share", limits.max_silent_source_share,
            "With so many silent outlets every count of the day is too low.",
        ),
        coverage.at_most(
            "fetch_failed_share", limits.max_fetch_failed_share,
            "With so many failed fetches the day's counts are a matter of luck.",
        ),
    ]  # fmt: skip


def _read_right(asset: Asset, limits: Thresholds) -> list[Check]:
    """Whether what answered was read as articles, with their text and their day."""
    truth = Rows(asset, "Look at some pages of the batch and mend the extraction before loading.")
    return [
        truth.at_most(
            "unread_share", limits.max_unread_share,
            "Where most answers give no article, the sites or the extraction have changed.",
        ),
        truth.at_most(
            "no_prose_share", limits.max_no_prose_share,
            "What is hardly made of its language's commonest words is a list, code or noise.",
        ),
        truth.at_most(
            "undated_share", limits.max_undated_share,
            "Undated articles enter no daily table.",
        ),
        truth.at_most(
            "repeated_text_share", limits.max_repeated_text_share,
            "One body on many pages of an outlet is a cookie wall or an error page.",
        ),
        truth.at_most(
            "markup_share", limits.max_markup_share, "HTML in texts is not what readers saw."
        ),
        truth.at_most(
            "garbled_share", limits.max_garbled_share,
            "Texts decoded in the wrong charset match no name and no phrase.",
        ),
        truth.at_most(
            "short_text_share", 0.5,
            f"Where most texts have under {limits.min_median_words} words, bodies are truncated.",
        ),
    ]  # fmt: skip
