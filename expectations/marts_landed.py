"""What is published of touched articles is what landed of them, column by column, row by row.

`arrived_<table>` is what landed of touched articles: this edition's rows out of its landing, those
of other editions out of the scratch database, which the loader filled from their seals.
"""

from collections.abc import Iterable

from core.landed import LANDED
from core.plan import Run
from expectations.checks import Asset, Check, Rows

ARRIVED = (
    "article", "analysis", "sentence", "mention", "theme_evidence", "article_theme", "article_url",
    "date_candidate", "removal", "near_duplicate", "story_link",
)  # fmt: skip

# The wording that readers see now: of the latest edition, there the latest fetched.
CURRENT_WORDING = """
create temp table current_wording as
select a.* exclude (first_seen_at), analysis_level, taxonomy_version, extractor_version,
    min(a.edition) over (partition by article_id) as first_seen_edition,
    min(a.first_seen_at) over (partition by article_id) as first_seen_at
from arrived_article as a
left join arrived_analysis as analysis using (article_id, version_id, edition)
qualify row_number() over (
    partition by article_id
    order by a.edition desc, fetched_at desc, version_id desc, source_id, url
) = 1
"""
_AS_LANDED = [
    "version_id",
    "source_id",
    "url",
    "title",
    "authors",
    "language",
    "published_at",
    "published_day",
    "published_precision",
    "published_method",
    "fetched_at",
    "word_count",
    "is_truncated",
    "genre",
    "genre_method",
    "origin",
    "origin_method",
    "robots_ai",
    "tdm_reserved",
    "analysis_level",
    "taxonomy_version",
    "extractor_version",
    "first_seen_edition",
    "first_seen_at",
]

ARTICLE = f"""
select coalesce(marts.article_id, landed.article_id) as article_id,
    {{differences}} as differences
from touched_dim_article as marts
full join current_wording as landed using (article_id)
"""  # noqa: F541

# Published table ← landed table; the same columns, of the current wording in its last edition.
_FACTS = {
    "article_sentence": "sentence",
    "fct_entity_mention": "mention",
    "fct_theme_evidence": "theme_evidence",
    "fct_article_theme": "article_theme",
}
_COLUMNS = {
    "article_sentence": "article_id version_id sentence_no section char_start char_end text "
    "in_quotation",
    "fct_entity_mention": "article_id version_id entity_id sentence_no section char_start char_end "
    "surface method confidence link_rule link_confidence extractor_version",
    "fct_theme_evidence": "article_id version_id theme_id sentence_no section char_start char_end "
    "surface rule_id weight taxonomy_version",
    "fct_article_theme": "article_id version_id theme_id score evidence_count is_primary",
}
_DATES = "article_id, method, value, precision, is_chosen"

# Every wording once at its first sight, and when it was there.
WORDINGS = """
select article_id, version_id, fetched_at as seen_at, edition, title, text,
    version_id = (
        select c.version_id from current_wording c where c.article_id = arrived_article.article_id
    ) as is_current
from arrived_article
qualify row_number() over (
    partition by article_id, version_id order by edition, fetched_at, source_id, url
) = 1
"""

VERSION = """
select article_id, version_id, seen_at, change, corrected_at,
    max(seen_at) filter (change = 'correction') over (partition by article_id) as last_correction,
    row_number() over (partition by article_id order by version.edition, seen_at, version_id) as
        place
from touched_article_version as version
left join (select article_id, corrected_at from touched_dim_article) using (article_id)
where change <> 'removed'
"""

# Every time that an article was found gone which had been there; no wording has that id.
REMOVALS = """
select article_id, left(sha256(chr(0) || chr(0) || edition || ' ' || seen_at), 16) as version_id,
    seen_at, edition, '' as title, '' as text, false as is_current
from (
    select *, lag(is_removed) over (
            partition by article_id order by edition, seen_at, is_removed desc) as was_removed
    from (
        select article_id, edition, fetched_at as seen_at, false as is_removed from arrived_article
        union
        select article_id, removal.edition, seen_at, is_removed from arrived_removal as removal
        join (select article_id, first_seen_edition from current_wording) using (article_id)
        where removal.edition >= first_seen_edition
    )
) where is_removed and not was_removed
"""

# The last that was seen of each article: its page, or that it was gone.
LAST_SIGHT = """
select article_id, removed_at, last_gone_at from (
    select article_id, arg_max(seen_at, place) as last_seen,
        arg_max(if(is_removed, seen_at, null), place) as any_gone,
        arg_max(is_removed, place) as is_gone
    from (
        select article_id, fetched_at as seen_at, false as is_removed,
            (edition, fetched_at, 1) as place
        from arrived_article
        union all
        select article_id, seen_at, is_removed, (removal.edition, seen_at, 0)
        from arrived_removal as removal
        join (select article_id, first_seen_edition from current_wording) using (article_id)
        where removal.edition >= first_seen_edition
    ) group by article_id
) as sight
join lateral (select if(is_gone, any_gone, null) as last_gone_at) on true
join (select article_id, removed_at from marts.dim_article) using (article_id)
"""

# Where an article's first wording points to: the earlier one most like it.
STORY = """
with first_wording as (
    select article_id, version_id, edition from arrived_article
    qualify row_number() over (
        partition by article_id order by edition, published_at nulls last, version_id
    ) = 1
),
parent as (
    select links.article_id, links.earlier_article_id
    from arrived_story_link as links
    join first_wording as later on links.article_id = later.article_id
        and links.version_id = later.version_id and links.seen_in = later.edition
    where (earlier_article_id, earlier_version_id, earlier_seen_in) in (
        select (article_id, version_id, edition) from arrived_article
    )
    qualify row_number() over (
        partition by links.article_id
        order by likeness desc, earlier_seen_in, earlier_article_id, earlier_version_id
    ) = 1
)
select article_id, a.story_id, earlier_article_id,
    coalesce(earlier.story_id, 'story-' || article_id) as expected_story_id
from touched_dim_article as a
left join parent using (article_id)
left join marts.dim_article as earlier on earlier.article_id = parent.earlier_article_id
"""

# Pairs of current wordings, and per article whether one of its pairs lies in its group.
TEXT = """
with pair as (
    select unnest([article_id_a, article_id_b]) as article_id,
        unnest([article_id_b, article_id_a]) as other_id
    from arrived_near_duplicate
    where (article_id_a, version_id_a) in (select (article_id, version_id) from current_wording)
        and (article_id_b, version_id_b) in (select (article_id, version_id) from current_wording)
)
select a.article_id, a.syndication_id, lead.article_id as lead_id,
    bool_or(other.syndication_id is distinct from a.syndication_id)
        filter (other.article_id is not null) as is_torn,
    coalesce(bool_or(other.syndication_id = a.syndication_id), false) as has_copy,
    any_value(lead.syndication_id is distinct from a.syndication_id
        or (lead.first_seen_edition, coalesce(lead.published_at, 'infinity'), lead.article_id)
        > (a.first_seen_edition, coalesce(a.published_at, 'infinity'), a.article_id))
        as has_wrong_lead
from touched_dim_article as a
left join marts.dim_article as lead on a.syndication_id = 'syn-' || lead.article_id
left join pair on pair.article_id = a.article_id
left join marts.dim_article as other on other.article_id = pair.other_id
group by all
"""


def arrived_setup(run: Run, *, has_scratch: bool) -> list[str]:
    """Statements that make `arrived_<table>` and `current_wording`; `touched` is there."""
    edition = f"date '{run.edition}'"
    statements = []
    for table in ARRIVED:
        columns = ", ".join(LANDED[table].names())
        key = "article_id_a" if table == "near_duplicate" else "article_id"
        other = (
            f" union all select {columns}, edition from scratch.raw.{table} "
            f"where edition <> {edition}"
            if has_scratch
            else ""
        )
        statements.append(
            f"create temp view arrived_{table} as select * from ("
            f"select {columns}, {edition} as edition from {table}{other}) "
            f"where {key} in (select article_id from touched)"
        )
    return [*statements, CURRENT_WORDING]


def landed_checks(remedy: str) -> list[Check]:
    """Every check of published rows against landed ones."""
    return [*_articles(remedy), *_facts(remedy), *_versions(remedy), *_groups(remedy)]


def differ(columns: Iterable[str], left: str, right: str) -> str:
    """SQL for the names of the columns in which two joined rows differ, as a list."""
    parts = ", ".join(
        f"if({left}.{one} is distinct from {right}.{one}, '{one}', null)" for one in columns
    )
    return f"list_filter([{parts}], lambda name: name is not null)"


def not_same(table: str, published: str, wanted: str, key: str = "article_id") -> str:
    """SQL for rows that one of two queries of the same columns has more often than the other.

    Both are counted at once: two EXCEPT ALL would read each of them twice.
    """
    return (
        f"select '{table}' as table_name, {key}, if(surplus > 0, 'published only', 'missing') "
        "as what from (select * exclude (side), sum(side) as surplus from ("
        f"select *, 1 as side from ({published}) union all select *, -1 from ({wanted})"
        ") group by all) where surplus <> 0"
    )


def _articles(remedy: str) -> list[Check]:
    rows = Rows(
        Asset("landed_wording", ARTICLE.format(differences=differ(_AS_LANDED, "marts", "landed"))),
        remedy,
    )
    return [
        rows.none_where(
            "as_published", "len(differences) > 0", "article_id, differences",
            "What is said of an article is what was read on its page.",
        )
    ]  # fmt: skip


def _facts(remedy: str) -> list[Check]:
    queries = []
    for mart, table in _FACTS.items():
        columns = ", ".join(_COLUMNS[mart].split())
        published = f"select {columns} from touched_{mart}"
        wanted = (
            f"select {columns} from arrived_{table} "
            "semi join current_wording using (article_id, version_id, edition)"
        )
        queries.append(not_same(mart, published, wanted))
    queries += [
        not_same(
            "article_date_candidate",
            f"select {_DATES} from touched_article_date_candidate",
            f"select distinct {_DATES} from arrived_date_candidate "
            "semi join current_wording using (article_id, version_id, edition)",
        ),
        not_same(
            "article_url",
            "select url, article_id, is_canonical from touched_article_url",
            "select url, article_id, bool_or(is_canonical) from arrived_article_url "
            "semi join current_wording using (article_id) group by all",
        ),
    ]
    rows = Rows(Asset("landed_facts", " union all ".join(queries)), remedy)
    return [
        rows.none_where(
            "all_published", "true", "table_name, article_id, what",
            "What was found in the current wording is published, once, and nothing else is.",
        )
    ]  # fmt: skip


def _versions(remedy: str) -> list[Check]:
    columns = "article_id, version_id, seen_at, edition, title, text, is_current"
    published = f"select {columns} from touched_article_version"
    wordings = Rows(
        Asset(
            "landed_versions",
            not_same("article_version", published, f"({WORDINGS} union all {REMOVALS})"),
        ),
        remedy,
    )
    version = Rows(Asset("article_version", VERSION), remedy)
    sight = Rows(Asset("last_sight", LAST_SIGHT), remedy)
    return [
        wordings.none_where(
            "all_published", "true", "table_name, article_id, what",
            "Every wording and every removal that was seen is kept, once, as it was seen first.",
        ),
        version.none_where(
            "change_in_order",
            "change not in ('first', 'correction', 'minor') or (change = 'first') <> (place = 1) "
            "or corrected_at is distinct from last_correction",
            "article_id, version_id, change, place, corrected_at, last_correction",
            "Whoever is said to have corrected an article must have done so, then.",
        ),
        sight.none_where(
            "removed_if_gone", "(removed_at is null) <> (last_gone_at is null) "
            "or removed_at > last_gone_at",
            "article_id, removed_at, last_gone_at",
            "An article is gone when the last look found it gone, and from then on.",
        ),
    ]  # fmt: skip


def _groups(remedy: str) -> list[Check]:
    story = Rows(Asset("story_of_article", STORY), remedy)
    text = Rows(Asset("text_of_article", TEXT), remedy)
    return [
        story.none_where(
            "follows_its_link", "story_id is distinct from expected_story_id",
            "article_id, story_id, earlier_article_id, expected_story_id",
            "An article tells the story of the earlier one that it is most like, or its own.",
        ),
        text.none_where(
            "follows_its_pairs",
            "lead_id is null or is_torn or has_wrong_lead "
            "or (lead_id <> article_id and not has_copy)",
            "article_id, syndication_id, is_torn, has_copy, has_wrong_lead",
            "Texts are one where they were found to be nearly the same, and only there.",
        ),
    ]  # fmt: skip
