"""Themes on news of five classes, and the shipped taxonomy on news from before its subject."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from core.config import config_folder, load_themes
from core.identity import clean_text
from core.taxonomy import Themes
from enrich.document import Document
from enrich.themes import Taxonomy
from eval.corpus import CORPUS
from eval.score import Counts, Measurement, estimate, share

_WORD = re.compile(r"[a-z]+")
_WORDS_A_CLASS = 300
_PLAIN_WORDS = 80
_SIMILARITY = 5.0
_LEAST_DOCUMENTS = 5

_DESCRIPTIONS = {
    "business": "Companies, markets, the economy, trade, banks, profits, shares, prices and jobs.",
    "entertainment": "Films, music, television, theatre, actors, singers, awards and celebrities.",
    "politics": "Government, parliament, ministers, elections, parties, MPs, policy and law.",
    "sport": "Football, rugby, cricket, tennis, athletics, players, coaches, cups and champions.",
    "tech": "Computers, the internet, software, mobile phones, games, broadband and gadgets.",
}

type Labelled = list[tuple[str, Document]]


def measure() -> Iterator[Measurement]:
    """Macro-F1 of weighted words and similarity, and false alarms of the taxonomy."""
    labelled = _bbc()
    learned, tested = labelled[::2], labelled[1::2]
    labels = sorted(_DESCRIPTIONS)
    words = _document_words(learned)
    gold = [label for label, _ in tested]
    ours = estimate(_coded(labels, gold, _primary(_weighted(labels, words), tested)), macro_f1)
    bayes = [_bayes(labels, words, document) for _, document in tested]
    keywords = _primary(_keyword_themes(labels, words, _PLAIN_WORDS), tested)
    for key, found, name in (
        ("themes/bbc", bayes, "naive Bayes"),
        ("themes/bbc-keywords", keywords, f"{_PLAIN_WORDS} keywords a class"),
    ):
        yield Measurement(
            key,
            "one theme each, by weighted words and similarity",
            "BBC, 5 classes",
            "macro-F1",
            len(tested),
            ours,
            estimate(_coded(labels, gold, found), macro_f1),
            name,
        )
    shipped = Taxonomy(load_themes(config_folder() / "themes.yml"))
    silent = np.array([[not shipped.classify(one)] for _, one in labelled], dtype=np.float64)
    yield Measurement(
        "themes/no-false-alarm",
        "old news left without our themes",
        "BBC 2004–05",
        "share",
        len(labelled),
        estimate(silent, share),
    )


def _primary(themes: Themes, tested: Labelled) -> list[str]:
    taxonomy = Taxonomy(themes)
    found = [taxonomy.classify(document) for _, document in tested]
    return [themes[0].theme_id if themes else "" for themes in found]


def macro_f1(counts: Counts) -> float:
    """Mean F1 of the classes; the columns are gold and found class as numbers."""
    gold, found = counts.T
    scores = []
    for label in np.unique(gold):
        right = np.sum((gold == label) & (found == label))
        scores.append(2 * right / max(np.sum(gold == label) + np.sum(found == label), 1))
    return float(np.mean(scores))


def _bbc() -> Labelled:
    rows = pl.read_parquet(CORPUS / "themes" / "bbc_2004_2005.parquet").select(
        "label", "title", "text"
    )
    return [
        (label, Document(str(number), "en", clean_text(title or ""), clean_text(text)))
        for number, (label, title, text) in enumerate(rows.iter_rows())
    ]


def _document_words(labelled: Labelled) -> dict[str, Counter[str]]:
    """Per class in how many of its documents each word stands."""
    words: dict[str, Counter[str]] = {}
    for label, document in labelled:
        words.setdefault(label, Counter()).update(_words(document))
    return words


def _words(document: Document) -> set[str]:
    return set(_WORD.findall(f"{document.title} {document.text}".lower()))


def _telling(
    labels: list[str], words: dict[str, Counter[str]], most: int
) -> dict[str, dict[str, float]]:
    """Per class its most telling words with their log odds against the other classes."""
    telling = {}
    for label in labels:
        others = sum((words[other] for other in labels if other != label), Counter())
        odds = {
            word: math.log((count + 0.5) / (others[word] + 0.5))
            for word, count in words[label].items()
            if count >= _LEAST_DOCUMENTS and len(word) > 2
        }
        strength = {word: one * math.sqrt(words[label][word]) for word, one in odds.items()}
        best = sorted(odds, key=lambda word: (-strength[word], word))[:most]
        telling[label] = {word: odds[word] for word in best if odds[word] > 0}
    return telling


def _weighted(labels: list[str], words: dict[str, Counter[str]]) -> Themes:
    """A theme a class: a rule a telling word, weighted by its log odds, and similarity."""
    chance = math.log(len(labels) - 1)
    weights = {
        label: {word: min(5.0, (odds + chance) / 3) for word, odds in best.items()}
        for label, best in _telling(labels, words, _WORDS_A_CLASS).items()
    }
    return _themes(weights, _SIMILARITY)


def _keyword_themes(labels: list[str], words: dict[str, Counter[str]], most: int) -> Themes:
    """A theme a class: a rule a telling word, all of one weight."""
    telling = _telling(labels, words, most)
    return _themes({label: dict.fromkeys(best, 1.0) for label, best in telling.items()}, 0.0)


def _themes(weights: dict[str, dict[str, float]], similarity: float) -> Themes:
    themes = [
        {
            "id": label,
            "name": label,
            "description": _DESCRIPTIONS[label],
            "rules": [
                {"id": f"word-{word}", "phrases": [word], "weight": weight}
                for word, weight in best.items()
            ],
        }
        for label, best in weights.items()
    ]
    return Themes.model_validate(
        {"taxonomy_version": "eval", "scoring": {"similarity": similarity}, "themes": themes}
    )


def _bayes(labels: list[str], words: dict[str, Counter[str]], document: Document) -> str:
    seen = _words(document)

    def likelihood(label: str) -> float:
        total = words[label].total()
        return sum(math.log((words[label][word] + 0.5) / total) for word in seen)

    return max(labels, key=likelihood)


def _coded(labels: list[str], gold: list[str], found: list[str]) -> Counts:
    number = {label: place for place, label in enumerate(labels)}
    pairs = [(number[one], number.get(other, -1)) for one, other in zip(gold, found, strict=True)]
    return np.array(pairs, dtype=np.float64)
