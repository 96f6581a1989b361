"""Stories on reports of 66 events, by one setting for all, beside clustering tuned on the truth.

The setting does not know the topics: its words' rarities come from other news, and one least
likeness holds for all of them. The halves of the topics and shuffled orders show how it stands.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_array
from scipy.spatial.distance import squareform

from core.config import config_folder, load_entities, load_themes
from core.identity import clean_text
from core.landed import LANDED
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.story_links import story_links, story_of
from enrich.story_terms import words_of
from eval.corpus import CORPUS
from eval.score import Counts, Estimate, Measurement

_DAY = date(2026, 1, 1)
_RESAMPLES = 1_000
_SHUFFLES = 20
_SEED = 20_261_122

type Labels = npt.NDArray[np.int64]


def measure() -> Iterator[Measurement]:
    """ARI and B³ F1 in the order of the file, and the mean ARI over shuffled orders."""
    rows = pl.read_parquet(CORPUS / "stories" / "ecbplus_topics_1_35.parquet")
    texts = [clean_text(text) for text in rows["text"]]
    gold = np.unique(rows["story"].to_list(), return_inverse=True)[1]
    topics = rows["topic"].to_numpy()
    terms = _terms(texts)
    ours = _found(terms, range(len(texts)))
    plain, setting = _agglomerated(texts, gold)
    name = f"TF-IDF + agglomerative tuned on these data ({setting})"
    for key, metric, score in (("stories/ari", "ARI", ari), ("stories/b3", "B³ F1", b_cubed)):
        yield Measurement(
            key,
            "stories, one setting",
            "ECB+ topics 1–35, 66 events",
            metric,
            len(texts),
            by_topic(topics, gold, ours, score),
            by_topic(topics, gold, plain, score),
            name,
        )
    dice = np.random.default_rng(_SEED)
    shuffled = [ari(gold, _found(terms, dice.permutation(len(texts)))) for _ in range(_SHUFFLES)]
    yield Measurement(
        "stories/ari-any-order",
        "stories, reports in any order",
        f"the same, {_SHUFFLES} orders",
        "mean ARI (least–most)",
        len(texts),
        Estimate(float(np.mean(shuffled)), min(shuffled), max(shuffled)),
    )
    for half, name in ((0, "odd"), (1, "even")):
        inside = topics % 2 == 1 - half
        yield Measurement(
            f"stories/ari-{name}",
            "stories, half of the topics",
            f"{name} topics",
            "ARI",
            int(inside.sum()),
            by_topic(topics[inside], gold[inside], ours[inside], ari),
            by_topic(topics[inside], gold[inside], plain[inside], ari),
            "as above",
        )


def by_topic(
    topics: Labels, gold: Labels, found: Labels, score: Callable[[Labels, Labels], float]
) -> Estimate:
    """The score with its 95 % interval over resampled topics.

    A topic holds two events that are easily taken for one; events drawn singly would lose most of
    those mistakes. A topic drawn twice counts as two.
    """
    dice = np.random.default_rng(_SEED)
    members = [np.flatnonzero(topics == topic) for topic in np.unique(topics)]
    values = []
    for _ in range(_RESAMPLES):
        drawn = [members[place] for place in dice.integers(0, len(members), size=len(members))]
        at = np.concatenate(drawn)
        apart = np.repeat(np.arange(len(drawn)), [len(one) for one in drawn]) * len(topics)
        values.append(score(gold[at] + apart, found[at] + apart))
    low, high = np.quantile(values, [0.025, 0.975])
    return Estimate(score(gold, found), float(low), float(high))


def ari(gold: Labels, found: Labels) -> float:
    """The adjusted Rand index: agreement over pairs beyond chance, 1 for equal partitions."""
    both, rows, columns = _table(gold, found)
    pairs, of_gold, of_found = (float(np.sum(one * (one - 1) / 2)) for one in (both, rows, columns))
    chance = of_gold * of_found / (len(gold) * (len(gold) - 1) / 2)
    most = (of_gold + of_found) / 2
    return 1.0 if most == chance else (pairs - chance) / (most - chance)


def b_cubed(gold: Labels, found: Labels) -> float:
    """F1 of the mean precision and recall of each report's group."""
    pairs = np.stack([gold, found])
    _, inverse, both = np.unique(pairs, axis=1, return_inverse=True, return_counts=True)
    own = both[inverse.reshape(-1)]
    precise = float(np.mean(own / _sizes(found)))
    recalled = float(np.mean(own / _sizes(gold)))
    return 2 * precise * recalled / (precise + recalled)


def _table(gold: Labels, found: Labels) -> tuple[Counts, Counts, Counts]:
    both = np.unique(np.stack([gold, found]), axis=1, return_counts=True)[1]
    sides = (np.unique(one, return_counts=True)[1] for one in (gold, found))
    rows, columns = sides
    return both.astype(float), rows.astype(float), columns.astype(float)


def _sizes(labels: Labels) -> Counts:
    _, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    return counts[inverse].astype(float)


def _terms(texts: Sequence[str]) -> pl.DataFrame:
    folder = config_folder()
    enricher = Enricher(
        load_entities(folder / "entities.yml"), load_themes(folder / "themes.yml"), Cache(None)
    )
    documents = [Document(str(place), "en", "", text) for place, text in enumerate(texts)]
    return enricher.story_terms(documents).drop("language")


def _found(terms: pl.DataFrame, order: Sequence[int] | Labels) -> Labels:
    """The story of each text (as the place of its first report) when they come in `order`."""
    turn = {str(place): f"{number:06d}" for number, place in enumerate(order)}
    frame = terms.with_columns(
        article_id=pl.col("version_id").replace_strict(turn),
        published_at=pl.lit(None, dtype=LANDED["story_terms"]["published_at"]),
        published_day=pl.lit(_DAY),
        seen_in=pl.lit(_DAY),
    )
    story = story_of(story_links(frame, frame.clear()), list(turn.values()))
    return np.array([int(story[turn[str(place)]]) for place in range(len(order))])


def _agglomerated(texts: Sequence[str], gold: Labels) -> tuple[Labels, str]:
    """Average linkage over TF-IDF of these texts, cut where the truth likes it best."""
    words = [words_of(text) for text in texts]
    known = {word: place for place, word in enumerate(sorted({w for one in words for w in one}))}
    counts = np.zeros((len(texts), len(known)))
    for row, one in enumerate(words):
        np.add.at(counts[row], [known[word] for word in one], 1)
    rarity = np.log((1 + len(texts)) / (1 + (counts > 0).sum(axis=0))) + 1
    weights = np.where(counts > 0, 1 + np.log(np.maximum(counts, 1)), 0) * rarity
    weights /= np.linalg.norm(weights, axis=1, keepdims=True)
    sparse = csr_array(weights)
    distance = np.clip(1 - (sparse @ sparse.T).toarray(), 0, None)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    cuts = [float(cut) for cut in np.arange(0.6, 0.96, 0.01)]
    best = max(cuts, key=lambda cut: ari(gold, fcluster(tree, cut, "distance")))
    return fcluster(tree, best, "distance"), f"cut at {best:.2f}"
