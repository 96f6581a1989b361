"""Row by row: one bad page is kept out of an edition and told, many of them stop it.

The checks of `landed_article` that each row passes or fails alone have a `RowRule`. Before the
suite looks at a batch, `quarantine_rows` lands the rows that fail one as the table `quarantine`,
which enrichment, warehouse and the views of the suites leave out. More of them than
`allowed_rows` are a fault of the batch: then none is kept out, and the suite fails for each.
"""

import logging
import shutil
from collections.abc import Iterator, Sequence
from typing import Any

import duckdb
import polars as pl
from duckdb import DuckDBPyConnection

from core.config import Thresholds
from core.landed import LANDED, write_landed
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite, shorten

_log = logging.getLogger(__name__)

# What UTF-8 looks like that was read as Latin-1 or Windows-1252, and the replacement character.
GARBLED = r"\x{FFFD}|[\x{C2}-\x{F4}][\x{80}-\x{9F}]|[ÂÃ][\x{A0}-\x{BF}]|â€|ðŸ"
_TAG = r"</?(p|div|span|a|ul|li|table|tr|td|script|style|br|img|h[1-6])(\s[^<>]*)?/?>"
_CLOSING_TAG = r"</(p|div|span|a|ul|li|table|tr|td|script|style|h[1-6])\s*>"
# Words of the notices that stand before a page instead of it, in the languages of the web's law.
_NOTICE = (
    r"\b(cookies?|consent|privacy (policy|settings)|our partners|captcha|javascript"
    r"|datenschutz\w*|einwilligung\w*|consentement|confidentialité|privacidad|consentimiento)\b"
)

# Columns of a landed wording that say whether its text is one. Texts are compared without their
# first line: often it is the headline, each page's own even where all show the same notice.
TEXT_MEASURES = rf"""
    len(regexp_extract_all(text, '{GARBLED}')) as garbled_marks,
    len(regexp_extract_all(text, '{_TAG}')) as tags,
    len(regexp_extract_all(text, '{_CLOSING_TAG}')) as closing_tags,
    len(regexp_extract_all(lower(text), '{_NOTICE}')) as notice_words,
    count(distinct article_id) over (
        partition by source_id, regexp_replace(text, '^[^\n]{{1,200}}\n', '')
    ) as pages_with_this_text,
    exists (
        from released
        where released.article_id = article.article_id
            and released.version_id = article.version_id
    ) as is_released"""

UNRELEASED = """
create temp view unreleased_article as
select article.* from article anti join released using (article_id, version_id)
"""

# The rows that fail, over all that landed; a row in quarantine is in none of the suite's views.
_REFUSED = """
select failing + kept_out as refused, remaining + kept_out as landed,
    greatest({few}, floor({share} * (remaining + kept_out))) as allowed
from (select count_if({failing}) as failing, count(*) as remaining from landed_article_rows)
cross join (select count(distinct (article_id, version_id)) as kept_out from quarantine)
"""

# Each refused wording with the discovered URL that loaded it, and whether another one is left.
_ENDS = """
select refused.* exclude (source_id, url),
    coalesce(ended.source_id, refused.source_id) as source_id,
    coalesce(ended.url, refused.url) as url,
    not exists (
        from article
        where article.article_id = refused.article_id
            and (article.article_id, article.version_id) not in (
                select (article_id, version_id) from refused)
    ) as is_last
from refused
left join (
    select landed_address.article_id, min(disposition.source_id) as source_id,
        min(disposition.url) as url
    from landed_address join disposition using (url)
    where disposition.status = 'loaded' group by all
) as ended using (article_id)
"""


def text_checks(rows: Rows) -> list[Check]:
    """A text that is none: a person who reads it may think otherwise, and release it."""
    rows = rows.releasable()
    show = "source_id, url, text"
    return [
        rows.none_where(
            "text_is_decoded", "garbled_marks > 2 and garbled_marks * 150 > text_length",
            f"{show}, garbled_marks",
            "A text decoded in the wrong charset matches no name and no phrase.",
        ),
        rows.none_where(
            "text_has_no_markup", "closing_tags > 0 and tags > 1", f"{show}, tags",
            "HTML in a text is not what readers saw.",
        ),
        rows.none_where(
            "text_is_no_notice", "notice_words > 2 and notice_words * 25 > word_count",
            f"{show}, notice_words, word_count",
            "A cookie wall or a bot check is what stood before the page, not the page.",
        ),
        rows.none_where(
            "text_is_its_own", "pages_with_this_text > 2", f"{show}, pages_with_this_text",
            "One body on several pages of an outlet is a notice or an error page.",
        ),
        rows.none_where(
            "text_is_enough", "word_count < 12 or text_length < 40",
            f"{show}, word_count",
            "So few words are a caption or the rest of a page, not an article.",
        ),
    ]  # fmt: skip


def quarantine_checks(row_checks: Sequence[Check], limits: Thresholds) -> list[Check]:
    """Whether few enough rows fail to keep just them out, and which are kept out."""
    refused = Rows(
        Asset("landed_rows", _refused(row_checks, limits)),
        "Mend what the checks of 'landed_article' name, then run the edition again.",
    )
    kept_out = Rows(
        Asset("landed_quarantine", "select * from quarantine"),
        "Read them with 'broadsheet quarantine list', then release or discard each.",
        severity="warning",
    )
    return [
        refused.none_where(
            "few_refused", "refused > allowed", "refused, landed, allowed",
            "So many refused rows are a fault of the batch, not of single pages; none was left "
            "out silently.",
        ),
        kept_out.none_where(
            "empty", "true", "expectation, source_id, url",
            "These pages are in no count of this edition.",
        ),
    ]  # fmt: skip


def quarantine_rows(run: Run, suite: Suite) -> int:
    """Land the rows of the batch that fail a row check of `suite`; returns how many wordings.

    Rows of an earlier try are judged anew: `suite` was made when no quarantine had landed. No
    file stays where no row fails, so that such an edition has the content it always had.
    """
    checks = [check for check in suite.checks if check.row]
    with duckdb.connect() as connection:
        try:
            _open(connection, suite)
            refused, landed, allowed = _count(connection, checks, run.thresholds)
            rows = list(_failing(connection, checks)) if 0 < refused <= allowed else []
            frame = _with_ends(connection, rows) if rows else None
        except duckdb.Error as error:  # the suite meets it again, and tells it as a verdict
            _log.warning("rows were not judged one by one: %s", str(error).splitlines()[0])
            return 0
    if frame is None:
        return 0
    write_landed(frame, run.landing, "quarantine", "gate")
    _log.warning(
        "%d of %d landed articles kept out, %d are allowed; see 'broadsheet quarantine list'",
        refused, landed, allowed,
    )  # fmt: skip
    return refused


def clear_quarantine(run: Run) -> None:
    """Forget what an earlier try kept out."""
    shutil.rmtree(run.landing / "quarantine", ignore_errors=True)


def _refused(row_checks: Sequence[Check], limits: Thresholds) -> str:
    failing = " or ".join(f"coalesce({one.row.condition}, false)" for one in row_checks if one.row)
    return _REFUSED.format(
        failing=failing, few=limits.max_quarantined_few, share=limits.max_quarantined_share
    )


def _open(connection: DuckDBPyConnection, suite: Suite) -> None:
    """Make the views of the suite and the one table that its row checks read."""
    connection.execute("set memory_limit = '1GB'")
    connection.execute("set threads = 2")
    for statement in suite.setup:
        connection.execute(statement)
    (asset,) = {check.asset for check in suite.checks if check.row}
    connection.execute(f"create temp table {asset.name}_rows as {asset.query}")


def _count(
    connection: DuckDBPyConnection, checks: list[Check], limits: Thresholds
) -> tuple[int, int, int]:
    """How many rows fail, how many landed, and how many may fail."""
    (found,) = connection.execute(_refused(checks, limits)).fetchall()
    refused, landed, allowed = (int(number or 0) for number in found)
    return refused, landed, allowed


def _failing(connection: DuckDBPyConnection, checks: list[Check]) -> Iterator[dict[str, Any]]:
    for check in checks:
        assert check.row
        found = connection.execute(f"from {check.asset.name}_rows where {check.row.condition}").pl()
        for row in found.iter_rows(named=True):
            shown = (name for name in check.row.show if name not in ("source_id", "url"))
            details = ", ".join(f"{name} {shorten(row[name])}" for name in shown)
            yield {
                **{name: row[name] for name in ("article_id", "version_id", "source_id", "url")},
                "expectation": check.name,
                "reason": f"{check.row.why} ({details})" if details else check.row.why,
                "may_release": check.row.may_release,
            }


def _with_ends(connection: DuckDBPyConnection, rows: list[dict[str, Any]]) -> pl.DataFrame:
    schema = {name: kind for name, kind in LANDED["quarantine"].items() if name != "is_last"}
    connection.register("refused", pl.DataFrame(rows, schema=schema))
    return connection.execute(_ENDS).pl().select(LANDED["quarantine"].names())
