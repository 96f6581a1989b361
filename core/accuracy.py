"""Whether what was measured of a theme still holds: figures belong to the rules they were of."""

import hashlib
import json

from core.taxonomy import Accuracy, Theme, Themes

LEAST_POSITIVES = 10
"""Fewer labelled articles of a theme say too little of it: it stays unmeasured."""


def fingerprint(themes: Themes, theme: Theme) -> str:
    """8 hex over all that decides whether an article is given the theme.

    That is its threshold, its rules, the contexts they name and the taxonomy's scoring; where
    nearness counts, also the words from which the theme's prototype is made.
    """
    contexts = {name for rule in theme.rules for name in (*rule.requires, *rule.excludes)}
    what = {
        "threshold": theme.threshold,
        "rules": [rule.model_dump() for rule in theme.rules],
        "contexts": {name: themes.contexts[name] for name in sorted(contexts)},
        "scoring": themes.scoring.model_dump(),
        "prototype": [theme.name, theme.description] if themes.scoring.similarity else [],
    }
    return hashlib.sha256(json.dumps(what, sort_keys=True).encode()).hexdigest()[:8]


def measured(themes: Themes, theme: Theme) -> Accuracy | None:
    """The theme's accuracy if it is that of its rules as they stand, else None: unmeasured."""
    accuracy = theme.accuracy
    if accuracy is None or accuracy.rules != fingerprint(themes, theme):
        return None
    return accuracy
