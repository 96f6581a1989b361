import random
from collections.abc import Callable
from datetime import date, timedelta

import polars as pl
import pytest

from core.landed import LANDED, read_landed
from core.plan import Run
from enrich.run import enrich_shard
from enrich.signatures import ALGORITHM_VERSION, signatures
from enrich.stories import near_duplicates, pair_edition
from tests.enrich.newsroom import article, land

WORDS = [f"word{number}" for number in range(3_000)]
DAY = date(2026, 10, 15)


def text_of(seed: int, length: int = 300) -> str:
    return " ".join(random.Random(seed).choices(WORDS, k=length))


def signed(texts: list[str], days: list[date] | None = None, prefix: str = "a") -> pl.DataFrame:
    ids = [f"{prefix}{number}" for number in range(len(texts))]
    return pl.DataFrame(
        {
            "article_id": ids,
            "version_id": ids,
            "published_day": days or [DAY] * len(texts),
            "algorithm_version": [ALGORITHM_VERSION] * len(texts),
            "min_hashes": signatures(texts),
        },
        schema=LANDED["signature"],
    )


def ids_of(pairs: pl.DataFrame) -> set[tuple[str, str]]:
    return set(pairs.select("article_id_a", "article_id_b").iter_rows())


def test_a_shortened_and_an_edited_text_are_pairs_and_others_are_not() -> None:
    words = text_of(1).split()
    edited = " ".join("other" if number % 20 == 0 else word for number, word in enumerate(words))
    texts = [text_of(1), " ".join(words[:240]), edited, text_of(2), text_of(3)]
    frame = signed(texts)
    pairs = near_duplicates(frame, frame.clear())
    assert ids_of(pairs) == {("a0", "a1"), ("a0", "a2"), ("a1", "a2")}
    assert pairs["jaccard"].is_between(0.45, 1).all()


def test_known_texts_are_compared_with_new_ones_but_not_with_each_other() -> None:
    new, known = signed([text_of(1)], prefix="n"), signed([text_of(1), text_of(1)], prefix="k")
    assert ids_of(near_duplicates(new, known)) == {("k0", "n0"), ("k1", "n0")}


def test_the_ends_of_a_pair_are_ordered_with_their_versions() -> None:
    new, known = signed([text_of(1)], prefix="b"), signed([text_of(1)], prefix="a")
    row = near_duplicates(new, known).row(0, named=True)
    assert (row["article_id_a"], row["version_id_a"]) == ("a0", "a0")
    assert (row["article_id_b"], row["version_id_b"]) == ("b0", "b0")


@pytest.mark.parametrize(("apart", "pairs"), [(30, 1), (31, 0)])
def test_a_pair_lies_at_most_30_days_apart(apart: int, pairs: int) -> None:
    frame = signed([text_of(1)] * 2, [DAY, DAY + timedelta(apart)])
    assert near_duplicates(frame, frame.clear()).height == pairs


def test_a_crowd_of_equal_texts_is_held_together_without_all_its_pairs() -> None:
    frame = signed([text_of(1)] * 500)
    pairs = near_duplicates(frame, frame.clear())
    assert pairs.height == 499
    assert set(pairs["article_id_a"]) | set(pairs["article_id_b"]) == set(frame["article_id"])


def test_versions_of_one_article_are_no_pair() -> None:
    frame = signed([text_of(1)] * 2).with_columns(article_id=pl.lit("a"))
    assert near_duplicates(frame, frame.clear()).height == 0


def test_an_edition_is_paired_with_the_others_around_it(
    planned: Callable[[str, str], Run],
) -> None:
    early, late = planned("early", "2026-10-15"), planned("late", "2026-10-16")
    text = text_of(1)
    land(
        early,
        article("https://a.example/1", "One", text),
        article("https://a.example/2", "Two", text_of(2)),
    )
    land(
        late,
        article("https://b.example/1", "One again", f"Agency. {text}", published_day=None),
        article("https://b.example/2", "Late", text, published_day=date(2026, 12, 1)),
    )
    for run in (early, late):
        enrich_shard(run.run_id, {"label": "all", "index": 0, "count": 1})
    assert pair_edition("late")["pairs"] == 1
    assert pair_edition("early")["pairs"] == 1
    assert read_landed(late.landing, "near_duplicate").equals(
        read_landed(early.landing, "near_duplicate")
    )


def test_an_edition_without_articles_has_no_pairs(planned: Callable[[str, str], Run]) -> None:
    run = planned("empty", "2026-10-15")
    enrich_shard(run.run_id, {"label": "all", "index": 0, "count": 1})
    assert pair_edition("empty")["pairs"] == 0
    assert read_landed(run.landing, "near_duplicate").schema == LANDED["near_duplicate"]
