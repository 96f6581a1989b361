"""What must be true of texts as wholes: sentences cover them, hashes and links compare them."""

from core.plan import Run
from expectations.checks import Asset, Check, Rows

# What lies between the sentences of a body is white space only, and they are numbered through.
COVERED = r"""
select article_id, version_id, sentences, last_no, in_quotation,
    length(regexp_replace(text, '[\s\p{Z}]', '', 'g')) as characters, told_characters,
    regexp_matches(text, '["\x{201C}\x{201D}\x{201E}\x{AB}\x{BB}\x{300C}\x{300D}]') as has_marks
from article left join (
    select article_id, version_id, count(*) as sentences, max(sentence_no) as last_no,
        bool_or(in_quotation and section = 'body') as in_quotation,
        coalesce(sum(length(regexp_replace(text, '[\s\p{Z}]', '', 'g')))
            filter (section = 'body'), 0) as told_characters
    from sentence group by all
) using (article_id, version_id)
"""

# A language is read at one level; a text is hashed and described once.
LEVEL = """
select language, count(distinct analysis_level) as levels
from analysis join article using (article_id, version_id)
where analysis_level <> 'none' group by all
"""
SIGNED = """
select '{table}' as table_name, article_id, version_id, count(*) as times,
    any_value(a.article_id is null) as is_stray,
    any_value(a.published_day is distinct from t.published_day) as is_other_day,
    any_value({form}) as form
from {table} as t left join article as a using (article_id, version_id) group by all
"""
# A pair with the share of equal hashes, where both of its texts are of this batch.
PAIR = """
select pair.*, list_sum(list_transform(
        list_zip(a.min_hashes, b.min_hashes), lambda two: (two[1] = two[2])::integer
    )) / len(a.min_hashes) as hashed
from near_duplicate as pair
left join signature as a on a.article_id = article_id_a and a.version_id = version_id_a
left join signature as b on b.article_id = article_id_b and b.version_id = version_id_b
"""
_FORMS = {
    "signature": "algorithm_version || ' ' || len(min_hashes)",
    "story_terms": "if(len(terms) <> len(weights), null, model_version || ' ' || len(vector))",
}


def text_checks(run: Run, remedy: str) -> list[Check]:
    """Every check of whole texts; `remedy` is what to do when one of a text's own fails."""
    return [*_texts(remedy), *_pairs(), *_links(run)]


def _texts(remedy: str) -> list[Check]:
    covered = Rows(Asset("enriched_text", COVERED), remedy)
    level = Rows(Asset("enriched_level", LEVEL), remedy)
    queries = [SIGNED.format(table=table, form=form) for table, form in _FORMS.items()]
    signed = Rows(Asset("enriched_signature", " union all ".join(queries)), remedy)
    return [
        covered.none_where(
            "all_of_it",
            "sentences is null or told_characters <> characters or last_no <> sentences - 1",
            "article_id, sentences, last_no, characters, told_characters",
            "A sentence that is left out can speak for nothing, and nobody would miss it.",
        ),
        covered.none_where(
            "quotation_has_marks", "in_quotation and not has_marks", "article_id",
            "Nobody is quoted in a text without a quotation mark.",
        ),
        level.none_where(
            "one_per_language", "levels > 1", "language, levels",
            "Texts of one language that are read by two methods cannot be compared.",
        ),
        signed.none_where(
            "once_each", "times > 1 or is_stray or is_other_day",
            "table_name, article_id, version_id, times, is_stray, is_other_day",
            "What texts are compared by is of the texts that landed, with their day.",
        ),
        signed.none(
            "of_one_form",
            "select table_name, count(distinct coalesce(form, '')) as forms from batch "
            "group by all having count(distinct coalesce(form, '')) > 1 or bool_or(form is null)",
            "Hashes and vectors of two makes cannot be compared; an old one pairs with nothing.",
        ),
        signed.none(
            "none_missing",
            "select article_id, version_id from analysis where analysis_level <> 'none' "
            "and (article_id, version_id) not in "
            "(select (article_id, version_id) from batch where table_name = 'story_terms')",
            "A text that is described by nothing starts a story of its own.",
        ),
    ]  # fmt: skip


def _pairs() -> list[Check]:
    rows = Rows(
        Asset("enriched_near_duplicate", PAIR),
        "Clear and repeat the task 'group_texts'.",
    )
    return [
        rows.unique(
            ["article_id_a", "version_id_a", "article_id_b", "version_id_b"], "A pair counts once."
        ),
        rows.none_where(
            "in_order", "article_id_a >= article_id_b", "article_id_a, article_id_b",
            "A pair is written once, and nothing is its own copy.",
        ),
        rows.between("jaccard", 0, 1, "A likeness is a share.", strictly=True),
        rows.none_where(
            "as_alike_as_hashed", "abs(jaccard - hashed) > 0.01",
            "article_id_a, article_id_b, jaccard, hashed",
            "Two texts count as one because their hashes agree, counted again.",
        ),
        rows.none(
            "same_text_is_a_pair",
            "select a.article_id, b.article_id as other_id "
            "from (from article semi join signature using (article_id, version_id)) as a "
            "join (from article semi join signature using (article_id, version_id)) as b "
            "on a.text = b.text and a.article_id < b.article_id "
            "and abs(a.published_day - b.published_day) <= 30 "
            "where (a.article_id, a.version_id, b.article_id, b.version_id) not in (select "
            "(article_id_a, version_id_a, article_id_b, version_id_b) from batch)",
            "One text printed twice is one text, or a story counts it as two voices.",
        ),
        rows.none(
            "of_this_batch",
            "select article_id_a, article_id_b from batch where not exists (from article a where "
            "(a.article_id = article_id_a and a.version_id = version_id_a) "
            "or (a.article_id = article_id_b and a.version_id = version_id_b))",
            "A pair that no landed wording is part of belongs to another edition.",
        ),
    ]  # fmt: skip


def _links(run: Run) -> list[Check]:
    rows = Rows(
        Asset("enriched_story_link", "select * from story_link"),
        "Clear and repeat the task 'group_texts'.",
    )
    this = f"date '{run.edition}'"
    show = "article_id, earlier_article_id, seen_in, earlier_seen_in, likeness"
    return [
        rows.unique(
            ["article_id", "version_id", "seen_in", "earlier_seen_in"],
            "A wording has one like it in an edition.",
        ),
        rows.not_null(
            ["article_id", "version_id", "seen_in", "earlier_article_id", "earlier_version_id",
             "earlier_seen_in", "likeness"],
            "A link leads from a wording to an earlier one.",
        ),
        # Of rounded numbers: a text is up to 1.01 like itself.
        rows.between("likeness", 0, 1.01, "A likeness is a share.", strictly=True),
        rows.none_where(
            "leads_back", "earlier_seen_in > seen_in or article_id = earlier_article_id", show,
            "A story goes back to its first report; what came later is nobody's ancestor.",
        ),
        rows.none(
            "of_this_batch",
            f"select {show} from batch where not ((seen_in = {this} "
            "and (article_id, version_id) in (select (article_id, version_id) from article)) "
            f"or (earlier_seen_in = {this} and (earlier_article_id, earlier_version_id) in "
            "(select (article_id, version_id) from article)))",
            "A link that no landed wording is part of belongs to another edition.",
        ),
    ]  # fmt: skip
