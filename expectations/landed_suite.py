"""What must be true of a landed batch before it is enriched and loaded."""

from datetime import timedelta

from core.config import Thresholds
from core.landed import FEED_STATUSES, PRECISIONS, STATUSES
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite
from expectations.landed_history import history_checks
from expectations.landed_views import (
    columns_check,
    configuration_tables,
    earlier_editions,
    history_view,
    landed_view,
)

TABLES = ("discovered", "disposition", "source_report", "article", "article_url", "date_candidate")

# A landed wording, with what its outlet says about itself.
ARTICLE = """
select article.* exclude (authors, text), left(text, 60) as text, length(text) as text_length,
    trim(title) <> '' and trim(text) <> '' and word_count > 0 as has_wording,
    version_id = left(sha256(title || chr(0) || text), 16) as is_own_wording,
    known_source.timezone, known_source.is_active
from article left join known_source using (source_id)
"""

DISPOSITION = """
select disposition.*, known_source.is_active,
    count(*) over (partition by source_id, url) as times
from disposition left join known_source using (source_id)
"""

# Every URL under which a landed article is known: listed, canonical, the one that answered.
ADDRESSES = """
create temp view landed_address as
select source_id, article_url.url, article_id
from article_url join article using (article_id)
union
select source_id, url, article_id from article where url is not null
union
select source_id, fetched_url, article_id from article where fetched_url is not null
"""

# What UTF-8 looks like that was read as Latin-1 or Windows-1252, and the replacement character.
GARBLED = r"\x{FFFD}|[\x{C2}-\x{F4}][\x{80}-\x{9F}]|[ÂÃ][\x{A0}-\x{BF}]|â€|ðŸ"

# Measures of the whole edition, one row. A share over fewer rows than `min_rows_for_share` is 0:
# of three articles one is always a third. Texts are compared without their first line: often it
# is the headline, each page's own even where all show the same notice.
EDITION = """
select
    (select count(*) from disposition where status in ('loaded', 'unchanged')) as articles_known,
    (select if(count(*) < {rows}, 0, count_if(published_precision = 'none') / count(*))
        from article) as undated_share,
    (select if(count(*) < {rows}, 0, count_if(status = 'fetch_failed') / count(*))
        from disposition) as fetch_failed_share,
    (select if(count(*) < {rows}, 0, count_if(status = 'quarantined') / count(*))
        from disposition) as quarantined_share,
    (select if(count(*) < {rows}, 0, count_if(copies > 1) / count(*))
        from (
            select count(*) over (
                partition by source_id, regexp_replace(text, '^[^\\n]{{1,200}}\\n', '')
            ) as copies
            from article)
    ) as repeated_text_share,
    (select if(count(*) < {rows}, 0, count_if(regexp_matches(
            text, '</(p|div|span|a|li|td|script|style)\\s*>')) / count(*))
        from article) as markup_share,
    (select if(count(*) < {rows}, 0, count_if(len(regexp_extract_all(
            text, '{garbled}')) > 2) / count(*))
        from article) as garbled_share,
    (select if(count(*) < {rows}, 0, count_if(word_count < {words}) / count(*))
        from article) as short_text_share,
    (select if(count_if(is_silent) < 2 and count_if(not is_silent) > 0, 0,
            count_if(is_silent) / count(*))
        from (
            select source_id not in (select source_id from discovered) as is_silent
            from known_source where is_active)
    ) as silent_source_share
"""

SOURCE = """
select known_source.source_id, source_report.feed_status, source_report.lost_items,
    known_source.language,
    (select count(*) from disposition d where d.source_id = known_source.source_id) as found,
    (select count(*) from article a where a.source_id = known_source.source_id) as articles,
    (select count_if(a.language <> known_source.language)
        from article a where a.source_id = known_source.source_id) as in_another_language,
    (select count(*) from source_report r where r.source_id = known_source.source_id) as reports
from known_source left join source_report using (source_id)
where is_active
"""


def landed_suite(run: Run) -> Suite:
    """The suite of a landed batch, over views of its Parquet files."""
    editions = earlier_editions(run)
    setup = [
        *configuration_tables(run),
        *(landed_view(run.landing, table) for table in TABLES),
        ADDRESSES,
        history_view(editions, "disposition", "source_id, url, status"),
        history_view(
            editions, "article",
            "article_id, version_id, source_id, word_count, published_precision",
        ),
    ]  # fmt: skip
    checks = [
        columns_check(TABLES),
        *_dispositions(),
        *_articles(run),
        *_article_urls(),
        *_dates(),
        *_sources(run.thresholds),
        *_edition(run.thresholds),
        *history_checks(run.thresholds, len(editions)),
    ]
    return Suite("landed", tuple(setup), tuple(checks))


def _dispositions() -> list[Check]:
    rows = Rows(Asset("landed_disposition", DISPOSITION), "Clear and repeat the task 'land'.")
    return [
        rows.not_null(
            ["source_id", "url", "status"], "An end without outlet, URL or status counts nowhere."
        ),
        rows.in_set("status", STATUSES, "Coverage has a column for each known end only."),
        rows.none_where(
            "one_end_each", "times > 1", "source_id, url, status",
            "A URL with two ends is counted twice in coverage.",
        ),
        rows.none_where(
            "source_known", "is_active is not true", "source_id, url",
            "Articles of an outlet that nobody configured have no owner, zone or licence.",
        ),
        rows.between(
            "http_status", 100, 599, "A status that HTTP does not have was not read from an answer."
        ),
        rows.none(
            "conserves_discovered",
            "select coalesce(d.source_id, b.source_id) as source_id, coalesce(d.url, b.url) as url "
            "from (select distinct source_id, url from discovered) d "
            "full join batch b on d.source_id = b.source_id and d.url = b.url "
            "where d.url is null or b.url is null",
            "Discovered URLs and their ends must be the same set, or something was lost unseen.",
        ),
        rows.none(
            "loaded_has_article",
            "select source_id, url from batch where status = 'loaded' and not exists ("
            "from landed_address l where l.source_id = batch.source_id and l.url = batch.url)",
            "A URL that counts as loaded must have its article in the batch.",
        ),
    ]  # fmt: skip


def _articles(run: Run) -> list[Check]:
    rows = Rows(
        Asset("landed_article", ARTICLE), "Clear and repeat the tasks 'extract' and 'land'."
    )
    return [*_wordings(rows), *_publication_dates(rows, run)]


def _wordings(rows: Rows) -> list[Check]:
    return [
        rows.not_null(
            ["article_id", "version_id", "source_id", "title", "text", "word_count",
             "published_precision", "first_seen_at", "fetched_at"],
            "Every fact hangs on these.",
        ),
        rows.unique(["article_id", "version_id"], "A wording landed twice would count twice."),
        rows.none_where(
            "source_known", "is_active is not true", "source_id, article_id",
            "An article of an outlet that nobody configured has no owner, zone or licence.",
        ),
        rows.none_where(
            "article_id_follows_url",
            "article_id <> left(sha256(url), 16)", "article_id, url",
            "The id is derived from the canonical URL, so that a second visit finds it again.",
        ),
        rows.none_where(
            "version_id_follows_wording",
            "not is_own_wording", "article_id, version_id",
            "The id is derived from title and text; another one means that the wording was "
            "altered after it was extracted, and every offset with it.",
        ),
        rows.none_where(
            "has_wording", "not has_wording",
            "source_id, article_id, url, word_count",
            "An article without title or text can carry no evidence.",
        ),
        rows.none_where(
            "seen_before_fetched", "first_seen_at > fetched_at",
            "article_id, first_seen_at, fetched_at", "A page is found before it is fetched.",
        ),
        rows.none_where(
            "language_in_form", "not regexp_full_match(language, '[a-z]{2,3}')",
            "article_id, language",
            "Models are chosen by language code.",
        ),
        rows.none(
            "has_loaded_end",
            "select source_id, article_id, url from batch where not exists ("
            "from landed_address l join disposition d on d.source_id = l.source_id "
            "and d.url = l.url and d.status = 'loaded' where l.article_id = batch.article_id)",
            "An article that no URL ended in came from nowhere; coverage would not count it.",
        ),
        rows.warning().none_where(
            "text_of_usual_length", "text_length > 500000", "source_id, article_id, url",
            "A text of more than half a million characters is more likely a dump than an article.",
        ),
    ]  # fmt: skip


def _publication_dates(rows: Rows, run: Run) -> list[Check]:
    latest = run.cutoff + timedelta(days=1)
    return [
        rows.in_set("published_precision", PRECISIONS, "Days are formed by precision."),
        rows.none_where(
            "published_in_range",
            "published_at < timestamp '1990-01-01' "
            f"or published_at > timestamp '{latest:%Y-%m-%d %H:%M:%S}'",
            "source_id, article_id, url, published_at, published_method",
            "A date of the future or from before the web belongs to no edition's day.",
        ),
        rows.none_where(
            "precision_says_what_is_known",
            "(published_precision = 'none') <> (published_at is null) or "
            "(published_precision in ('second', 'minute', 'day') and published_day is null) or "
            "(published_precision = 'none' and published_day is not null)",
            "article_id, published_at, published_day, published_precision",
            "A day without a date, or a date without its day, is counted on the wrong day.",
        ),
        rows.none_where(
            "published_day_is_the_outlets",
            "published_day <> case published_precision "
            "when 'day' then published_at::date "
            "else timezone(timezone, timezone('UTC', published_at))::date end "
            "and published_precision in ('second', 'minute', 'day')",
            "source_id, article_id, published_at, published_day, published_precision, timezone",
            "A day is the calendar day where the outlet is; a date-only value is never shifted.",
        ),
    ]  # fmt: skip


def _article_urls() -> list[Check]:
    rows = Rows(
        Asset("landed_article_url", "select * from article_url"),
        "Clear and repeat the task 'land'.",
    )
    return [
        rows.not_null(["url", "article_id", "is_canonical"], "A URL must lead to an article."),
        rows.unique(["url", "article_id"], "A URL is known once for an article."),
        rows.none(
            "article_landed",
            "select url, article_id from batch anti join article using (article_id)",
            "A URL of an article that is not there leads nowhere.",
        ),
    ]


def _dates() -> list[Check]:
    rows = Rows(
        Asset("landed_date_candidate", "select * from date_candidate"),
        "Clear and repeat the task 'extract'.",
    )
    return [
        rows.not_null(
            ["article_id", "version_id", "method", "value"], "A candidate is a date and its method."
        ),
        rows.in_set("precision", PRECISIONS, "Candidates are compared by precision."),
        rows.none(
            "chosen_is_the_articles",
            "select article_id, version_id, any_value(value) as value, count(*) as chosen "
            "from batch left join article using (article_id, version_id) where is_chosen "
            "group by all having count(*) > 1 or any_value(published_at is distinct from value)",
            "The one chosen candidate is the article's date, so that a person can see why.",
        ),
    ]


def _sources(thresholds: Thresholds) -> list[Check]:
    rows = Rows(
        Asset("source", SOURCE), "Look at the outlet's site and at its entry in sources.yml.",
        kind="coverage",
    )  # fmt: skip
    language_limit = thresholds.max_foreign_language_share
    return [
        rows.none_where(
            "reports_once", "reports <> 1", "source_id, reports",
            "Every active outlet says in each edition how its entry points answered.",
        ),
        rows.in_set("feed_status", FEED_STATUSES, "Coverage names these answers only."),
        rows.warning().none_where(
            "not_silent", "found = 0", "source_id, feed_status",
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
            "writes_its_language",
            f"articles >= {thresholds.min_rows_for_share} "
            f"and in_another_language > {language_limit} * articles",
            "source_id, language, articles, in_another_language",
            "An outlet that changed its language is analysed by the wrong models.",
        ),
    ]  # fmt: skip


def _edition(limits: Thresholds) -> list[Check]:
    asset = Asset(
        "edition",
        EDITION.format(
            rows=limits.min_rows_for_share, words=limits.min_median_words, garbled=GARBLED
        ),
    )
    coverage = Rows(
        asset, "Look at the network and at the outlets; repeat 'collect' while it is open.",
        kind="coverage",
    )  # fmt: skip
    truth = Rows(asset, "Look at some pages of the batch and mend the extraction before loading.")
    return [
        coverage.at_least(
            "articles_known", limits.min_articles, "An edition without articles says nothing."
        ),
        coverage.at_most(
            "silent_source_share", limits.max_silent_source_share,
            "With so many silent outlets every count of the day is too low.",
        ),
        coverage.at_most(
            "fetch_failed_share", limits.max_fetch_failed_share,
            "With so many failed fetches the day's counts are a matter of luck.",
        ),
        truth.at_most(
            "quarantined_share", limits.max_quarantined_share,
            "So many refused rows are a fault of the batch, not of single articles.",
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
