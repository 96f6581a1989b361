"""Near-duplicates made from real texts by cutting, framing and editing, beside distinct ones."""

import random
import re
from collections.abc import Callable, Iterator
from datetime import date
from itertools import combinations

import numpy as np
import polars as pl

from core.identity import clean_text
from core.landed import LANDED
from enrich.signatures import ALGORITHM_VERSION, signatures
from enrich.stories import near_duplicates
from eval.corpus import CORPUS
from eval.score import Measurement, estimate, micro_f1, precision

_TEXTS = 600
_SEED = 7
_FOOTER = (
    "Sign up for our newsletter to get the day's stories every morning. Follow us for more. "
    "All rights reserved. This material may not be published, broadcast, rewritten or "
    "redistributed without permission. Contact the newsroom with tips and corrections."
)

type Change = Callable[[list[str], random.Random], list[str]]
type Pair = tuple[int, int]


def measure() -> Iterator[Measurement]:
    """Pair F1 over four changed copies of each text, and precision beside distinct texts."""
    texts = _distinct_texts()
    origin, copies = _with_copies(texts)
    gold = {
        pair
        for place in range(len(texts))
        for pair in combinations([at for at, source in enumerate(origin) if source == place], 2)
    }
    found = _pairs(copies)
    plain = _same_start(copies)
    for key, metric, score in (
        ("duplicates/f1", "pair F1", micro_f1),
        ("duplicates/precision", "pair precision", precision),
    ):
        yield Measurement(
            key,
            "near-duplicates",
            "BBC, 4 changed copies each",
            metric,
            len(texts),
            estimate(_counts(len(texts), origin, gold, found), score),
            estimate(_counts(len(texts), origin, gold, plain), score),
            "same first 20 words",
        )


def _distinct_texts() -> list[str]:
    """Texts of at least 100 words, of which no two begin or end alike."""
    rows = pl.read_parquet(CORPUS / "themes" / "bbc_2004_2005.parquet")["text"].to_list()
    seen: set[str] = set()
    texts = []
    for text in random.Random(_SEED).sample(rows, len(rows)):
        words = re.findall(r"\w+", clean_text(text).lower())
        marks = {" ".join(words[:12]), " ".join(words[-12:]), " ".join(words[50:62])}
        if len(words) >= 100 and not marks & seen:
            seen |= marks
            texts.append(clean_text(text))
    return texts[:_TEXTS]


def _with_copies(texts: list[str]) -> tuple[list[int], list[str]]:
    """Each text followed by its changed copies; `origin` says of which text each is."""
    dice = random.Random(_SEED)
    vocabulary = sorted({word for text in texts[:50] for word in text.split()})
    origin: list[int] = []
    copies: list[str] = []
    for place, text in enumerate(texts):
        words = text.split()
        variants = [
            words,
            words[: int(len(words) * dice.uniform(0.6, 0.95))],
            [*words, *_FOOTER.split()],
            _edited(words, dice.uniform(0.03, 0.3), vocabulary, dice),
            ["LONDON", "(Agency)", "—", *words],
        ]
        copies += [" ".join(variant) for variant in variants]
        origin += [place] * len(variants)
    return origin, copies


def _edited(words: list[str], rate: float, vocabulary: list[str], dice: random.Random) -> list[str]:
    """`rate` of the words rewritten, in passages of up to twelve words as an editor does."""
    edited = list(words)
    left = int(len(words) * rate)
    while left > 0:
        length = min(left, dice.randint(1, 12))
        start = dice.randrange(max(1, len(words) - length))
        edited[start : start + length] = dice.choices(vocabulary, k=length)
        left -= length
    return edited


def _pairs(texts: list[str]) -> set[Pair]:
    ids = [f"{place:06d}" for place in range(len(texts))]
    frame = pl.DataFrame(
        {
            "article_id": ids,
            "version_id": ids,
            "published_day": [date(2026, 1, 1)] * len(texts),
            "algorithm_version": [ALGORITHM_VERSION] * len(texts),
            "min_hashes": signatures(texts),
        },
        schema=LANDED["signature"],
    ).drop_nulls("min_hashes")
    found = near_duplicates(frame, frame.clear())
    return {(int(one), int(other)) for one, other in found.select("^article_id_.$").iter_rows()}


def _same_start(texts: list[str]) -> set[Pair]:
    groups: dict[str, list[int]] = {}
    for place, text in enumerate(texts):
        groups.setdefault(" ".join(text.lower().split()[:20]), []).append(place)
    return {pair for group in groups.values() for pair in combinations(group, 2)}


def _counts(size: int, origin: list[int], gold: set[Pair], found: set[Pair]) -> np.ndarray:
    """Right, wrong and missed pairs, booked under the text of their first member."""
    counts = np.zeros((size, 3))
    for column, pairs in enumerate((found & gold, found - gold, gold - found)):
        for one, _ in pairs:
            counts[origin[one], column] += 1
    return counts
