"""Cases of markup: pages that cost a parser its time, its memory or its mind."""

import json

from tests.support.hostile.cases import WORDS, Case, add, fixed, page, story
from tests.support.hostile.server import Line

_TEXT = f"<p>{WORDS * 3}</p>"
_SECRET = "root:"  # what /etc/passwd begins with


def _page(name: str, status: str, reason: str, body: bytes | str, *, text: str = "") -> None:
    add(Case(name, "page", status, reason, fixed(body), text=text))


@page("extract_failed", "more than")
async def attributes_by_the_200_000(line: Line, _times: int) -> None:
    attributes = " ".join(f"a{number}=x" for number in range(200_000))
    await line.answer(f"<html><body><p {attributes}>{WORDS * 3}</p></body></html>")


@page("too_large", "limit")
async def links_of_11_mb(line: Line, _times: int) -> None:
    links = "".join(f'<a href="/link/{number}/{"x" * 80}">link</a>' for number in range(100_000))
    await line.answer(f"<html><body>{links}{_TEXT}</body></html>")


@page("loaded", text="harbour board")
async def elements_nested_200_000_deep(line: Line, _times: int) -> None:
    await line.answer(f"<html><body>{_TEXT}{'<div>' * 200_000}deep</body></html>")


@page("loaded", text="harbour board")
async def elements_never_closed(line: Line, _times: int) -> None:
    await line.answer(f"<html><body><article>{_TEXT}{'<b><i>' * 50_000}</article></body></html>")


@page("loaded", text="harbour board")
async def tables_nested_2_000_deep(line: Line, _times: int) -> None:
    await line.answer(f"<html><body><article>{_TEXT}{'<table><tr><td>' * 2_000}</article></html>")


@page("loaded", text="The last of them", pace="heavy")
async def paragraphs_by_the_100_000(line: Line, _times: int) -> None:
    paragraphs = "<p>One of many short paragraphs.</p>" * 100_000
    await line.answer(story("many", "", f"{paragraphs}<p>The last of them.</p>"))


_page("lists_nested_5_000_deep", "loaded", "", story("x", "", "<ul><li>" * 5_000))
_page("templates_nested_20_000_deep", "loaded", "", story("x", "", "<template>" * 20_000))
_page(
    "plain_text_begun_and_never_ended", "loaded", "", story("x", "", "<plaintext>" + "</p>" * 9_999)
)
_page("nul_bytes_between_words", "loaded", "", story("nul").replace(" board ", " board\0 "))
_page("nul_bytes_alone", "not_an_article", "not text", bytes(100_000))
_page("control_characters", "loaded", "", story("a \x01\x08\x0b\x1b[31m\x7f bell \x9b"))
_page("references_to_no_character", "loaded", "", story("&#0; &#xD800; &#x110000; &#99999999999;"))
_page(
    "references_to_entities_of_html",
    "loaded",
    "",
    story("a story", "", "<p>&nbsp;&copy;&nope;</p>"),
)
_page("direction_marks", "loaded", "", story("a \u202egnp.exe\u202c and \u2066more"))
_page("marks_by_the_thousand_on_a_letter", "loaded", "", story("e" + "\u0301" * 100_000))
_page("title_of_a_megabyte", "loaded", "", story("x", f"<title>{'title ' * 170_000}</title>"))
_page("word_of_a_megabyte", "loaded", "", story("x", "", f"<p>{'w' * 1_000_000}</p>"))
_page("signs_of_less_by_the_300_000", "loaded", "", story("x", "", "<" * 300_000))
_page("ampersands_by_the_300_000", "loaded", "", story("x", "", "&" * 300_000))
_page("comment_never_closed", "loaded", "", story("x", "", "<!--" + "-" * 1_000_000))
_page("comments_by_the_100_000", "loaded", "", story("x", "", "<!-- -->" * 100_000))
_page("script_of_2_mb", "loaded", "", story("x", f"<script>{'var a;' * 350_000}</script>"))
_page("script_never_closed", "not_an_article", "", "<html><body><script>" + WORDS * 9)
_page("frames_only", "not_an_article", "", "<html><frameset><frame src='/a'></frameset></html>")
_page("picture_behind_html", "not_an_article", "", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40)
_page("pdf_behind_html", "not_an_article", "", b"%PDF-1.7\n" + bytes(range(256)) * 40)
_page("empty_body", "not_an_article", "empty", b"")
_page("spaces_only", "not_an_article", "empty", b" \n" * 500_000)
_page("refresh_for_ever", "not_an_article", "", "<meta http-equiv=refresh content='0;url=/page'>")
_page(
    "dates_of_a_megabyte",
    "loaded",
    "",
    story("x", "", f"<time datetime='{'99-99-' * 100_000}'>{'99/99/' * 100_000}</time>"),
)
_page(
    "page_of_last_year",
    "out_of_window",
    "published 2025",
    story("x", '<meta property="article:published_time" content="2025-09-01T08:00:00Z">'),
)
_page(
    "canonical_of_another_site",
    "loaded",
    "",
    story("x", '<link rel="canonical" href="https://rival.test/stolen">'),
)
_page(
    "canonical_inside_a_network",
    "loaded",
    "",
    story("x", '<link rel="canonical" href="http://10.0.0.1/">'),
)
_page(
    "canonical_that_runs",
    "loaded",
    "",
    story("x", '<link rel="canonical" href="javascript:alert(1)">'),
)
_page("base_of_another_site", "loaded", "", story("x", '<base href="https://rival.test/">'))

# What a page says of itself -----------------------------------------------------------------


def _linked(name: str, document: str) -> None:
    script = f'<script type="application/ld+json">{document}</script>'
    _page(f"jsonld_{name}", "loaded", "", story(name, script), text=name)


_linked("nested_100_000_deep", "[" * 100_000)
_linked("objects_nested_50_000_deep", '{"a":' * 50_000 + "1" + "}" * 50_000)
_linked("number_of_a_megabyte", '{"@type":"Article","wordCount":' + "9" * 1_000_000 + "}")
_linked("that_is_infinite", '{"@type":"Article","datePublished":1e999,"headline":NaN}')
_linked("of_wrong_kinds", '{"@type":[{}],"datePublished":{},"author":[[1]],"headline":[]}')
_linked("dated_out_of_time", '{"@type":"NewsArticle","datePublished":"99999-99-99T99:99:99+99:99"}')
_linked("by_100_000_authors", json.dumps({"@type": "Article", "author": ["A B"] * 100_000}))


# Entities -----------------------------------------------------------------------------------


def lol(root: str, inside: str) -> str:
    """A document type whose last entity is a billion words."""
    steps = "".join(f'<!ENTITY l{number} "{f"&l{number - 1};" * 10}">' for number in range(1, 10))
    return f'<?xml version="1.0"?><!DOCTYPE {root} [<!ENTITY l0 "lol">{steps}]>{inside}'


@page("loaded", text="harbour board")
async def entities_that_explode(line: Line, _times: int) -> None:
    inside = f"<html><body><p>&l9;</p>{_TEXT}</body></html>"
    await line.answer(lol("html", inside), kind="application/xhtml+xml")


@page("loaded", text="harbour board")
async def entity_of_a_file(line: Line, _times: int) -> None:
    doctype = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    body = f'<?xml version="1.0"?>{doctype}<html><body>{_TEXT}<p>&x;</p></body></html>'
    await line.answer(body, kind="application/xhtml+xml")


@page("loaded", text="harbour board")
async def entity_of_a_url(line: Line, _times: int) -> None:
    doctype = '<!DOCTYPE html SYSTEM "http://entity-of-a-url.test/asked.dtd">'
    body = f'<?xml version="1.0"?>{doctype}<html><body>{_TEXT}<p>&x;</p></body></html>'
    await line.answer(body, kind="application/xhtml+xml")
