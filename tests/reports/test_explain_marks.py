"""Marks nest as markup must, number what they are, and never lose or move a character."""

import re
from html import unescape

import lxml.html
from hypothesis import given, settings
from hypothesis import strategies as st

from cli.explain_text import plain_marks
from core.explanation import Evidence, Explanation, Mention, ThemeAccount
from core.identity import clean_text
from reports.explain_marks import Mark, Piece, marked_text, nested
from reports.explain_page import explanation_page, markup

# Marks around astral signs, combining marks, right-to-left letters, entities and line ends.
TEXTS = st.text(
    st.one_of(st.sampled_from("ab <&>\"'\n\t😀é́עב؟क्ष{[]}¹"), st.characters()), max_size=60
).map(clean_text)


@st.composite
def explanations(draw: st.DrawFn) -> Explanation:
    """A text with evidence anywhere, crossing as it likes, and names that do not overlap."""
    title, text = draw(TEXTS), draw(TEXTS)
    evidence, mentions = [], []
    for section, content in (("title", title), ("body", text)):
        for _ in range(draw(st.integers(0, 4))) if content else ():
            start = draw(st.integers(0, len(content) - 1))
            end = draw(st.integers(start + 1, len(content)))
            evidence.append(spoken(section, start, end, content))
        for start, end in separate(draw(st.lists(st.integers(0, len(content)), max_size=6))):
            mentions.append(named(section, start, end, content))
    theme = ThemeAccount("t", "Theme", 2.0, 1.0, True, True, tuple(evidence))
    return Explanation(
        "id", title, text, "en", "full", "1", "x", tuple(mentions), (theme,) if evidence else ()
    )


def separate(cuts: list[int]) -> list[tuple[int, int]]:
    order = sorted(set(cuts))
    return list(zip(order[::2], order[1::2], strict=False))


def spoken(section: str, start: int, end: int, text: str) -> Evidence:
    return Evidence(section, start, end, text[start:end], 1, text, "t/rule", 1.0)


def named(section: str, start: int, end: int, text: str) -> Mention:
    surface = text[start:end]
    return Mention(
        section, start, end, surface, 1, "e", "E", "ORG", None, "gazetteer", 0.9, "name", 0.9
    )


def stripped(html: str) -> str:
    return unescape(re.sub(r"</?(?:mark|a)\b[^>]*>", "", html))


def shown(page: str, section: str) -> str:
    """What a browser's DOM holds as the text of a section."""
    paragraphs = lxml.html.fromstring(page).xpath(f"//div[@data-section='{section}']//p")
    return "".join(one.text_content() for one in paragraphs)


@given(explanations())
def test_the_page_without_marks_is_the_text(explanation: Explanation) -> None:
    marked = marked_text(explanation)
    for section, paragraphs in (("title", marked.title), ("body", marked.body)):
        html = "".join(str(markup(one.content)) for one in paragraphs)
        assert stripped(html) == explanation.section(section)


@given(explanations())
def test_every_mark_holds_the_words_that_it_is_about(explanation: Explanation) -> None:
    marked = marked_text(explanation)
    found: dict[tuple[str, str, int], str] = {}

    def walk(section: str, content: list[Piece | str]) -> str:
        words = ""
        for one in content:
            if isinstance(one, str):
                words += one
                continue
            inside = walk(section, one.inside)
            key = (section, one.mark.kind, one.mark.start)
            if one.mark.kind == "evidence":
                key = (section, "evidence", one.mark.number)
            assert one.is_first == (key not in found)
            found[key] = found.get(key, "") + inside
            words += inside
        return words

    for section, paragraphs in (("title", marked.title), ("body", marked.body)):
        for paragraph in paragraphs:
            walk(section, paragraph.content)
    for theme in explanation.themes:
        for one in theme.evidence:
            number = marked.number_of[one.section, one.start, one.end]
            assert found[one.section, "evidence", number] == one.surface
    for one in explanation.mentions:
        assert found[one.section, "name", one.start] == one.surface


@given(explanations())
def test_every_reason_stands_beside_the_paragraph_in_which_its_mark_begins(
    explanation: Explanation,
) -> None:
    marked = marked_text(explanation)
    told = [
        reason.evidence
        for paragraph in (*marked.title, *marked.body)
        for _, reasons in paragraph.reasons
        for reason in reasons
    ]
    wanted = [one for theme in explanation.themes for one in theme.evidence]
    assert sorted(told, key=repr) == sorted(wanted, key=repr)


def test_crossing_marks_are_split_and_equal_ones_are_ordered() -> None:
    marks = [Mark(0, 5, "evidence", 1), Mark(3, 8, "evidence", 2), Mark(0, 5, "name", 1)]
    html = str(markup(nested("abcdefghij", 0, 10, marks)))
    assert html == (
        '<mark id="evidence-1" data-n="1"><a class="name" href="#name-1">abc'
        '<mark id="evidence-2">de</mark></a></mark><mark data-n="2">fgh</mark>ij'
    )


def test_marks_in_signs() -> None:
    marks = [Mark(0, 8, "evidence", 12), Mark(0, 3, "name", 1)]
    assert plain_marks(nested("MGM left it", 0, 11, marks)) == "{[MGM] left}¹² it"


def test_a_long_line_full_of_names_is_marked_at_once() -> None:
    marks = [Mark(at, at + 3, "name", at) for at in range(0, 400_000, 4)]
    content = nested("abc " * 100_000, 0, 400_000, marks)
    assert len(content) == 200_000


@given(explanations())
@settings(max_examples=50)
def test_the_whole_page_holds_the_text_once_and_exactly(explanation: Explanation) -> None:
    page = explanation_page(explanation)
    assert shown(page, "title") == explanation.title
    assert shown(page, "body") == explanation.text
