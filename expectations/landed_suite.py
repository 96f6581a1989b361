"""What must be true of a landed batch before it is enriched and loaded."""

from datetime import datetime, timedelta

from core.landed import GENRES, ORIGINS, PRECISIONS, STATUSES
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite
from expectations.configuration import outlet_tables
from expectations.landed_coverage import LISTED, coverage_checks
from expectations.landed_history import FLAGS, history_checks
from expectations.landed_outlets import function_words, outlet_checks, page_tables
from expectations.landed_views import (
    columns_check,
    earlier_editions,
    history_view,
    landed_view,
    released_table,
)
from expectations.row_checks import TEXT_MEASURES, UNRELEASED, quarantine_checks, text_checks

TABLES = (
    "discovered", "disposition", "source_report", "removal", "article", "article_url",
    "date_candidate", "quarantine",
)  # fmt: skip
ROBOTS_AI = ("disallowed", "noai", "not_stated")

# A landed wording, with what its outlet says about itself.
ARTICLE = rf"""
select article.* exclude (authors, text), left(text, 60) as text, length(text) as text_length,
    {TEXT_MEASURES},
    trim(title) <> '' and trim(text) <> '' and word_count > 0 as has_wording,
    version_id = left(sha256(title || chr(0) || text), 16) as is_own_wording,
    len(regexp_split_to_array(trim(text), '[\s\p{{Z}}]+')) as counted_words,
    regexp_matches(text, '[\p{{Han}}\p{{Hiragana}}\p{{Katakana}}\p{{Thai}}]') as is_unspaced,
    known_source.timezone, known_source.is_active, known_source.kind
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


def landed_suite(run: Run) -> Suite:
    """The suite of a landed batch, over views of its Parquet files."""
    editions = earlier_editions(run)
    setup = [
        *outlet_tables(run),
        *(landed_view(run.landing, table) for table in TABLES),
        released_table(run),
        UNRELEASED,
        function_words(),
        ADDRESSES,
        LISTED,
        history_view(editions, "disposition", "source_id, url, status"),
        history_view(
            editions, "article",
            f"article_id, version_id, source_id, language, word_count, {FLAGS}",
        ),
    ]  # fmt: skip
    articles = _articles(run)
    checks = [
        columns_check(run.landing, TABLES),
        *_dispositions(),
        *articles,
        *quarantine_checks(articles, run.thresholds),
        *_article_urls(),
        *_removals(),
        *_dates(),
        *_discovered(run),
        *outlet_checks(run.thresholds),
        *coverage_checks(run.thresholds),
        *history_checks(run.thresholds, len(editions), run.edition.isoformat()),
    ]
    return Suite("landed", tuple(setup), tuple(checks), page_tables())


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
        rows.none_where(
            "loaded_was_answered",
            "status = 'loaded' and http_status not between 200 and 299 and http_status <> 304",
            "source_id, url, http_status",
            "An article comes from an answer that carried one, not from an error page.",
        ),
    ]  # fmt: skip


def _articles(run: Run) -> list[Check]:
    rows = Rows(
        Asset("landed_article", ARTICLE), "Clear and repeat the tasks 'extract' and 'land'.",
        one_by_one=True,
    )  # fmt: skip
    return [
        *_wordings(rows, run),
        *text_checks(rows),
        *_kinds(rows),
        *_publication_dates(rows, run),
    ]


def _looked(run: Run) -> tuple[datetime, datetime]:
    """When an edition's looks can have been: polls that no edition took wait for five weeks."""
    return run.cutoff - timedelta(days=36), run.cutoff + timedelta(days=1)


def _wordings(rows: Rows, run: Run) -> list[Check]:
    first, last = _looked(run)
    return [
        rows.not_null(["article_id", "version_id"], "Every fact hangs on these."),
        rows.none_where(
            "row_complete",
            "source_id is null or title is null or text is null or word_count is null "
            "or published_precision is null or first_seen_at is null or fetched_at is null",
            "source_id, url, title, word_count, published_precision, first_seen_at, fetched_at",
            "Without one of these a wording has no outlet, no words or no day.",
        ),
        rows.unique(["article_id", "version_id"], "A wording landed twice would count twice."),
        rows.none_where(
            "source_known", "is_active is not true", "source_id, article_id",
            "An article of an outlet that nobody configured has no owner, zone or licence.",
        ),
        rows.none_where(
            "article_id_follows_url",
            "article_id <> left(sha256(if(starts_with(url, 'record:'), "
            "source_id || substr(url, 8), url)), 16)",
            "article_id, url",
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
            "fetched_for_this_edition",
            f"kind = 'web' and fetched_at not between timestamp '{first}' and timestamp '{last}'",
            "source_id, article_id, fetched_at",
            "A page fetched long before or after the edition's looks belongs to another one.",
        ),
        rows.none_where(
            "words_counted",
            "not is_unspaced and abs(word_count - counted_words) > 5 + 0.1 * counted_words",
            "source_id, article_id, word_count, counted_words",
            "The length of a text is counted from it; another number is another text's.",
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


def _kinds(rows: Rows) -> list[Check]:
    why = "Analysts filter by these values; another one would be in no list."
    return [
        rows.in_set("genre", GENRES, why),
        rows.in_set("origin", ORIGINS, why),
        rows.in_set("robots_ai", ROBOTS_AI, why),
        rows.none_where(
            "kind_has_method",
            "(genre is not null and genre_method is null) "
            "or (origin is not null and origin_method is null)",
            "source_id, article_id, genre, genre_method, origin, origin_method",
            "Whoever doubts a kind must see what told it.",
        ),
    ]


def _publication_dates(rows: Rows, run: Run) -> list[Check]:
    latest = run.cutoff + timedelta(days=1)
    oldest = max(map(run.sources.max_age_of, run.sources.sources))
    window = oldest + 1  # a day in the outlet's zone may begin earlier
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
            "published_in_window",
            "published_precision in ('second', 'minute', 'day') "
            f"and published_day < date '{run.edition - timedelta(days=window)}'",
            "source_id, article_id, url, published_day",
            "What is older than max_age_days is no news of this edition; it ends out of window.",
        ),
        rows.none_where(
            "whole_day_has_no_time",
            "published_precision = 'day' and published_at <> published_at::date",
            "source_id, article_id, published_at, published_precision",
            "A date known to the day says no hour; one that does was shifted.",
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
        rows.none(
            "canonical_is_the_articles",
            "select article.article_id, article.url from article where url is not null and "
            "not exists (from batch b where b.article_id = article.article_id "
            "and b.url = article.url and b.is_canonical) "
            "union all select b.article_id, b.url "
            "from batch b semi join article using (article_id) "
            "where is_canonical and (article_id, b.url) not in "
            "(select (article_id, url) from article where url is not null)",
            "An article has one canonical URL, the one that its id is made of.",
        ),
    ]


def _removals() -> list[Check]:
    rows = Rows(
        Asset(
            "landed_removal",
            "select removal.*, known_source.is_active "
            "from removal left join known_source using (source_id)",
        ),
        "Clear and repeat the task 'land'.",
    )
    show = "source_id, article_id, url, http_status, is_removed"
    return [
        rows.not_null(
            ["article_id", "source_id", "seen_at", "is_removed"],
            "A removal is of an article, at a moment.",
        ),
        rows.none_where(
            "source_known", "is_active is not true", show,
            "A removal by an outlet that nobody configured is nobody's.",
        ),
        rows.none_where(
            "gone_is_gone", "is_removed <> coalesce(http_status in (404, 410), false)", show,
            "Only 404 and 410 say that a page is gone; another answer accuses the outlet falsely.",
        ),
    ]  # fmt: skip


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
            "select article_id, version_id, published_at, any_value(value) as value, "
            "count(value) as chosen from article "
            "left join (from batch where is_chosen) as c using (article_id, version_id) "
            "group by all having count(value) <> if(published_at is null, 0, 1) "
            "or any_value(value is distinct from published_at "
            "or precision is distinct from published_precision "
            "or method is distinct from published_method) filter (published_at is not null)",
            "The one chosen candidate is the article's date, so that a person can see why.",
        ),
    ]


def _discovered(run: Run) -> list[Check]:
    rows = Rows(
        Asset("landed_discovered", "select * from discovered"), "Clear and repeat 'collect'."
    )
    first, last = _looked(run)
    return [
        rows.not_null(
            ["source_id", "url", "discovered_at"], "What was found where and when tells coverage."
        ),
        rows.none_where(
            "in_an_edition_look",
            f"discovered_at not between timestamp '{first}' and timestamp '{last}'",
            "source_id, url, discovered_at",
            "A URL found long before or after the edition's looks belongs to another one.",
        ),
    ]
