"""The rule engine on news of five classes, and the shipped taxonomy on news before its subject."""

import math
import re
from collections import Counter
from collections.abc import Iterator

import numpy as np
import polars as pl

from core.config import Themes, config_folder, load_themes
from core.identity import clean_text
from enrich.document import Document
from enrich.themes import Taxonomy
from eval.corpus import CORPUS
from eval.score import Counts, Measurement, estimate, share

_WORD = re.compile(r"[a-z]+")
_WORDS_A_CLASS = 80
_LEAST_DOCUMENTS = 5

type Labelled = list[tuple[str, Document]]


def measure() -> Iterator[Measurement]:
    """Macro-F1 of keyword rules learned on one half, and false alarms of the taxonomy."""
    labelled = _bbc()
    learned, tested = labelled[::2], labelled[1::2]
    labels = sorted({label for label, _ in labelled})
    words = _document_words(learned)
    taxonomy = Taxonomy(_keyword_themes(labels, words))
    found = [taxonomy.classify(document) for _, document in tested]
    ours = [themes[0].theme_id if themes else "" for themes in found]
    plain = [_bayes(labels, words, document) for _, document in tested]
    gold = [label for label, _ in tested]
    yield Measurement(
        "themes/bbc",
        "one theme each, by keyword rules",
        "BBC, 5 classes",
        "macro-F1",
        len(tested),
        estimate(_coded(labels, gold, ours), macro_f1),
        estimate(_coded(labels, gold, plain), macro_f1),
        "naive Bayes",
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


def _keyword_themes(labels: list[str], words: dict[str, Counter[str]]) -> Themes:
    """A theme a class; its words are those most telling for it, a rule each, weighted so."""
    themes = []
    for label in labels:
        others = sum((words[other] for other in labels if other != label), Counter())
        telling = {
            word: math.log((count + 0.5) / (others[word] + 0.5)) * math.sqrt(count)
            for word, count in words[label].items()
            if count >= _LEAST_DOCUMENTS and len(word) > 2
        }
        best = sorted(telling, key=lambda word: (-telling[word], word))[:_WORDS_A_CLASS]
        rules = [{"id": word, "phrases": [word], "weight": 1} for word in best]
        theme = {"id": label, "name": label, "description": f"News of the class {label}."}
        themes.append({**theme, "rules": rules})
    return Themes.model_validate({"taxonomy_version": "eval", "themes": themes})


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
