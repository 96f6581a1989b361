"""What most pages of one outlet cannot be at once if they are its articles.

A fault of an outlet's site or of its extraction shows on many of its pages together: all the
same body, title or minute, no prose, another outlet's pages. One such page may be honest.
"""

from core.config import Thresholds
from expectations.checks import Asset, Check, Rows, sql_text
from expectations.function_words import FUNCTION_WORDS

# What UTF-8 looks like that was read as Latin-1 or Windows-1252.
GARBLED = r"[\x{C2}-\x{F4}][\x{80}-\x{9F}]|[ÂÃ][\x{A0}-\x{BF}]|â€|ðŸ"
# Elements and entities of HTML, declarations of CSS, functions of JavaScript, and characters that
# stand escaped as in JSON, quoted-printable mail or addresses.
MARKUP = (
    r"</?(p|div|span|a|li|ul|td|tr|h[1-6]|br|img|script|style|iframe|b|i|em|strong)\b[^<>]*>"
    r"|&(amp|nbsp|quot|lt|gt|#\d+|#x[0-9a-f]+);|\{[^{}]*:[^{}]*;[^{}]*\}"
    r"|function( \w+)? ?\([^()]*\) ?\{|\\u[0-9a-fA-F]{4}|(=[0-9A-F]{2}){2}|(%[0-9A-F]{2}){2}"
)
_LOST = 100  # of so many characters one is lost; real pages have some that are, where they are
_LONG_ENOUGH = 60  # words by which a text tells its language
_LEAST_DISTINCT = 0.75  # of real texts two in 4,000 repeat more of their sentences
_LEAST_PROSE = 0.1  # of real English news nine in ten thousand texts have fewer function words

# Per wording: how many of its first words are the most frequent ones of each language.
SPOKEN = f"""
with word as (
    select article_id, version_id,
        unnest(regexp_extract_all(lower(left(text, 2000)), '\\p{{L}}+')) as word
    from article
),
heard as (
    select article_id, version_id, function_word.language, count(*) as times
    from word join function_word using (word) group by all
)
select article_id, version_id, words, coalesce(own.times, 0) / words as own_share,
    coalesce(best.times, 0) / words as best_share, best.language as best_language,
    article.language in (select language from function_word) and words >= {_LONG_ENOUGH} as is_told
from (select article_id, version_id, count(*) as words from word group by all)
join article using (article_id, version_id)
left join heard as own using (article_id, version_id, language)
left join (
    select article_id, version_id, max(times) as times, arg_max(language, times) as language
    from heard group by all
) as best using (article_id, version_id)
"""

# One row an article, so that two wordings of it are one page. Bodies are compared without their
# first line (often the headline, each page's own even where all show the same notice) and
# without digits, so that a clock or a counter does not tell them apart. Texts are read below the
# joins, where DuckDB reads them with all of its threads.
PAGE = f"""
select article.source_id, article.article_id, any_value(article.title) as title,
    any_value(body) as body,
    any_value(published_at) filter (published_precision in ('second', 'minute')) as moment,
    bool_or(is_told and own_share < {_LEAST_PROSE}) as is_no_prose,
    bool_and(is_told and is_under_another_title) as is_under_another_title,
    bool_or(is_told and is_in_one_case) as is_in_one_case,
    bool_or(is_told and is_begun_midway) as is_begun_midway,
    bool_or(len(pieces) > 3 and len(list_distinct(pieces)) < {_LEAST_DISTINCT} * len(pieces))
        as is_repetitive,
    bool_or(is_told and own_share < {_LEAST_PROSE} and best_share >= 2 * {_LEAST_PROSE})
        as is_in_another_language,
    bool_or(has_markup) as has_markup, bool_or(is_garbled) as is_garbled,
    bool_or(published_precision in ('second', 'minute')
        and published_at > fetched_at + interval 1 hour) as is_ahead,
    bool_or(article.host is distinct from own.host
        and article.host in (select host from known_source)) as is_of_another_outlet
from (
    select *, regexp_extract(url, '^[a-z]+://(?:www\\.)?([^/:]+)', 1) as host,
        md5(regexp_replace(regexp_replace(text, '^[^\\n]{{1,200}}\\n', ''), '\\d+', '', 'g'))
            as body,
        2 * len(list_intersect(title_words, regexp_extract_all(lower(text), '\\p{{L}}{{4,}}')))
            < len(title_words) as is_under_another_title,
        left(text, 400) in (upper(left(text, 400)), lower(left(text, 400))) as is_in_one_case,
        regexp_matches(text, '^[^\\p{{L}}]*\\p{{Ll}}') as is_begun_midway,
        regexp_split_to_array(rtrim(text, '.!?'), '[.!?\\n]\\s+') as pieces,
        regexp_matches(title || ' ' || text, {sql_text(MARKUP)}) as has_markup,
        len(regexp_extract_all(title || ' ' || text, {sql_text(GARBLED)})) > 2
            or {_LOST} * len(regexp_extract_all(title || ' ' || text, '\\x{{FFFD}}')) > length(text)
            as is_garbled
    from (
        select *, list_distinct(regexp_extract_all(lower(title), '\\p{{L}}{{4,}}')) as title_words
        from unreleased_article
    )
) as article
left join spoken using (article_id, version_id)
left join known_source as own on own.source_id = article.source_id
group by all
"""

OUTLET = """
select source_id, count(*) as pages, count(*) - count(distinct body) as same_body,
    count(title) - count(distinct title) as same_title,
    count(moment) - count(distinct moment) as same_moment,
    count_if(is_no_prose) as no_prose, count_if(is_in_another_language) as in_another_language,
    count_if(is_under_another_title) as under_another_title,
    count_if(is_in_one_case) as in_one_case, count_if(is_begun_midway) as begun_midway,
    count_if(is_repetitive) as repeating_themselves,
    count_if(has_markup) as with_markup, count_if(is_garbled) as garbled,
    count_if(is_ahead) as ahead, count_if(is_of_another_outlet) as of_another_outlet
from page group by source_id having count(*) >= {rows}
"""


def function_words() -> str:
    """The statement that makes `function_word`, which `spoken` reads."""
    words = ", ".join(
        f"({sql_text(language)}, {sql_text(word)})"
        for language, listed in FUNCTION_WORDS.items()
        for word in listed.split()
    )
    return f"create temp table function_word as from (values {words}) as t(language, word)"


def page_tables() -> tuple[Asset, ...]:
    """`spoken` and `page`, which the checks of outlets and of coverage read."""
    return (Asset("spoken", SPOKEN), Asset("page", PAGE))


def outlet_checks(limits: Thresholds) -> list[Check]:
    """A check for each thing that most pages of an outlet do not have in common."""
    rows = Rows(
        Asset("outlet_pages", OUTLET.format(rows=limits.min_rows_for_share)),
        "Look at some of the outlet's pages; mend the extraction or its entry in sources.yml, "
        "or retire it, and run the edition again.",
    )
    # Of honest titles up to a quarter tease; of exchanged ones four fifths and more fit nothing.
    own = {"under_another_title": limits.max_mistitled_share_of_outlet}
    return [
        rows.none_where(
            f"few_{name}",
            f"{name} > {own.get(name, limits.max_damaged_share_of_outlet)} * pages",
            f"source_id, pages, {name}", why,
        )
        for name, why in _WHY.items()
    ]  # fmt: skip


_WHY = {
    "same_body": "One body on many pages of an outlet is a cookie wall or an error page.",
    "same_title": "One title on many pages of an outlet is the site's, not the articles'.",
    "same_moment": "Articles that all appeared in one instant carry the date of a rebuilt page.",
    "no_prose": "What has hardly any of its language's commonest words is a list, code or noise.",
    "in_another_language": "A text in another language than it says is read by the wrong models.",
    "under_another_title": "A title of which its text has hardly a word is another article's.",
    "in_one_case": "Names are told by their capitals; where all or none are, none is found.",
    "begun_midway": "A text that begins in the middle of a sentence has lost its beginning.",
    "repeating_themselves": "A text that was read twice counts each of its mentions twice.",
    "with_markup": "HTML, CSS or scripts in texts are not what readers saw.",
    "garbled": "Texts decoded in the wrong charset match no name and no phrase.",
    "ahead": "An outlet that publishes after it was read has its times in another zone.",
    "of_another_outlet": "Pages of another outlet's site would count for the wrong owner.",
}
