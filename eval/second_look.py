"""`python -m eval.second_look`: learn the weights of enrich/second_look.py, which it writes.

From the training parts of WNUT17 and CrossNER; on news, where nothing is labelled here, the
recogniser's own reading stands, with little weight, so that edited prose keeps it.
"""

from collections.abc import Iterator

import numpy as np
from scipy.optimize import minimize

from enrich import ner
from enrich.second_look import CLASSES, TYPES, WEIGHTS, Floats, Words, features, share_of_capitals
from enrich.spans import Span, trimmed
from eval.corpus import CORPUS, read_truth
from eval.mentions import Spans, read_conll

_TRAINING = {
    "wnut17_wnut17train.conll": 2.0,
    "crossner_ai_train.txt": 4.0,
    "crossner_politics_train.txt": 3.0,
}
_NEWS_WEIGHT = 0.2
_NEWS_CHARACTERS = 3_000
_RIDGE = 3.0
_STEPS = 120


def learn() -> None:
    """Write the weights, features × classes."""
    words = Words(ner.model().vocab)
    examples = list(_examples(words))
    inputs = np.stack([one for one, _, _ in examples])
    classes = np.array([one for _, one, _ in examples])
    weights = np.array([one for _, _, one in examples])
    np.save(WEIGHTS, _fitted(inputs, classes, weights).astype(np.float32))


def _examples(words: Words) -> Iterator[tuple[Floats, int, float]]:
    """The features of a name, its class and its weight."""
    for file, weight in _TRAINING.items():
        for one in read_conll(CORPUS / "ner" / file):
            for span in _seen(one.text):
                kind = _gold_class(one.gold, span)
                if kind is not None:
                    yield _input(words, one.text, span), CLASSES.index(kind), weight
    for page in read_truth("pages").values():
        text = page["text"][:_NEWS_CHARACTERS]
        for span in _seen(text):
            kind = span.entity_type if span.entity_type in TYPES else "NONE"
            yield _input(words, text, span), CLASSES.index(kind), _NEWS_WEIGHT


def _seen(text: str) -> list[Span]:
    parsed = ner.model()(text)
    spans = (
        Span("body", one.start_char, one.end_char, ner.TYPES[one.label_])
        for one in parsed.ents
        if one.label_ in ner.TYPES
    )
    return [one for span in spans if (one := trimmed(text, span)) is not None]


def _gold_class(gold: Spans, span: Span) -> str | None:
    """The type of exactly this span; None where it only overlaps one, which teaches nothing."""
    for start, end, kind in gold:
        if (start, end) == (span.start, span.end):
            return kind
    overlaps = any(start < span.end and end > span.start for start, end, _ in gold)
    return None if overlaps else "NONE"


def _input(words: Words, text: str, span: Span) -> Floats:
    rows, rest = features(words, text, span, share_of_capitals(text))
    return np.concatenate([*(words.table[row].mean(axis=0) for row in rows), rest])


def _fitted(inputs: Floats, classes: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Multinomial logistic regression with an L2 penalty."""
    count, width = inputs.shape
    truth = np.eye(len(CLASSES))[classes]

    def loss(flat: np.ndarray) -> tuple[float, np.ndarray]:
        now = flat.reshape(width, len(CLASSES))
        scores = inputs @ now
        odds = np.exp(scores - scores.max(axis=1, keepdims=True))
        chances = odds / odds.sum(axis=1, keepdims=True)
        cost = -(weights * np.log(chances[np.arange(count), classes] + 1e-12)).sum()
        slope = inputs.T @ ((chances - truth) * weights[:, None]) + 2 * _RIDGE * now
        return float(cost + _RIDGE * (now * now).sum()), slope.ravel()

    start = np.zeros(width * len(CLASSES))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x.reshape(width, len(CLASSES)))


if __name__ == "__main__":
    learn()
