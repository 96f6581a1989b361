"""What must be true of the enriched batch: what the stations for mentions and themes landed."""

from typing import get_args

from core.config import EntityType, Thresholds
from core.plan import Run
from expectations.checks import Asset, Check, Rows, Suite, sql_text
from expectations.configuration import configuration_tables
from expectations.enriched_history import history_checks, history_setup
from expectations.enriched_texts import text_checks
from expectations.landed_views import columns_check, earlier_editions, landed_view

TABLES = (
    "article", "analysis", "sentence", "mention", "kb_entity", "theme_evidence", "article_theme",
    "signature", "story_terms", "near_duplicate", "story_link",
)  # fmt: skip
_MISNAMED = 0.02  # where links follow a name's other forms; of real names 2 in 10,000
LEVELS = ("full", "gazetteer_only", "none")
SECTIONS = ("title", "body")
REMEDY = "Clear and repeat the task group 'enrich'; if it stays, mend the extractor."

# A row with what stands where it points in the wording, and the sentence it names. The wording
# itself is left behind: an asset is kept as a table.
_SPAN = """
select {table}.*, substring(
        if({table}.section = 'title', article.title, article.text),
        {table}.char_start + 1, {table}.char_end - {table}.char_start) as stands_there,
    sentence.section as sentence_section, sentence.char_start as sentence_start,
    sentence.char_end as sentence_end
from {table}
left join article using (article_id, version_id)
left join sentence using (article_id, version_id, sentence_no)
"""

SENTENCE = """
select *, lag(char_end, 1, 0) over (
        partition by article_id, version_id, section order by sentence_no) as previous_end
from (
    select sentence.* exclude (text), left(sentence.text, 60) as text,
        sentence.text = substring(
            if(section = 'title', article.title, article.text),
            char_start + 1, char_end - char_start) as is_exact
    from sentence left join article using (article_id, version_id)
)
"""

MENTION = """
select span.*, coalesce(known_entity.entity_type, kb.entity_type) as known_type,
    analysis.extractor_version as analysed_by,
    names.words is null or list_has_any(names.words, {words}) as is_its_name
from ({span}) as span
left join known_entity using (entity_id)
left join (select distinct entity_id, entity_type from kb_entity) as kb using (entity_id)
left join analysis using (article_id, version_id)
left join (
    select entity_id, flatten(list({alias_words})) as words from known_alias group by all
) as names using (entity_id)
"""
_WORDS = r"regexp_extract_all(lower({text}), '[\p{{L}}\p{{N}}]+')"

EVIDENCE = """
select span.*, known_theme.threshold, analysis.taxonomy_version as analysed_with,
    known_rule.rule_id is not null as is_known_rule, known_rule.weight as known_weight
from ({span}) as span
left join known_theme using (theme_id)
left join known_rule using (theme_id, rule_id)
left join analysis using (article_id, version_id)
"""

THEME = """
select article_theme.*, known_theme.threshold, counted.evidence, counted.sentences,
    counted.heaviest, max(score) over (partition by article_id, version_id) as best_score
from article_theme
left join known_theme using (theme_id)
left join (
    select article_id, version_id, theme_id, count(*) as evidence,
        count(distinct sentence_no) as sentences, max(weight) as heaviest
    from theme_evidence group by all
) as counted using (article_id, version_id, theme_id)
"""

ANALYSIS = """
select coalesce(article.article_id, analysis.article_id) as article_id,
    coalesce(article.version_id, analysis.version_id) as version_id,
    article.article_id is not null as is_landed, analysis.article_id is not null as is_analysed,
    analysis_level, extractor_version, taxonomy_version
from article full join analysis using (article_id, version_id)
"""

BATCH = """
select
    (select count(distinct extractor_version) from analysis) as extractor_versions,
    (select count(distinct taxonomy_version) from analysis) as taxonomy_versions,
    (select if(sum(times) < {mentions}, 0, max(times) / sum(times))
        from (select count(*) as times from mention group by entity_id)) as entity_mention_share,
    (select if(count(*) < {rows}, 1, count_if(article_id in (select article_id from article_theme))
        / count(*)) from analysis join article using (article_id, version_id)
        where analysis_level <> 'none' and is_truncated is not true) as theme_share,
    (select if(count(*) < {rows}, 0, count_if(not is_own) / count(*)) from (
        select entity_id, bool_or(right(entity_id, 12) = left(sha256(lower(
                regexp_replace(trim(surface), '\\s+', ' ', 'g'))), 12)) as is_own
        from mention where starts_with(entity_id, 'local:') group by all
        having bool_and(not regexp_matches(surface, '[^\\x00-\\x7F]')))
    ) as misnamed_share
"""


def enriched_suite(run: Run) -> Suite:
    """The suite of an enriched batch, over views of its Parquet files."""
    editions = earlier_editions(run)
    setup = [
        *configuration_tables(run),
        *(landed_view(run.landing, table) for table in TABLES),
        *history_setup(run, editions),
    ]
    checks = [
        columns_check(run.landing, TABLES),
        *_analysis(run),
        *_sentences(),
        *_mentions(),
        *_evidence(),
        *_themes(),
        *text_checks(run, REMEDY),
        *_batch(run.thresholds),
        *history_checks(run, len(editions)),
    ]
    return Suite("enriched", tuple(setup), tuple(checks))


def span_checks(rows: Rows) -> list[Check]:
    """Offsets: the surface is what stands there, inside the sentence that is named."""
    show = "article_id, sentence_no, section, char_start, char_end, surface"
    return [
        rows.in_set("section", SECTIONS, "Offsets count in the title or in the body."),
        rows.none_where(
            "offsets_exact",
            "char_start < 0 or char_end <= char_start or stands_there is distinct from surface",
            f"{show}, stands_there",
            "A receipt that points to other words than it quotes proves nothing.",
        ),
        rows.none_where(
            "sentence_contains_it",
            "sentence_start is null or sentence_section <> section "
            "or char_start < sentence_start or char_end > sentence_end",
            show,
            "Every fact names the sentence that says so.",
        ),
    ]


def _analysis(run: Run) -> list[Check]:
    rows = Rows(Asset("enriched_analysis", ANALYSIS), REMEDY)
    return [
        rows.unique(["article_id", "version_id"], "A wording is analysed once."),
        rows.none_where(
            "every_wording", "not is_analysed", "article_id, version_id",
            "A shard is missing: articles that nobody analysed would count as without themes.",
        ),
        rows.none_where(
            "only_landed_wordings", "not is_landed", "article_id, version_id",
            "An analysis of a wording that is not in the batch is of another edition.",
        ),
        rows.in_set("analysis_level", LEVELS, "Shares count fully analysed articles."),
        rows.none(
            "none_has_no_facts",
            "select article_id, version_id from batch where analysis_level = 'none' "
            "and (article_id, version_id) in (select (article_id, version_id) from mention "
            "union all select (article_id, version_id) from article_theme)",
            "What nobody analysed says nothing; facts of it come from elsewhere.",
        ),
        rows.none_where(
            "taxonomy_is_the_runs",
            f"taxonomy_version <> {sql_text(run.themes.taxonomy_version)}",
            "article_id, taxonomy_version",
            "Facts of another taxonomy cannot be compared with those of this one.",
        ),
    ]  # fmt: skip


def _sentences() -> list[Check]:
    rows = Rows(Asset("enriched_sentence", SENTENCE), REMEDY)
    show = "article_id, sentence_no, section, char_start, char_end"
    return [
        rows.unique(["article_id", "version_id", "sentence_no"], "A sentence has one number."),
        rows.not_null(
            ["article_id", "version_id", "sentence_no", "section", "char_start", "char_end",
             "text", "in_quotation"],
            "A receipt needs its sentence.",
        ),
        rows.none_where(
            "title_is_sentence_0", "(sentence_no = 0) <> (section = 'title') or sentence_no < 0",
            show, "Sentence 0 is the title and only that.",
        ),
        rows.none_where(
            "offsets_exact",
            "is_exact is not true or char_start < 0 or char_end <= char_start",
            f"{show}, text", "A sentence must stand where it says, or readers see other words.",
        ),
        rows.none_where(
            "in_order", "char_start < previous_end", f"{show}, previous_end",
            "Sentences follow each other without overlap, so that a mention stands in one.",
        ),
        rows.none(
            "every_title",
            "select article_id, version_id from article anti join ("
            "select article_id, version_id from batch where sentence_no = 0) "
            "using (article_id, version_id)",
            "Every article has at least its title as a sentence.",
        ),
    ]  # fmt: skip


def _mentions() -> list[Check]:
    query = MENTION.format(
        span=_SPAN.format(table="mention"),
        words=_WORDS.format(text="surface"),
        alias_words=_WORDS.format(text="alias"),
    )
    rows = Rows(Asset("enriched_mention", query), REMEDY)
    show = "article_id, sentence_no, surface, entity_id, entity_type"
    return [
        rows.not_null(
            ["article_id", "version_id", "entity_id", "entity_type", "sentence_no", "section",
             "char_start", "char_end", "surface", "method", "confidence", "link_rule",
             "link_confidence", "extractor_version"],
            "A mention without one of these is no fact.",
        ),
        rows.unique(
            ["article_id", "version_id", "section", "char_start", "char_end", "entity_id"],
            "A mention counted twice makes an entity look more present than it is.",
        ),
        *span_checks(rows),
        rows.in_set("entity_type", get_args(EntityType), "Analysts filter by these types."),
        rows.none_where(
            "entity_known",
            # No pattern of the row's own: it would be compiled for each.
            "known_type is null and not (starts_with(entity_id, 'local:' || entity_type || ':') "
            "and regexp_full_match(entity_id, '[^:]+:[^:]+:[0-9a-f]{12}'))",
            show, "An entity is of the gazetteer or knowledge base, or its id tells its type.",
        ),
        rows.none_where(
            "curated_type_wins", "known_type <> entity_type", f"{show}, known_type",
            "What gazetteer or knowledge base say about a type beats any model.",
        ),
        rows.none_where(
            "says_its_name", "method = 'gazetteer' and not is_its_name", show,
            "Words that share nothing with a name of the entity speak of another one.",
        ),
        rows.between("confidence", 0, 1, "A confidence is a share."),
        rows.between("link_confidence", 0, 1, "A confidence is a share."),
        rows.none_where(
            "extractor_is_the_analysis", "extractor_version is distinct from analysed_by",
            "article_id, extractor_version, analysed_by",
            "Mentions of two extractors in one article cannot be compared.",
        ),
    ]  # fmt: skip


def _evidence() -> list[Check]:
    query = EVIDENCE.format(span=_SPAN.format(table="theme_evidence"))
    rows = Rows(Asset("enriched_theme_evidence", query), REMEDY)
    return [
        rows.not_null(
            ["article_id", "version_id", "theme_id", "sentence_no", "section", "char_start",
             "char_end", "surface", "rule_id", "weight", "taxonomy_version"],
            "A receipt without one of these is none.",
        ),
        rows.unique(
            ["article_id", "version_id", "theme_id", "rule_id", "section", "char_start",
             "char_end"],
            "The same words speak once for a rule.",
        ),
        *span_checks(rows),
        rows.none_where(
            "theme_known", "threshold is null", "article_id, theme_id, rule_id",
            "A theme that is not in the taxonomy has no name and no parent.",
        ),
        rows.between("weight", 0, None, "Evidence never speaks against.", strictly=True),
        rows.none_where(
            "rule_is_the_themes", "not is_known_rule or abs(weight - known_weight) > 1e-6",
            "article_id, theme_id, rule_id, weight, known_weight",
            "A receipt names the rule of its theme that chose it, with that rule's weight.",
        ),
        rows.none_where(
            "taxonomy_is_the_analysis", "taxonomy_version is distinct from analysed_with",
            "article_id, taxonomy_version, analysed_with",
            "Evidence of two taxonomies in one article cannot be compared.",
        ),
        rows.none(
            "has_article_theme",
            "select article_id, theme_id from batch "
            "anti join article_theme using (article_id, version_id, theme_id)",
            "Evidence is kept for the themes that an article has.",
        ),
    ]  # fmt: skip


def _themes() -> list[Check]:
    rows = Rows(Asset("enriched_article_theme", THEME), REMEDY)
    return [
        rows.unique(["article_id", "version_id", "theme_id"], "An article has a theme once."),
        rows.none_where(
            "theme_known", "threshold is null", "article_id, theme_id",
            "A theme that is not in the taxonomy has no name and no parent.",
        ),
        rows.none_where(
            "score_reaches_threshold",
            "score is null or isnan(score) or isinf(score) or score < threshold - 1e-9",
            "article_id, theme_id, score, threshold",
            "Below its threshold a theme is a guess.",
        ),
        rows.none_where(
            "score_counts_evidence",
            "score < heaviest - 1e-6 or (is_primary and score < best_score - 1e-6)",
            "article_id, theme_id, score, heaviest, best_score, is_primary",
            "A score is at least its heaviest evidence, and the best one leads.",
        ),
        rows.none_where(
            "has_evidence",
            "evidence is null or evidence_count < 1 or evidence_count > evidence "
            "or evidence_count < sentences or evidence_count <> evidence",
            "article_id, theme_id, evidence_count, evidence, sentences",
            "A theme without an evidence sentence is not a fact.",
        ),
        rows.none(
            "one_primary",
            "select article_id, version_id, count_if(is_primary) as primaries from batch "
            "group by all having count_if(is_primary) <> 1",
            "An article with themes has one that leads.",
        ),
    ]  # fmt: skip


def _batch(limits: Thresholds) -> list[Check]:
    query = BATCH.format(
        mentions=limits.min_mentions_for_entity_share, rows=limits.min_rows_for_share
    )
    rows = Rows(Asset("enriched_batch", query), REMEDY)
    return [
        rows.at_most("extractor_versions", 1, "One batch is read by one extractor."),
        rows.at_most("taxonomy_versions", 1, "One batch is read by one taxonomy."),
        rows.at_most(
            "entity_mention_share", limits.max_entity_mention_share,
            "An entity that takes most mentions has an alias that is an ordinary word.",
        ),
        rows.at_most(
            "misnamed_share", _MISNAMED,
            "The id of a name that no list knows is made of it; another one is another name's.",
        ),
        rows.warning().at_least(
            "theme_share", limits.min_theme_share,
            "Fewer articles with a theme than this means that the rules no longer match.",
        ),
    ]  # fmt: skip
