"""An explanation in the terminal; its marks are signs, which survive a pipe and need no colour."""

import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from rich.console import Console
from rich.table import Table
from rich.text import Text

from core.explanation import Copy, Explanation, ThemeAccount
from reports import explain_words as told
from reports.explain_marks import Marked, Paragraph, Piece, marked_text

_RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_UNFOLDED = 10_000
_MOST_COPIES = 20
_LEGEND = "{evidence for a theme}¹ with the number of its line below, [name]"


def show(explanation: Explanation, out: TextIO) -> None:
    """Write the text with its marks, its themes, names, copies, story and dates."""
    width = None if out is sys.stdout and out.isatty() else _UNFOLDED
    console = Console(file=out, width=width, highlight=False, soft_wrap=True)
    text = marked_text(explanation)
    _head(console, explanation)
    console.print(Text(_LEGEND, style="dim"))
    console.print()
    for section, style in ((text.title, "bold"), (text.body, "")):
        if section:
            console.print(_marked(section, style), end="\n\n")
    _themes(console, explanation, text)
    _nearly(console, explanation.nearly)
    _names(console, text)
    if explanation.publication_id:
        _elsewhere(console, explanation)
    _dates(console, explanation)


def plain_marks(content: Iterable[Piece | str]) -> str:
    """Marked text in signs: `{evidence}¹` and `[name]`."""
    return "".join(one if isinstance(one, str) else _signs(one) for one in content)


def _signs(piece: Piece) -> str:
    inside = plain_marks(piece.inside)
    if piece.mark.kind == "name":
        return f"[{inside}]"
    number = str(piece.mark.number).translate(_RAISED) if piece.is_last else ""
    return f"{{{inside}}}{number}"


def _marked(paragraphs: Sequence[Paragraph], style: str) -> Text:
    return Text("".join(plain_marks(one.content) for one in paragraphs), style=style)


def _head(console: Console, one: Explanation) -> None:
    about = one.about
    console.print(Text(one.title or "(no headline)", style="bold"))
    facts = [
        about.outlet or "",
        f"published {told.when(about.published_at, about.published_precision)}",
        f"article {one.article_id}",
        f"publication {one.publication_id}" if one.publication_id else "read on the spot",
        f"language {one.language}",
        told.read_how(one),
    ]
    console.print(Text(" · ".join(fact for fact in facts if fact), style="dim"))
    if about.url:
        console.print(Text(about.url, style="dim"))
    for note in one.notes:
        console.print(Text(f"! {note}", style="yellow"))
    console.print()


def _heading(console: Console, words: str) -> None:
    console.print(Text(words.upper(), style="bold"))


def _themes(console: Console, one: Explanation, text: Marked) -> None:
    _heading(console, "Its themes")
    if not one.themes:
        console.print("No theme reached its threshold.")
    for theme in one.themes:
        _theme(console, theme)
        console.print(Text(f"  {told.measured(theme)}", style="dim"))
        for row in theme.evidence:
            number = text.number_of[row.section, row.start, row.end]
            found = "the whole sentence" if row.surface == row.sentence else f"“{row.surface}”"
            where = "headline" if row.section == "title" else f"sentence {row.sentence_no}"
            console.print(
                Text(
                    f"  {number:>3}  {told.rule_name(row.rule_id)}, weight "
                    f"{told.points(row.weight)}: {found} ({where})"
                )
            )
    console.print()


def _theme(console: Console, theme: ThemeAccount) -> None:
    primary = ", primary" if theme.is_primary else ""
    console.print(
        Text.assemble((theme.name, "bold"), f" ({theme.theme_id}{primary}): {told.against(theme)}")
    )
    if made_of := told.made_of(theme):
        console.print(Text(f"  {made_of}"))


def _nearly(console: Console, themes: Sequence[ThemeAccount] | None) -> None:
    if themes is None:
        return
    _heading(console, "Themes that nearly were")
    if not themes:
        console.print("No other theme came half way to its threshold.")
    for theme in themes:
        _theme(console, theme)
        for row in theme.evidence:
            rule = told.rule_name(row.rule_id)
            console.print(Text(f"       {rule}, “{row.surface}”: {row.sentence}"))
    console.print()


def _names(console: Console, text: Marked) -> None:
    _heading(console, "Its names")
    if not text.names:
        console.print("No name was found.")
        return
    rows = []
    for name in text.names:
        one = name.mentions[0]
        known = one.qid or ("nobody known (NIL)" if one.is_local else "no QID recorded")
        places = ["headline" if m.section == "title" else str(m.sentence_no) for m in name.mentions]
        rows.append(
            (
                f"[{one.surface}]",
                one.name,
                one.entity_type,
                f"{one.entity_id}, {known}",
                told.link_rule(one),
                told.confidence(one.confidence),
                told.confidence(one.link_confidence),
                ", ".join(places),
            )
        )
    columns = ("in the text", "means", "type", "id", "by", "mention", "link", "sentences")
    _table(console, columns, rows)


def _elsewhere(console: Console, one: Explanation) -> None:
    _heading(console, "The same text elsewhere")
    if one.duplicates:
        _copies(console, one.duplicates)
    else:
        console.print("No other article carries nearly the same text.\n")
    if one.story:
        story = one.story
        _heading(console, "Its story")
        console.print(
            Text(
                f"{story.title} ({story.story_id}): {len(story.members)} articles, "
                f"{story.texts} texts, {story.owners_reporting} reporting and "
                f"{story.owners_printing} printing owners"
            )
        )
        _copies(console, story.members)


def _copies(console: Console, copies: Sequence[Copy]) -> None:
    rows = [
        (
            one.outlet,
            told.when(one.published_at, one.published_precision),
            told.when(one.first_seen_at, "minute"),
            one.article_id,
            one.title,
        )
        for one in copies[:_MOST_COPIES]
    ]
    _table(console, ("outlet", "published", "first seen", "article", "headline"), rows)
    if len(copies) > _MOST_COPIES:
        console.print(f"and {len(copies) - _MOST_COPIES} more")


def _dates(console: Console, one: Explanation) -> None:
    _heading(console, "Dates, kind and origin")
    for name, value in told.provenance(one.about):
        console.print(Text(f"{name}: {value}"))
    for row in one.dates:
        taken = ", taken" if row.is_chosen else ""
        console.print(
            Text(f"  {row.method}: {told.when(row.value, row.precision)} ({row.precision}{taken})")
        )
    console.print()


def _table(console: Console, names: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    table = Table(show_edge=False, header_style="bold", pad_edge=False)
    for name in names:
        table.add_column(Text(name), overflow="fold")
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table, soft_wrap=False)
    console.print()
