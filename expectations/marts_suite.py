"""What must be true of the built marts before anybody sees them.

The candidate is attached read-only as `candidate`, the scratch database beside it as `scratch`,
the publication that it was built on as `base`. What touched articles carry is checked row by row,
all that is older by counts, by keys and against the base.
"""

from pathlib import Path

from core.files import read_json
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite, sql_text
from expectations.configuration import configuration_tables
from expectations.landed_views import earlier_editions, landed_view
from expectations.marts_columns import COLUMNS
from expectations.marts_daily import daily_checks, daily_setup
from expectations.marts_dimensions import dimension_checks, dimension_setup
from expectations.marts_facts import TABLES, fact_checks
from expectations.marts_history import history_setup, marts_history_checks
from expectations.marts_landed import ARRIVED, arrived_setup, differ, landed_checks, not_same
from expectations.marts_quality import quality_checks
from expectations.marts_untouched import untouched_checks

REMEDY = "Clear and repeat the task group 'build'; if it stays, mend the model."
LANDED_TABLES = (*ARRIVED, "kb_entity", "disposition", "discovered", "source_report")
# A table's rows of touched articles. They stand together: read by their place, the others are not.
_TOUCHED_ROWS = """
select * from marts.{table}
where rowid in (select rowid from marts.{table} semi join touched using (article_id))
"""
# Only what the checks look at: a million articles stand in this table. Texts of touched ones alone
# are read.
ARTICLE = """
select article_id, a.version_id, a.source_id, left(a.title, 1) as title, published_at,
    published_day, published_precision, first_seen_at, a.first_seen_edition, fetched_at,
    analysis_level, removed_at, syndication_id, story_id,
    wording.version_id as text_version, own_id,
    dim_source.source_id is not null as has_source, dim_story.story_id is not null as has_story,
    versions.current_versions, versions.current_version,
    article_id in (select article_id from touched) as is_touched
from marts.dim_article as a
left join (select article_id, version_id from marts.article_text) as wording using (article_id)
left join (
    select article_id, left(sha256(title || chr(0) || text), 16) as own_id
    from touched_dim_article join touched_article_text using (article_id)
) using (article_id)
left join marts.dim_source using (source_id)
left join marts.dim_story using (story_id)
left join (
    select article_id, count_if(is_current) as current_versions,
        any_value(version_id) filter (where is_current) as current_version
    from marts.article_version group by article_id
) as versions using (article_id)
"""

# A story again, from its articles. An agency is one reporter, whoever printed it.
_STORY_COLUMNS = [
    "title",
    "lead_article_id",
    "first_published_at",
    "first_seen_edition",
    "last_seen_edition",
    "articles",
    "texts",
    "owners_printing",
    "owners_reporting",
]
STORY = f"""
select coalesce(marts.story_id, counted.story_id) as story_id,
    {differ(_STORY_COLUMNS, "marts", "counted")} as differences
from marts.dim_story as marts full join (
    select story_id, any_value(title) filter ('story-' || article_id = story_id) as title,
        any_value(article_id) filter ('story-' || article_id = story_id) as lead_article_id,
        min(published_at) as first_published_at, min(first_seen_edition) as first_seen_edition,
        max(first_seen_edition) as last_seen_edition, count(*) as articles,
        count(distinct syndication_id) as texts, count(distinct owner_id) as owners_printing,
        count(distinct if(origin in ('agency', 'press_release'), origin, owner_id))
            filter ('syn-' || article_id = syndication_id) as owners_reporting
    from marts.dim_article join (select source_id, owner_id from marts.dim_source) using (source_id)
    group by story_id
) as counted using (story_id)
"""
ALIAS = not_same(
    "story_alias",
    "select old_story_id, story_id from marts.story_alias",
    "select 'story-' || article_id as old_story_id, story_id from marts.dim_article "
    "where story_id <> 'story-' || article_id",
    "old_story_id",
)


def marts_suite(run: Run) -> Suite:
    """The suite of the built marts, over the candidate, its scratch database and its base."""
    has_scratch = run.paths.scratch(run.run_id).exists()
    setup = [
        *_attach(run),
        *daily_setup(),
        *history_setup(run),
        *configuration_tables(run),
        *(landed_view(run.landing, table) for table in LANDED_TABLES),
        *arrived_setup(run, has_scratch=has_scratch),
        *dimension_setup(run, has_scratch=has_scratch),
    ]
    checks = [
        *_columns(has_base=base_publication(run) is not None),
        *_articles(),
        *_stories(),
        *dimension_checks(REMEDY, has_base=base_publication(run) is not None),
        *landed_checks(REMEDY),
        *quality_checks(run, REMEDY),
        *fact_checks(REMEDY),
        *daily_checks(REMEDY),
        *untouched_checks(run, REMEDY, has_base=base_publication(run) is not None),
        *marts_history_checks(run, len(earlier_editions(run))),
    ]
    derived = (
        Asset(f"touched_{table}", _TOUCHED_ROWS.format(table=table))
        for table in (*TABLES, "dim_article")
    )
    return Suite("marts", tuple(setup), tuple(checks), tuple(derived))


def base_publication(run: Run) -> Path | None:
    """The publication that the candidate was built on, where it kept any edition of it.

    A base of another shape of tables is read anew from all editions: nothing of it is kept.
    """
    path = run.work / "load.json"
    record = read_json(path) if path.exists() else {"base_publication_id": None, "editions": []}
    if not any(one["state"] == "kept" for one in record["editions"]):
        return None
    base = run.paths.publication(record["base_publication_id"])
    return base if base.exists() else None


def _attach(run: Run) -> list[str]:
    """Attach the databases and name what this run touched; all of it where no scratch tells."""
    candidate, scratch = run.paths.candidate(run.run_id), run.paths.scratch(run.run_id)
    statements = [f"attach {sql_text(candidate)} as candidate (read_only)"]
    articles, days = "marts.dim_article", "marts.fct_coverage_daily"
    day, kept, changed = "published_day", "select null::date as edition", "select false"
    if scratch.exists():
        statements.append(f"attach {sql_text(scratch)} as scratch (read_only)")
        articles, days, day = "scratch.raw.touched_article", "scratch.raw.touched_day", "day"
        kept = "select edition from scratch.raw.edition where state = 'kept'"
        changed = "select bool_or(is_changed) from scratch.raw.configuration"
    if base := base_publication(run):
        statements.append(f"attach {sql_text(base)} as base (read_only)")
    return [
        *statements,
        "use candidate",
        f"create temp table touched as select distinct article_id from {articles}",
        f"create temp table touched_day as select distinct {day} as day from {days}",
        f"create temp table kept_edition as {kept}",
        f"create temp table configuration_change(is_changed) as {changed}",
    ]


def _columns(*, has_base: bool) -> list[Check]:
    wanted = ", ".join(
        f"({sql_text(schema)}, {sql_text(table)}, {sql_text(column)})"
        for (schema, table), columns in COLUMNS.items()
        for column in columns.split()
    )
    rows = Rows(
        Asset(
            "published_columns",
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns where table_catalog = 'candidate'",
        ),
        REMEDY,
        kind="shape",
    )
    complete = rows.none(
        "complete",
        "select * from (values "
        f"{wanted}) as wanted(table_schema, table_name, column_name) "
        "anti join batch using (table_schema, table_name, column_name)",
        "Analysts' queries and the brief rely on these columns.",
    )
    nothing_else = rows.none(
        "nothing_else",
        "select distinct table_schema, table_name from batch where table_schema = 'marts' "
        f"and (table_schema, table_name) not in (select (table_schema, table_name) from (values "
        f"{wanted}) as wanted(table_schema, table_name, column_name))",
        "A table that nobody asked for is read by somebody, and taken down by nobody.",
    )
    if not has_base:
        return [complete, nothing_else]
    same = rows.none(
        "of_one_type",
        "select table_schema, table_name, column_name, batch.data_type, base.data_type as before "
        "from batch join information_schema.columns as base "
        "using (table_schema, table_name, column_name) "
        "where base.table_catalog = 'base' and base.data_type <> batch.data_type",
        "A column of another type breaks what analysts do with it.",
    )
    return [complete, nothing_else, same]


def _articles() -> list[Check]:
    rows = Rows(Asset("dim_article", ARTICLE), REMEDY)
    return [
        rows.unique(["article_id"], "An article that stands twice counts twice."),
        rows.not_null(
            ["article_id", "version_id", "source_id", "title", "published_precision",
             "first_seen_at", "first_seen_edition", "fetched_at", "analysis_level",
             "syndication_id", "story_id"],
            "Every fact hangs on these.",
        ),
        rows.none_where(
            "source_known", "not has_source", "article_id, source_id",
            "An article without outlet has no owner, and counts for none.",
        ),
        rows.none_where(
            "story_known", "not has_story", "article_id, story_id",
            "Stories are counted instead of articles; each article belongs to one.",
        ),
        rows.none_where(
            "one_current_version",
            "current_versions is distinct from 1 or current_version is distinct from version_id",
            "article_id, version_id, current_version, current_versions",
            "One wording is current, and it is the one that the facts speak of.",
        ),
        rows.none_where(
            "text_of_current_version", "text_version is distinct from version_id",
            "article_id, version_id, text_version", "The text is that of the current wording.",
        ),
        rows.none_where(
            "version_id_follows_wording",
            "is_touched and own_id is distinct from version_id",
            "article_id, version_id",
            "The wording was altered between extraction and publication.",
        ),
        rows.none_where(
            "published_in_range",
            "published_at < timestamp '1990-01-01' "
            "or published_at > first_seen_edition + interval 2 day "
            "or abs(date_diff('day', published_at::date, published_day)) > 1",
            "article_id, published_at, published_day, first_seen_edition",
            "A date of the future, or a day far from its date, is wrong.",
        ),
        rows.none(
            "removals_as_told",
            "select article_id, told.version_id, told.change, removed_at "
            "from marts.article_version as told left join batch using (article_id) "
            "where told.change = 'removed' "
            "and (told.is_current or told.text <> '' or told.title <> '') "
            "union all select article_id, null, null, removed_at from batch "
            "where removed_at is not null and (article_id, removed_at) not in ("
            "select (article_id, seen_at) from marts.article_version where change = 'removed')",
            "Who is said to have taken an article down must have been seen doing it.",
        ),
        rows.none(
            "landed_articles_are_there",
            "select article_id, source_id from article anti join batch using (article_id)",
            "What landed in this edition must be in its marts.",
        ),
    ]  # fmt: skip


def _stories() -> list[Check]:
    rows = Rows(Asset("dim_story", STORY), REMEDY)
    aliases = Rows(Asset("story_alias", ALIAS), REMEDY)
    return [
        rows.unique(["story_id"], "A story that stands twice counts twice."),
        rows.none_where(
            "counts_its_articles", "len(differences) > 0", "story_id, differences",
            "A story is what its articles make it.",
        ),
        aliases.none_where(
            "lead_to_stories", "true", "old_story_id, what",
            "A changed story id must lead to the story of today.",
        ),
    ]  # fmt: skip
