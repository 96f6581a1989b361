"""What a run did not touch is as the base publication had it, in every column.

Rows are compared by the sum of their hashes. Long texts are read by it in the edition of a
Sunday only: on other days their row, with its id and its length in offsets, stands for them.
"""

from collections.abc import Sequence

from core.plan import Run
from expectations.checks import Asset, Check, Rows

_SUNDAY = 7
_LONG = {
    "article_text": ("text",),
    "article_sentence": ("text",),
    "article_version": ("text",),
    "evidence": ("sentence", "title"),
}
_NOT_TOUCHED = "article_id not in (select article_id from touched)"
_OTHER_DAYS = "published_day not in (select day from touched_day)"
# Table → the rows that a run leaves alone.
_BY_ROW = {
    **dict.fromkeys(
        (
            "marts.dim_article", "marts.article_url", "marts.article_version",
            "marts.article_text", "marts.article_sentence", "marts.article_date_candidate",
            "marts.fct_entity_mention", "marts.fct_theme_evidence", "marts.fct_article_entity",
            "marts.fct_article_theme", "marts.fct_theme_entity_evidence",
        ),
        _NOT_TOUCHED,
    ),
    **dict.fromkeys(
        ("marts.fct_theme_daily", "marts.fct_entity_daily", "marts.fct_theme_entity_daily",
         "marts.fct_entity_pair_daily", "marts.fct_coverage_daily"),
        _OTHER_DAYS,
    ),
    "quality.fct_disposition": "edition in (select edition from kept_edition)",
}  # fmt: skip
# Only publishing writes these, after the gate.
_RECORDS = ("meta.publication", "meta.edition", "meta.brief_figure", "meta.brief_citation",
            "quality.decision", "quality.quarantine", "quality.expectation_result")  # fmt: skip
_SOURCE_EDITION = (
    "edition", "source_id", "feed_status", "looks", "failed_looks", "tls_verified", "lost_items",
    "found", "listed",
)  # fmt: skip


def untouched_checks(run: Run, remedy: str, *, has_base: bool) -> list[Check]:
    """The checks against the base publication; none before the first."""
    if not has_base:
        return []
    is_whole = run.edition.isoweekday() == _SUNDAY
    kept = [_compared(table, where, is_whole=is_whole) for table, where in _BY_ROW.items()]
    # Names and owners in these come from the configuration, which may have changed.
    named = [
        _compared("marts.evidence", f"{_NOT_TOUCHED} and {_AS_BEFORE}", is_whole=is_whole),
        _compared("quality.fct_source_edition", "edition in (select edition from kept_edition)",
                  is_whole=True, columns=_SOURCE_EDITION),
    ]  # fmt: skip
    records = [_compared(table, "true", is_whole=True) for table in _RECORDS]
    rows = Rows(Asset("untouched_rows", " union all ".join([*kept, *named])), remedy)
    written = Rows(Asset("records", " union all ".join(records)), remedy)
    show = "table_name, before, after"
    return [
        rows.none_where(
            "kept", "before <> after or before_hash is distinct from after_hash", show,
            "A run changes what it touches and loses nothing else.",
        ),
        written.none_where(
            "kept", "before <> after or before_hash is distinct from after_hash", show,
            "What was decided, printed and published is never rewritten.",
        ),
    ]  # fmt: skip


_AS_BEFORE = "not (select is_changed from configuration_change)"


def _compared(
    table: str, where: str, *, is_whole: bool, columns: Sequence[str] | None = None
) -> str:
    """SQL for a table's counts and sums of hashes, in the base and in the candidate."""
    name = table.partition(".")[2]
    left_out = () if is_whole else _LONG.get(name, ())
    listed = ", ".join(columns) if columns else "*"
    excluded = f" exclude ({', '.join(left_out)})" if left_out else ""
    sides = ", ".join(
        "(select struct_pack(n := count(*), h := sum(hash(t)::hugeint)) from "
        f"(select {listed}{excluded} from {catalog}.{table} where {where}) as t) as {side}"
        for catalog, side in (("base", "b"), ("candidate", "a"))
    )
    return (
        f"select '{name}' as table_name, b.n as before, a.n as after, b.h as before_hash, "
        f"a.h as after_hash from (select {sides})"
    )
