"""The taxonomy of `themes.yml`: themes, their rules, and how right they were measured to be."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from core.config_model import Cue, Misplaced, Model, Phrase, Slug, refuse_cycles, refuse_repeats

SIMILARITY = "similarity"
"""The rule id under which the sentence nearest to a theme is told."""


class Rule(Model):
    """Phrases that speak for a theme; a trailing `*` in a phrase matches any word ending.

    Every context in `requires` must be present in the scope, none of `excludes` may be: in the
    phrase's sentence; in it, the title and the first three sentences (`lead`); or in the article.
    """

    id: Slug
    phrases: Annotated[list[Cue], Field(min_length=1)]
    requires: list[Slug] = []
    excludes: list[Slug] = []
    scope: Literal["sentence", "lead", "article"] = "sentence"
    weight: float = Field(1.0, gt=0, le=5)


Example = Annotated[str, Field(min_length=1, max_length=20_000)]


class Accuracy(Model):
    """How right a theme was on labelled articles, written by a measurement and not by hand.

    `positives` of the `articles` were about the theme; `rules` is the `core.accuracy.fingerprint`
    of what was measured, so that a theme whose rules changed since counts as unmeasured.
    """

    precision: float = Field(ge=0, le=1)
    recall: float = Field(ge=0, le=1)
    positives: int = Field(ge=1)
    articles: int = Field(ge=1)
    rules: Annotated[str, Field(pattern=r"^[0-9a-f]{8}$")] = "00000000"


class Theme(Model):
    """A node of the taxonomy; `threshold` is the score from which an article is about it.

    `examples` are texts that must be about the theme, `counterexamples` texts that must not be;
    `broadsheet themes check` reads them.
    """

    id: Slug
    name: Phrase
    parent: Slug | None = None
    description: Annotated[str, Field(min_length=20)]
    iptc: Annotated[str, Field(pattern=r"^medtop:\d{8}$")] | None = None
    threshold: float = Field(1.0, gt=0)
    accuracy: Accuracy | None = None
    rules: list[Rule] = []
    examples: list[Example] = []
    counterexamples: list[Example] = []
    retired_in_edition: date | None = None

    @model_validator(mode="after")
    def _unique(self) -> Self:
        refuse_repeats("rule", "rules", [rule.id for rule in self.rules])
        if any(rule.id == SIMILARITY for rule in self.rules):
            raise ValueError(f"the rule id '{SIMILARITY}' is kept for word vectors; choose another")
        return self


class Scoring(Model):
    """What counts for a theme beside its rules' hits, in the same points.

    `similarity` points for a text that is as near as can be (cosine 1) to the theme's name,
    description and phrases; `focus` points for an article whose every sentence is hit by a rule,
    the earlier ones counting more.
    """

    similarity: float = Field(0.0, ge=0, le=20)
    focus: float = Field(0.0, ge=0, le=20)


class Themes(Model):
    """`themes.yml`: the taxonomy, a tree of themes with their rules."""

    taxonomy_version: Phrase
    scoring: Scoring = Scoring()
    contexts: dict[Slug, Annotated[list[Cue], Field(min_length=1)]] = {}
    themes: Annotated[list[Theme], Field(min_length=1)]

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        refuse_repeats("theme", "themes", [theme.id for theme in self.themes])
        refuse_cycles("theme", "themes", {theme.id: theme.parent for theme in self.themes})
        for number, theme in enumerate(self.themes):
            for place, rule in enumerate(theme.rules):
                unknown = sorted({*rule.requires, *rule.excludes} - self.contexts.keys())
                if unknown:
                    raise Misplaced(
                        ("themes", number, "rules", place),
                        f"rule '{theme.id}/{rule.id}' names the context '{unknown[0]}', "
                        f"which is not among: {', '.join(sorted(self.contexts))}",
                    )
        return self
