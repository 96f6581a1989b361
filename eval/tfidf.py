"""A plain learned classifier to compare with: TF-IDF of words, logistic regression."""

import re
from collections import Counter

import numpy as np
import numpy.typing as npt

type Sparse = tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]

_WORD = re.compile(r"[a-z][a-z&'-]+")
_LEAST_DOCUMENTS = 3
_ROUNDS = 12
_SEED = 7


def train_and_score(
    learned: list[str], truths: npt.NDArray[np.bool_], tested: list[str]
) -> npt.NDArray[np.float64]:
    """Log odds of every class for `tested`, shape (texts, classes), after learning the others."""
    counted = [Counter(_terms(text)) for text in learned]
    documents = Counter(term for one in counted for term in one)
    terms = [term for term, count in documents.items() if count >= _LEAST_DOCUMENTS]
    place = {term: number for number, term in enumerate(terms)}
    rarity = np.log(len(learned) / np.array([documents[term] for term in terms]))
    weights, level = _fit([_vector(one, place, rarity) for one in counted], truths, len(terms))
    rows = [_vector(Counter(_terms(text)), place, rarity) for text in tested]
    return np.array([values @ weights[where] + level for where, values in rows])


def _terms(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _vector(terms: Counter[str], place: dict[str, int], rarity: npt.NDArray[np.float64]) -> Sparse:
    known = {place[term]: count for term, count in terms.items() if term in place}
    where = np.array(list(known), dtype=np.int64)
    values = (1 + np.log(np.array(list(known.values()), dtype=np.float64))) * rarity[where]
    length = np.linalg.norm(values)
    return where, values / length if length > 0 else values


def _fit(
    rows: list[Sparse], truths: npt.NDArray[np.bool_], size: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Weights (terms, classes) and level (classes,) by stochastic gradient (AdaGrad)."""
    random = np.random.default_rng(_SEED)
    classes = truths.shape[1]
    weights, level = np.zeros((size, classes)), np.zeros(classes)
    travelled = np.full((size, classes), 1e-4)
    for _ in range(_ROUNDS):
        for number in random.permutation(len(rows)):
            where, values = rows[number]
            odds = np.clip(values @ weights[where] + level, -30, 30)
            error = 1 / (1 + np.exp(-odds)) - truths[number]
            slope = np.outer(values, error)
            travelled[where] += slope**2
            weights[where] -= 0.5 * slope / np.sqrt(travelled[where])
            level -= 0.02 * error
    return weights, level
