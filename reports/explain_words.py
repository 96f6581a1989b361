"""What rules, numbers and moments of an explanation are called, on the page as in the terminal."""

from datetime import datetime

from core.explanation import About, Explanation, Mention, ThemeAccount
from core.taxonomy import SIMILARITY

_LINK_RULES = {
    "name": "a name of the gazetteer",
    "name_and_model": "a name of the gazetteer, and the model sees a name of that type here",
    "name_in_context": "a name of the gazetteer with other meanings; the article names its context",
    "short_form": "the short form of a longer name in this text",
    "new_name": "a name that the model sees and the gazetteer does not have",
    "knowledge_base": "a name that the model sees, and that means one thing in the knowledge base",
}
_SHAPES = {"year": "%Y", "month": "%Y-%m", "day": "%Y-%m-%d"}
_ANALYSIS = {
    "gazetteer_only": "only names of the gazetteer were looked for",
    "none": "there was no text to read",
}


def link_rule(mention: Mention) -> str:
    """Why this surface is that entity; a rule without words here is told by its id."""
    rule = mention.link_rule
    if rule is None:
        return "no rule is recorded"
    return _LINK_RULES.get(rule, rule.replace("_", " "))


def rule_name(rule_id: str) -> str:
    """A rule as it stands in the taxonomy, without its theme."""
    rule = rule_id.rpartition("/")[2]
    return "nearest sentence" if rule == SIMILARITY else rule


def when(value: datetime | None, precision: str) -> str:
    """A moment, no more exact than it is known."""
    if value is None or precision == "none":
        return "unknown"
    return value.strftime(_SHAPES.get(precision, "%Y-%m-%d %H:%M UTC"))


def confidence(value: float | None) -> str:
    return "not recorded" if value is None else f"{value:.2f}"


def points(value: float) -> str:
    """Points of a score, without zeros that say nothing."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


def against(theme: ThemeAccount) -> str:
    """The score beside the threshold; close to it a score is written as exactly as it takes."""
    if theme.threshold is None:
        return f"score {points(theme.score)}, no threshold recorded"
    score = points(theme.score)
    if (float(score) >= theme.threshold) != theme.is_reached:
        score = f"{theme.score:.4f}"
    return f"score {score}, threshold {points(theme.threshold)}"


def made_of(theme: ThemeAccount) -> str:
    """The sum that the score is; empty where its parts are not known."""
    if theme.parts is None:
        return ""
    parts = {rule_name(rule_id): value for rule_id, value in theme.parts.rules.items()}
    parts |= {"focus": theme.parts.focus, "similarity": theme.parts.similarity}
    return " + ".join(f"{name} {points(value)}" for name, value in parts.items() if value)


def measured(theme: ThemeAccount) -> str:
    """How often the theme is right, as far as anybody measured."""
    if theme.precision is None:
        return "how often it is right is unmeasured"
    recall = "" if theme.recall is None else f", recall {theme.recall:.2f}"
    articles = "" if theme.positives is None else f" on {theme.positives} labelled articles"
    return f"precision {theme.precision:.2f}{recall}{articles}"


def read_how(explanation: Explanation) -> str:
    """How far the text was analysed; empty where all of it was."""
    return _ANALYSIS.get(explanation.analysis_level, "")


def provenance(about: About) -> list[tuple[str, str]]:
    """What is known of where the article comes from, each with what told it."""
    told = {
        "Published": (
            when(about.published_at, about.published_precision),
            about.published_method and f"{about.published_precision}, by {about.published_method}",
        ),
        "First seen": (
            when(about.first_seen_at, "second"),
            about.first_seen_edition and f"edition {about.first_seen_edition}",
        ),
        "Genre": (about.genre, about.genre_method and f"by {about.genre_method}"),
        "Origin": (about.origin, about.origin_method and f"by {about.origin_method}"),
        "Authors": (", ".join(about.authors), None),
        "Owner": (about.owner, None),
        "Licence": (about.licence, None),
    }
    return [
        (name, f"{value.replace('_', ' ')}{f' ({method})' if method else ''}")
        for name, (value, method) in told.items()
        if value and value != "unknown"
    ] or [("Published", "unknown")]
