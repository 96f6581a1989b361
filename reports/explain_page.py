"""An explanation as one self-contained HTML page: the text, its marks, and why each is there."""

from collections.abc import Iterable
from functools import cache

from jinja2 import Template
from markupsafe import Markup, escape

from core.explanation import Evidence, Explanation, ThemeAccount
from reports import explain_words
from reports.explain_marks import Marked, Piece, marked_text
from reports.filters import environment
from reports.wording import MOST_CHANGES, Change, changes

MOST_COPIES = 40
_BAR_ROOM = 1.05


def explanation_page(explanation: Explanation, brief: str | None = None) -> str:
    """The page; `brief` is the address of the brief that it belongs to, where there is one."""
    text = marked_text(explanation)
    return _template().render(
        one=explanation,
        brief=brief,
        text=text,
        most=most_times((*explanation.themes, *(explanation.nearly or ()))),
        by_rule=lambda theme: by_rule(theme, text),
        provenance=explain_words.provenance(explanation.about),
        read_how=explain_words.read_how(explanation),
        reworded=reworded(explanation),
        most_changes=MOST_CHANGES,
        most_copies=MOST_COPIES,
    )


@cache
def _template() -> Template:
    made = environment()
    made.filters |= {
        "against": explain_words.against,
        "bar": bar,
        "confidence": explain_words.confidence,
        "link_rule": explain_words.link_rule,
        "made_of": explain_words.made_of,
        "markup": markup,
        "measured": explain_words.measured,
        "points": explain_words.points,
        "rule_name": explain_words.rule_name,
        "when": explain_words.when,
    }
    return made.get_template("explain.html.j2")


def markup(content: Iterable[Piece | str]) -> Markup:
    """Marked text; the numbers are no text of the page but drawn from `data-n`."""
    return Markup("").join(
        _piece(one) if isinstance(one, Piece) else escape(one) for one in content
    )


def _piece(piece: Piece) -> Markup:
    number, inside = piece.mark.number, markup(piece.inside)
    if piece.mark.kind == "name":
        return Markup('<a class="name" href="#name-{}">{}</a>').format(number, inside)
    anchor = Markup(' id="evidence-{}"').format(number) if piece.is_first else ""
    shown = Markup(' data-n="{}"').format(number) if piece.is_last else ""
    return Markup("<mark{}{}>{}</mark>").format(anchor, shown, inside)


def by_rule(theme: ThemeAccount, text: Marked) -> list[tuple[str, list[tuple[int, Evidence]]]]:
    """The evidence of a theme by its rules, each with the number of its mark."""
    rules: dict[str, list[tuple[int, Evidence]]] = {}
    for one in theme.evidence:
        number = text.number_of[one.section, one.start, one.end]
        rules.setdefault(one.rule_id, []).append((number, one))
    return list(rules.items())


def bar(theme: ThemeAccount, most: float) -> Markup:
    """The score as a length, with its threshold at one place on every bar of the page.

    `most` times the threshold fills the bar. For the eye alone: the words beside it say the same.
    """
    if theme.threshold is None:
        return Markup("")
    return Markup(
        '<span class="bar" aria-hidden="true"><i style="width:{:.1f}%"></i>'
        '<b style="left:{:.1f}%"></b></span>'
    ).format(100 * theme.score / theme.threshold / most, 100 / most)


def most_times(themes: Iterable[ThemeAccount]) -> float:
    """How many times its threshold the highest score is, and a little more."""
    ratios = [one.score / one.threshold for one in themes if one.threshold]
    return _BAR_ROOM * max([1.0, *ratios])


def reworded(explanation: Explanation) -> list[Change]:
    """What differs between the current wording and the one seen before it."""
    seen = [one for one in explanation.wordings if one.change != "removed"]
    place = next((place for place, one in enumerate(seen) if one.is_current), 0)
    if place == 0:
        return []
    before, now = seen[place - 1], seen[place]
    return changes((before.title, before.text), (now.title, now.text))
