"""What must be true of coverage: each URL's end, and each outlet's report of an edition."""

from core.landed import STATUSES
from core.plan import Run
from expectations.checks import Asset, Check, Rows
from expectations.marts_landed import differ, not_same

_ENDS = "source_id, url, status, reason, http_status"
_REPORTED = ("feed_status", "lost_items", "looks", "failed_looks", "tls_verified")

# Every outlet's row beside what its URLs, its report and its articles say. An outlet that listed
# something before and lists nothing now, although it was asked, is silent.
SOURCE_EDITION = """
with ends as (
    select edition, source_id, count(*) as found, {counts}
    from quality.fct_disposition group by all
),
sights as (
    select first_seen_edition as edition, source_id,
        median(date_diff('minute', published_at, first_seen_at))
            filter (published_precision in ('second', 'minute')) as median_delay_minutes
    from marts.dim_article group by all
),
methods as (
    select edition, source_id, map_from_entries(list((method, share) order by method)) as shares
    from (
        select first_seen_edition as edition, source_id,
            if(published_at is null, 'none', coalesce(published_method, 'none')) as method,
            count(*) / sum(count(*)) over (partition by first_seen_edition, source_id) as share
        from marts.dim_article group by first_seen_edition, source_id, method
    ) group by edition, source_id
)
select edition, source_id, marts.edition as marts_edition, marts.listed, marts.found,
    marts.feed_status, marts.is_silent, marts.is_collected, marts.looks, marts.failed_looks,
    list_filter([{differences},
        if(marts.found is distinct from coalesce(ends.found, 0), 'found', null)
    ], lambda name: name is not null) as miscounted,
    marts.median_delay_minutes is distinct from sights.median_delay_minutes as is_delay_wrong,
    marts.date_method_shares::varchar is distinct from methods.shares::varchar as is_method_wrong,
    marts.listed = 0 and marts.looks > 0 and coalesce(max(marts.listed) over (
        partition by source_id order by edition rows between unbounded preceding and 1 preceding
    ) > 0, false) as has_fallen_silent
from (select *, edition as day from quality.fct_source_edition) as marts
full join ends using (edition, source_id)
left join sights using (edition, source_id)
left join methods using (edition, source_id)
"""

# What this edition's outlets said, and how many of their URLs an entry point showed.
REPORT = """
select source_id, {differences} as differences
from (from quality.fct_source_edition where edition = date '{edition}') as marts
full join (
    select source_report.*, coalesce(listed, 0) as listed
    from source_report left join (
        select source_id, count(distinct url) as listed from discovered
        where coalesce(via, '') not in ('recheck', 'deferred') group by all
    ) using (source_id)
) as landed using (source_id)
where landed.source_id is not null or marts.feed_status <> 'not_collected'
"""


def quality_checks(run: Run, remedy: str) -> list[Check]:
    """Every check of coverage; `remedy` is what to do when one fails."""
    return [*_ends(run, remedy), *_editions(run, remedy)]


def _ends(run: Run, remedy: str) -> list[Check]:
    ends = Rows(Asset("fct_disposition", "select * from quality.fct_disposition"), remedy)
    this = f"date '{run.edition}'"
    landed = Rows(
        Asset(
            "landed_ends",
            not_same(
                "fct_disposition",
                f"select {_ENDS} from quality.fct_disposition where edition = {this}",
                f"select {_ENDS} from disposition", "source_id, url",
            ),
        ),
        remedy,
    )  # fmt: skip
    return [
        ends.unique(["edition", "source_id", "url"], "A URL has one end in an edition."),
        ends.not_null(["edition", "source_id", "url", "status"], "An end is a URL's, somewhere."),
        ends.in_set("status", STATUSES, "Coverage has a column for each known end only."),
        landed.none_where(
            "as_published", "true", "source_id, url, what",
            "What happened to a URL in this edition is what the batch says.",
        ),
    ]  # fmt: skip


def _editions(run: Run, remedy: str) -> list[Check]:
    counts = ", ".join(f"count_if(status = '{one}') as {one}" for one in STATUSES)
    differences = ", ".join(
        f"if(marts.{one} is distinct from coalesce(ends.{one}, 0), '{one}', null)"
        for one in STATUSES
    )
    query = SOURCE_EDITION.format(counts=counts, differences=differences)
    editions = Rows(Asset("fct_source_edition", query), remedy)
    report = Rows(
        Asset(
            "landed_report",
            REPORT.format(
                differences=differ((*_REPORTED, "listed"), "marts", "landed"), edition=run.edition
            ),
        ),
        remedy,
    )
    show = "edition, source_id, feed_status"
    return [
        editions.unique(["edition", "source_id"], "An outlet reports once in an edition."),
        editions.none_where(
            "conserves", "marts_edition is null or len(miscounted) > 0 or listed > found",
            f"{show}, listed, found, miscounted",
            "Discovered URLs are the sum of their ends, per outlet, always.",
        ),
        editions.none_where(
            "silent_after_listing",
            "is_silent is distinct from has_fallen_silent "
            "or is_collected is distinct from (looks > failed_looks or listed > 0)",
            f"{show}, listed, is_silent, looks, failed_looks, is_collected",
            "Silence is told apart from an outlet that nobody asked or that never gave anything.",
        ),
        editions.none_where(
            "dates_recounted", "is_delay_wrong or is_method_wrong", show,
            "How late and by which method an outlet's dates are known is told by its articles.",
        ),
        editions.none(
            "every_outlet",
            "select source_id from known_source where is_active and source_id not in "
            f"(select source_id from batch where marts_edition = date '{run.edition}')",
            "A silent outlet is named, too.",
        ),
        editions.none(
            "every_day",
            "select edition, source_id from batch anti join marts.fct_coverage_daily as days "
            "on days.published_day = batch.edition - 1 and days.source_id = batch.source_id",
            "Without its row a quiet outlet looks like one that was not collected.",
        ),
        report.none_where(
            "as_published", "len(differences) > 0", "source_id, differences",
            "What an outlet answered in this edition is what was landed of it.",
        ),
    ]  # fmt: skip
