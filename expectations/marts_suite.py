"""What must be true of the built marts before anybody sees them.

The candidate is attached read-only as `candidate`, the scratch database beside it as `scratch`,
the publication that it was built on as `base`. What touched articles carry is checked row by row,
all that is older by counts, by keys and against the base.
"""

from pathlib import Path

from core.files import read_json
from core.landed import STATUSES
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite, sql_text
from expectations.landed_views import configuration_tables, earlier_editions, landed_view
from expectations.marts_columns import COLUMNS
from expectations.marts_daily import daily_checks, daily_setup
from expectations.marts_facts import fact_checks
from expectations.marts_history import marts_history_checks

REMEDY = "Clear and repeat the task group 'build'; if it stays, mend the model."
LANDED_TABLES = (
    "article", "disposition", "sentence", "mention", "theme_evidence", "article_theme",
)  # fmt: skip
TABLES_OF_ARTICLES = (
    "dim_article", "article_text", "article_sentence", "article_version", "fct_entity_mention",
    "fct_theme_evidence", "fct_article_entity", "fct_article_theme", "fct_theme_entity_evidence",
)  # fmt: skip

ARTICLE = """
select dim_article.* exclude (authors), article_text.version_id as text_version,
    dim_article.version_id
        = left(sha256(dim_article.title || chr(0) || text), 16) as is_own_wording,
    dim_source.source_id is not null as has_source, dim_story.story_id is not null as has_story,
    versions.current_versions, versions.current_version,
    article_id in (select article_id from touched) as is_touched
from marts.dim_article
left join marts.article_text using (article_id)
left join marts.dim_source using (source_id)
left join marts.dim_story using (story_id)
left join (
    select article_id, count_if(is_current) as current_versions,
        any_value(version_id) filter (where is_current) as current_version
    from marts.article_version group by article_id
) as versions using (article_id)
"""

STORY = """
select dim_story.*, counted.articles as counted_articles, counted.texts as counted_texts,
    counted.has_lead
from marts.dim_story full join (
    select story_id, count(*) as articles, count(distinct syndication_id) as texts,
        bool_or('story-' || article_id = story_id) as has_lead
    from marts.dim_article group by story_id
) as counted using (story_id)
"""

SOURCE = """
select dim_source.*, known_source.name as known_name, known_source.owner_id as known_owner,
    known_source.language as known_language, known_source.timezone as known_timezone,
    coalesce(known_source.source_id, dim_source.source_id) as id,
    known_source.source_id is not null as is_configured
from marts.dim_source full join known_source using (source_id)
"""

THEME = """
select dim_theme.*, known_theme.parent_id as known_parent, known_theme.threshold as known_threshold,
    coalesce(known_theme.theme_id, dim_theme.theme_id) as id,
    known_theme.theme_id is not null as is_configured
from marts.dim_theme full join known_theme using (theme_id)
"""

ENTITY = """
select dim_entity.*, known_entity.name as known_name, known_entity.entity_type as known_type,
    coalesce(known_entity.entity_id, dim_entity.entity_id) as id,
    known_entity.entity_id is not null as is_configured
from marts.dim_entity full join known_entity using (entity_id)
"""

# An outlet that listed something before and lists nothing now, although it was asked, is silent.
SOURCE_EDITION = """
select fct_source_edition.* exclude (date_method_shares), {total} as ended, counted.ends,
    listed = 0 and looks > 0 and coalesce(max(listed) over (
        partition by source_id order by edition rows between unbounded preceding and 1 preceding
    ) > 0, false) as has_fallen_silent
from quality.fct_source_edition full join (
    select edition, source_id, count(*) as ends from quality.fct_disposition group by all
) as counted using (edition, source_id)
"""


def marts_suite(run: Run) -> Suite:
    """The suite of the built marts, over the candidate, its scratch database and its base."""
    setup = [
        *_attach(run),
        *daily_setup(),
        *configuration_tables(run),
        *(landed_view(run.landing, table) for table in LANDED_TABLES),
    ]
    checks = [
        _columns(),
        *_articles(),
        *_stories(),
        *_dimensions(),
        *_ancestors("theme", "known_theme"),
        *_ancestors("entity", "known_entity"),
        *_dispositions(run),
        *fact_checks(REMEDY),
        *daily_checks(REMEDY),
        *_kept(run),
        *marts_history_checks(run, len(earlier_editions(run))),
    ]
    return Suite("marts", tuple(setup), tuple(checks))


def base_publication(run: Run) -> Path | None:
    """The publication that the candidate was built on."""
    record = run.work / "load.json"
    base = read_json(record)["base_publication_id"] if record.exists() else None
    path = run.paths.publication(base) if base else None
    return path if path and path.exists() else None


def _attach(run: Run) -> list[str]:
    """Attach the databases and name what this run touched; all of it where no scratch tells."""
    candidate, scratch = run.paths.candidate(run.run_id), run.paths.scratch(run.run_id)
    statements = [f"attach {sql_text(candidate)} as candidate (read_only)"]
    articles, days = "marts.dim_article", "marts.fct_coverage_daily"
    day = "published_day"
    if scratch.exists():
        statements.append(f"attach {sql_text(scratch)} as scratch (read_only)")
        articles, days, day = "scratch.raw.touched_article", "scratch.raw.touched_day", "day"
    if base := base_publication(run):
        statements.append(f"attach {sql_text(base)} as base (read_only)")
    return [
        *statements,
        "use candidate",
        f"create temp table touched as select distinct article_id from {articles}",
        f"create temp table touched_day as select distinct {day} as day from {days}",
    ]


def _columns() -> Check:
    wanted = ", ".join(
        f"({sql_text(schema)}, {sql_text(table)}, {sql_text(column)})"
        for (schema, table), columns in COLUMNS.items()
        for column in columns.split()
    )
    rows = Rows(
        Asset(
            "published_columns",
            "select table_schema, table_name, column_name from information_schema.columns "
            "where table_catalog = 'candidate'",
        ),
        REMEDY,
        kind="shape",
    )
    return rows.none(
        "complete",
        "select * from (values "
        f"{wanted}) as wanted(table_schema, table_name, column_name) "
        "anti join batch using (table_schema, table_name, column_name)",
        "Analysts' queries and the brief rely on these columns.",
    )


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
            "is_touched and not is_own_wording",
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
    return [
        rows.unique(["story_id"], "A story that stands twice counts twice."),
        rows.none_where(
            "counts_its_articles",
            "articles is distinct from counted_articles or texts is distinct from counted_texts "
            "or has_lead is not true or first_seen_edition > last_seen_edition",
            "story_id, articles, counted_articles, texts, counted_texts, has_lead",
            "A story is what its articles make it.",
        ),
        rows.none_where(
            "bounds", "owners_printing not between 1 and articles "
            "or owners_reporting not between 0 and texts",
            "story_id, articles, texts, owners_printing, owners_reporting",
            "No more owners than articles, no more reporters than texts.",
        ),
        rows.none(
            "aliases_lead_to_stories",
            "select old_story_id, story_id from marts.story_alias anti join batch using (story_id)",
            "A changed story id must lead to the story of today.",
        ),
    ]  # fmt: skip


def _dimensions() -> list[Check]:
    source = Rows(Asset("dim_source", SOURCE), REMEDY)
    theme = Rows(Asset("dim_theme", THEME), REMEDY)
    entity = Rows(Asset("dim_entity", ENTITY), REMEDY)
    why = "A stale or missing row gives facts the wrong name, owner or parent."
    return [
        source.unique(["id"], "An outlet that stands twice doubles its articles."),
        source.none_where(
            "as_configured",
            "is_configured and (source_id is null or name is distinct from known_name "
            "or owner_id is distinct from known_owner or language is distinct from known_language "
            "or timezone is distinct from known_timezone)",
            "id, name, owner_id, language, timezone", why,
        ),
        theme.unique(["id"], "A theme that stands twice doubles its articles."),
        theme.none_where(
            "as_configured",
            "is_configured and (theme_id is null or parent_theme_id is distinct from known_parent "
            "or threshold is distinct from known_threshold)",
            "id, parent_theme_id, known_parent, threshold", why,
        ),
        entity.unique(["id"], "An entity that stands twice doubles its mentions."),
        entity.none_where(
            "as_configured",
            "is_configured and (entity_id is null or name is distinct from known_name "
            "or entity_type is distinct from known_type)",
            "id, name, entity_type, known_name, known_type", why,
        ),
        entity.in_set(
            "entity_type", ("PERSON", "ORG", "PLACE", "PRODUCT", "WORK", "EVENT", "OTHER"),
            "Analysts filter by these types.",
        ),
    ]  # fmt: skip


def _ancestors(node: str, known: str) -> list[Check]:
    """The tree is intact: every node is its own ancestor, every link one of the configuration."""
    bridge, dimension, key = f"bridge_{node}_ancestor", f"dim_{node}", f"{node}_id"
    rows = Rows(Asset(bridge, f"select * from marts.{bridge}"), REMEDY)
    return [
        rows.unique([key, "ancestor_id"], "An ancestor that stands twice doubles its counts."),
        rows.none(
            "every_node_itself",
            f"select {key} from marts.{dimension} anti join "
            f"(select {key} from batch where depth = 0 and {key} = ancestor_id) using ({key})",
            "Counts with descendants include the node itself.",
        ),
        rows.none(
            "parents_as_configured",
            f"select k.{key}, k.parent_id from {known} k where parent_id is not null "
            f"and not exists (from batch b where b.{key} = k.{key} "
            "and b.ancestor_id = k.parent_id and b.depth = 1) "
            f"union all select b.{key}, b.ancestor_id from batch b join {known} k "
            f"on k.{key} = b.{key} where b.depth = 1 "
            "and b.ancestor_id is distinct from k.parent_id",
            "A wrong parent gives an owner other people's news.",
        ),
        rows.none(
            "chains_whole",
            f"select b.{key}, b.ancestor_id, b.depth from batch b where b.depth > 1 "
            "and not exists (from batch link join batch rest "
            f"on rest.{key} = link.ancestor_id where link.{key} = b.{key} and link.depth = 1 "
            "and rest.ancestor_id = b.ancestor_id and rest.depth = b.depth - 1)",
            "An ancestor is reached over the links in between.",
        ),
    ]


def _dispositions(run: Run) -> list[Check]:
    ends = Rows(
        Asset("fct_disposition", "select * from quality.fct_disposition"), REMEDY, kind="truth"
    )
    total = " + ".join(STATUSES)
    editions = Rows(Asset("fct_source_edition", SOURCE_EDITION.format(total=total)), REMEDY)
    this = f"date '{run.edition}'"
    return [
        ends.unique(["edition", "source_id", "url"], "A URL has one end in an edition."),
        ends.in_set("status", STATUSES, "Coverage has a column for each known end only."),
        ends.none(
            "as_landed",
            "select source_id, url, b.status, d.status as landed_status "
            f"from (from batch where edition = {this}) b "
            "full join disposition d using (source_id, url) "
            "where b.status is distinct from d.status",
            "What happened to a URL in this edition is what the batch says.",
        ),
        editions.unique(["edition", "source_id"], "An outlet reports once in an edition."),
        editions.none_where(
            "conserves",
            "found is distinct from ended or ended <> coalesce(ends, 0) or listed > found",
            "edition, source_id, found, listed, ended, ends",
            "Discovered URLs are the sum of their ends, per outlet, always.",
        ),
        editions.none_where(
            "silent_after_listing",
            "is_silent is distinct from has_fallen_silent "
            "or is_collected is distinct from (looks > failed_looks or listed > 0)",
            "edition, source_id, feed_status, listed, is_silent, looks, failed_looks, is_collected",
            "Silence is told apart from an outlet that nobody asked or that never gave anything.",
        ),
        editions.none(
            "every_outlet",
            "select source_id from known_source where is_active and source_id not in "
            f"(select source_id from batch where edition = {this})",
            "A silent outlet is named, too.",
        ),
        editions.none(
            "every_day",
            "select edition, source_id from batch anti join marts.fct_coverage_daily as days "
            "on days.published_day = batch.edition - 1 and days.source_id = batch.source_id",
            "Without its row a quiet outlet looks like one that was not collected.",
        ),
    ]


def _kept(run: Run) -> list[Check]:
    """What this run did not touch is as the base publication had it."""
    if base_publication(run) is None:
        return []
    counted = " union all ".join(
        f"select '{table}' as table_name, "
        f"(select count(*) from base.marts.{table} anti join touched using (article_id)) as before,"
        f" (select count(*) from marts.{table} anti join touched using (article_id)) as after"
        for table in TABLES_OF_ARTICLES
    )
    rows = Rows(Asset("untouched_rows", counted), REMEDY)
    return [
        rows.none_where(
            "kept", "before <> after", "table_name, before, after",
            "A run changes what it touches and loses nothing else.",
        )
    ]  # fmt: skip
