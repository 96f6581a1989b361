"""What must be true of article-level facts: no orphans, exact receipts, counts that agree."""

from expectations.checks import Asset, Check, Rows
from expectations.enriched_suite import span_checks
from expectations.marts_landed import not_same

# Facts of touched articles with what stands where they point, and the sentence they name.
_SPAN = """
select {table}.*, substring(
        if({table}.section = 'title', dim_article.title, article_text.text),
        {table}.char_start + 1, {table}.char_end - {table}.char_start) as stands_there,
    article_sentence.section as sentence_section, article_sentence.char_start as sentence_start,
    article_sentence.char_end as sentence_end, dim_article.version_id as current_version
from touched_{table} as {table}
left join touched_dim_article as dim_article using (article_id)
left join touched_article_text as article_text using (article_id)
left join touched_article_sentence as article_sentence
    on article_sentence.article_id = {table}.article_id
    and article_sentence.sentence_no = {table}.sentence_no
"""

SENTENCE = """
select article_sentence.* exclude (text), left(article_sentence.text, 60) as text,
    dim_article.version_id as current_version,
    dim_article.first_seen_edition as edition_of_article,
    article_sentence.text = substring(
        if(section = 'title', dim_article.title, article_text.text),
        char_start + 1, char_end - char_start) as is_exact
from touched_article_sentence as article_sentence
left join touched_dim_article as dim_article using (article_id)
left join touched_article_text as article_text using (article_id)
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

# One in the title counts threefold.
ARTICLE_ENTITY = """
select article_id, entity_id, facts.version_id, facts.mentions, facts.in_title, facts.salience,
    counted.version_id as counted_version, counted.mentions as counted_mentions,
    counted.in_title as counted_in_title,
    counted.weight / sum(counted.weight) over (partition by article_id) as counted_salience,
    sum(facts.salience) over (partition by article_id) as salience_of_article
from touched_fct_article_entity as facts
full join (
    select article_id, entity_id, any_value(version_id) as version_id, count(*) as mentions,
        bool_or(section = 'title') as in_title, sum(if(section = 'title', 3, 1)) as weight
    from touched_fct_entity_mention group by all
) as counted using (article_id, entity_id)
"""

ARTICLE_THEME = """
select article_id, theme_id, facts.score, facts.is_primary, facts.article_id is not null as is_fact,
    facts.evidence_count, counted.evidence, theme_id in (select theme_id from marts.dim_theme) as
    is_known
from (select *, article_id as id from touched_fct_article_theme)
    as facts
full join (
    select article_id, theme_id, count(*) as evidence
    from touched_fct_theme_evidence group by all
) as counted using (article_id, theme_id)
"""

TOGETHER = not_same(
    "fct_theme_entity_evidence",
    "select article_id, version_id, theme_id, entity_id, sentence_no, section "
    "from touched_fct_theme_entity_evidence",
    "select distinct article_id, version_id, theme_id, entity_id, sentence_no, section "
    "from touched_fct_theme_evidence "
    "join (select article_id, sentence_no, section, entity_id from touched_fct_entity_mention) "
    "using (article_id, sentence_no, section)",
    "article_id, theme_id, entity_id, sentence_no",
)

# The wide table again, from the narrow ones.
_WIDE = """
select article_id, a.version_id, a.story_id, a.published_day, a.first_seen_edition, a.source_id,
    source.name as outlet, source.owner, a.url, a.title, theme_id, theme.name as theme,
    spoken.sentence_no, spoken.section, sentence.text as sentence, sentence.in_quotation,
    coalesce(named.entity_ids, []) as entity_ids, coalesce(named.entities, []) as entities,
    spoken.rule_ids, spoken.weight
from (
    select article_id, theme_id, sentence_no, section, max(weight) as weight,
        list(distinct rule_id order by rule_id) as rule_ids
    from touched_fct_theme_evidence group by all
) as spoken
join touched_dim_article as a using (article_id)
join marts.dim_source as source using (source_id)
join marts.dim_theme as theme using (theme_id)
join touched_article_sentence as sentence
    using (article_id, section, sentence_no)
left join (
    select article_id, sentence_no, list(entity_id order by entity_id) as entity_ids,
        list(name order by entity_id) as entities
    from (
        select article_id, sentence_no, entity_id,
            if(starts_with(entity_id, 'local:'), min(surface), min(name)) as name
        from touched_fct_entity_mention
        join marts.dim_entity using (entity_id) group by article_id, sentence_no, entity_id
    ) group by article_id, sentence_no
) as named using (article_id, sentence_no)
"""
_WIDE_COLUMNS = (
    "article_id, version_id, story_id, published_day, first_seen_edition, source_id, outlet, "
    "owner, url, title, theme_id, theme, sentence_no, section, sentence, in_quotation, entity_ids, "
    "entities, rule_ids, weight"
)
WIDE = not_same(
    "evidence",
    f"select {_WIDE_COLUMNS} from touched_evidence",
    f"select {_WIDE_COLUMNS} from ({_WIDE})",
    "article_id, theme_id, sentence_no",
)


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
    return [
        orphans.none_where(
            "no_orphans", "orphans > 0", "table_name, orphans, article_id",
            "A fact without its article has no outlet, no day and no source to read.",
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
        rows.none_where(
            "edition_of_its_article",
            "first_seen_edition is distinct from edition_of_article",
            f"{show}, first_seen_edition, edition_of_article",
            "Questions about the last weeks leave out sentences by their edition.",
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
            "or in_title is distinct from counted_in_title "
            "or version_id is distinct from counted_version",
            "article_id, entity_id, mentions, counted_mentions",
            "What an article says of an entity is the sum of its mentions.",
        ),
        entity.none_where(
            "salience_is_a_share",
            "salience is null or abs(salience - counted_salience) > 1e-6 "
            "or abs(salience_of_article - 1) > 0.001",
            "article_id, entity_id, salience, counted_salience, salience_of_article",
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
            "in_one_sentence", "true", "article_id, theme_id, entity_id, sentence_no, what",
            "Theme and entity stand in one sentence exactly where both were found in it.",
        ),
        wide.none_where(
            "agrees", "true", "article_id, theme_id, sentence_no, what",
            "The wide table says what the narrow ones say, of every evidence sentence.",
        ),
    ]  # fmt: skip
