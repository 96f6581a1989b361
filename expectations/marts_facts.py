"""What must be true of article-level facts: no orphans, exact receipts, counts that agree."""

from expectations.checks import Asset, Check, Rows
from expectations.enriched_suite import span_checks

# Facts of touched articles with what stands where they point, and the sentence they name.
_SPAN = """
select {table}.*, substring(
        if({table}.section = 'title', dim_article.title, article_text.text),
        {table}.char_start + 1, {table}.char_end - {table}.char_start) as stands_there,
    article_sentence.section as sentence_section, article_sentence.char_start as sentence_start,
    article_sentence.char_end as sentence_end, dim_article.version_id as current_version
from marts.{table}
semi join touched using (article_id)
left join marts.dim_article using (article_id)
left join marts.article_text using (article_id)
left join marts.article_sentence
    on article_sentence.article_id = {table}.article_id
    and article_sentence.sentence_no = {table}.sentence_no
"""

SENTENCE = """
select article_sentence.* exclude (text), left(article_sentence.text, 60) as text,
    dim_article.version_id as current_version,
    article_sentence.text = substring(
        if(section = 'title', dim_article.title, article_text.text),
        char_start + 1, char_end - char_start) as is_exact
from marts.article_sentence
semi join touched using (article_id)
left join marts.dim_article using (article_id)
left join marts.article_text using (article_id)
"""

TABLES = (
    "article_sentence", "article_text", "article_url", "article_version",
    "article_date_candidate", "fct_entity_mention", "fct_theme_evidence", "fct_article_entity",
    "fct_article_theme", "fct_theme_entity_evidence", "evidence",
)  # fmt: skip

# Facts whose article is not there at all, over the whole warehouse.
ORPHANS = " union all ".join(
    f"select '{table}' as table_name, count(*) as orphans, any_value(article_id) as article_id "
    f"from marts.{table} anti join marts.dim_article using (article_id)"
    for table in TABLES
)

ARTICLE_ENTITY = """
select article_id, entity_id, facts.mentions, facts.in_title, facts.salience, counted.mentions as
    counted_mentions, counted.in_title as counted_in_title,
    sum(facts.salience) over (partition by article_id) as salience_of_article
from (from marts.fct_article_entity semi join touched using (article_id)) as facts
full join (
    select article_id, entity_id, count(*) as mentions, bool_or(section = 'title') as in_title
    from marts.fct_entity_mention semi join touched using (article_id) group by all
) as counted using (article_id, entity_id)
"""

ARTICLE_THEME = """
select article_id, theme_id, facts.score, facts.is_primary, facts.article_id is not null as is_fact,
    facts.evidence_count, counted.evidence, theme_id in (select theme_id from marts.dim_theme) as
    is_known
from (select *, article_id as id from marts.fct_article_theme semi join touched using (article_id))
    as facts
full join (
    select article_id, theme_id, count(*) as evidence
    from marts.fct_theme_evidence semi join touched using (article_id) group by all
) as counted using (article_id, theme_id)
"""

TOGETHER = """
select coalesce(facts.article_id, found.article_id) as article_id,
    coalesce(facts.theme_id, found.theme_id) as theme_id,
    coalesce(facts.entity_id, found.entity_id) as entity_id,
    coalesce(facts.sentence_no, found.sentence_no) as sentence_no,
    coalesce(facts.times, 0) as times, coalesce(found.times, 0) as expected_times
from (
    select article_id, theme_id, entity_id, sentence_no, count(*) as times
    from marts.fct_theme_entity_evidence semi join touched using (article_id) group by all
) as facts
full join (
    select distinct article_id, theme_id, entity_id, sentence_no, 1 as times
    from (from marts.fct_theme_evidence semi join touched using (article_id))
    join marts.fct_entity_mention using (article_id, sentence_no)
) as found using (article_id, theme_id, entity_id, sentence_no)
"""

WIDE = """
select evidence.article_id, evidence.theme_id, evidence.sentence_no,
    evidence.sentence is not distinct from article_sentence.text
    and evidence.url is not distinct from dim_article.url
    and evidence.story_id is not distinct from dim_article.story_id
    and evidence.published_day is not distinct from dim_article.published_day as is_agreed
from marts.evidence
semi join touched using (article_id)
left join marts.dim_article using (article_id)
left join marts.article_sentence
    on article_sentence.article_id = evidence.article_id
    and article_sentence.sentence_no = evidence.sentence_no
"""

# What landed with the wording that is current now, against what is published of it.
LANDED = """
with current_wording as (
    select article.article_id, article.version_id
    from article join marts.dim_article using (article_id, version_id, fetched_at)
)
select table_name, article_id, sum(landed) as landed, sum(published) as published from (
{pairs}
) semi join current_wording using (article_id) group by all
"""
_PAIR = """
select '{mart}' as table_name, article_id, 1 as landed, 0 as published
from {landed} semi join current_wording using (article_id, version_id)
union all
select '{mart}', article_id, 0, 1 from marts.{mart}
"""
_LANDED_AS = {
    "sentence": "article_sentence",
    "mention": "fct_entity_mention",
    "theme_evidence": "fct_theme_evidence",
    "article_theme": "fct_article_theme",
}


def fact_checks(remedy: str) -> list[Check]:
    """Every check of the article-level facts; `remedy` is what to do when one fails."""
    return [
        *_orphans(remedy),
        *_sentences(remedy),
        *_receipts("fct_entity_mention", "entity", remedy),
        *_receipts("fct_theme_evidence", "theme", remedy),
        *_article_facts(remedy),
        *_together(remedy),
    ]


def _orphans(remedy: str) -> list[Check]:
    orphans = Rows(Asset("facts_by_article", ORPHANS), remedy)
    pairs = "union all".join(_PAIR.format(landed=a, mart=b) for a, b in _LANDED_AS.items())
    landed = Rows(Asset("landed_facts", LANDED.format(pairs=pairs)), remedy)
    return [
        orphans.none_where(
            "no_orphans", "orphans > 0", "table_name, orphans, article_id",
            "A fact without its article has no outlet, no day and no source to read.",
        ),
        landed.none_where(
            "all_published", "landed <> published", "table_name, article_id, landed, published",
            "What was found in the current wording is published, once, and nothing else is.",
        ),
    ]  # fmt: skip


def _sentences(remedy: str) -> list[Check]:
    rows = Rows(Asset("article_sentence", SENTENCE), remedy)
    show = "article_id, sentence_no, section, char_start, char_end"
    return [
        rows.unique(["article_id", "sentence_no"], "A sentence has one number."),
        rows.not_null(
            ["article_id", "version_id", "sentence_no", "section", "char_start", "char_end"],
            "A receipt needs its sentence.",
        ),
        rows.none_where(
            "offsets_exact",
            "is_exact is not true or version_id is distinct from current_version",
            f"{show}, text", "A sentence stands in the current wording where it says.",
        ),
    ]  # fmt: skip


def _receipts(table: str, node: str, remedy: str) -> list[Check]:
    rows = Rows(Asset(table, _SPAN.format(table=table)), remedy)
    key = f"{node}_id"
    extra = ["rule_id"] if node == "theme" else []
    return [
        rows.unique(
            ["article_id", key, *extra, "section", "char_start", "char_end"],
            "The same words counted twice make a fact look stronger than it is.",
        ),
        rows.not_null(
            ["article_id", "version_id", key, "sentence_no", "section", "surface"],
            "A receipt without one of these is none.",
        ),
        *span_checks(rows),
        rows.none_where(
            "of_current_version",
            "version_id is distinct from current_version",
            f"article_id, {key}, version_id, current_version",
            "Facts speak of the wording that readers can see now.",
        ),
        rows.none(
            f"{node}_known",
            f"select article_id, {key} from batch anti join marts.dim_{node} using ({key})",
            "A fact about what no dimension names cannot be read.",
        ),
    ]


def _article_facts(remedy: str) -> list[Check]:
    entity = Rows(Asset("fct_article_entity", ARTICLE_ENTITY), remedy)
    theme = Rows(Asset("fct_article_theme", ARTICLE_THEME), remedy)
    return [
        entity.unique(["article_id", "entity_id"], "An entity counts once for an article."),
        entity.none_where(
            "counts_its_mentions",
            "mentions is distinct from counted_mentions "
            "or in_title is distinct from counted_in_title",
            "article_id, entity_id, mentions, counted_mentions",
            "What an article says of an entity is the sum of its mentions.",
        ),
        entity.none_where(
            "salience_is_a_share",
            "salience not between 0 and 1 or abs(salience_of_article - 1) > 0.001",
            "article_id, entity_id, salience, salience_of_article",
            "The saliences of an article share out one.",
        ),
        theme.unique(["article_id", "theme_id"], "A theme counts once for an article."),
        theme.none_where(
            "has_evidence",
            "not is_known or not is_fact or evidence is null or evidence_count < 1 "
            "or evidence_count > evidence or score <= 0 or not isfinite(score)",
            "article_id, theme_id, score, evidence_count, evidence",
            "A theme without an evidence sentence is not a fact, nor evidence without its theme.",
        ),
        theme.none(
            "one_primary",
            "select article_id, count_if(is_primary) as primaries from batch group by article_id "
            "having count_if(is_primary) <> 1",
            "An article with themes has one that leads.",
        ),
    ]  # fmt: skip


def _together(remedy: str) -> list[Check]:
    together = Rows(Asset("fct_theme_entity_evidence", TOGETHER), remedy)
    wide = Rows(Asset("evidence", WIDE), remedy)
    return [
        together.none_where(
            "in_one_sentence", "times <> expected_times",
            "article_id, theme_id, entity_id, sentence_no, times, expected_times",
            "Theme and entity stand in one sentence exactly where both were found in it.",
        ),
        wide.none_where(
            "agrees",
            "not is_agreed",
            "article_id, theme_id, sentence_no",
            "The wide table says what the narrow ones say.",
        ),
        wide.none(
            "complete",
            "select distinct article_id, theme_id, sentence_no from marts.fct_theme_evidence "
            "semi join touched using (article_id) "
            "anti join batch using (article_id, theme_id, sentence_no)",
            "The wide table holds every evidence sentence.",
        ),
        wide.unique(
            ["article_id", "theme_id", "sentence_no"], "A sentence speaks once for a theme."
        ),
    ]  # fmt: skip
