from collections.abc import Callable
from datetime import date, timedelta
from functools import cache
from itertools import permutations

import numpy as np
import polars as pl
import pytest

from core.landed import LANDED, read_landed
from core.plan import Run
from enrich.run import enrich_shard
from enrich.story_links import LEAST_LIKENESS, MODEL_VERSION, link_edition, story_links, story_of
from enrich.story_terms import WEIGHT_STEPS, StoryModel, StoryTerms, likeness
from tests.enrich.newsroom import article, land

DAY = date(2026, 10, 15)
VOTE = "Workers at the Riverton data centre voted on Friday to form a union, the board said."
AGAIN = "Friday's vote gives Riverton's data centre workers a union, according to the board."
LEAK = "A laptop with payroll records of ninety hospitals was stolen from a car in Lisbon."


@cache
def model() -> StoryModel:
    return StoryModel()


def described(*texts: tuple[str, str, date]) -> pl.DataFrame:
    """Wordings (id, text, day), each seen in the edition of its day."""
    return pl.DataFrame(
        [
            (one, one, None, day, MODEL_VERSION, *_lists(model().describe("", text, [])), day)
            for one, text, day in texts
        ],
        schema={**LANDED["story_terms"], "seen_in": pl.Date},
        orient="row",
    )


def _lists(terms: StoryTerms) -> list[list[int]]:
    return [one.tolist() for one in terms]


def alike(one: str, other: str, names: tuple[str, ...] = ()) -> float:
    left, right = (_lists(model().describe("", text, names)) for text in (one, other))
    known = dict(zip(right[0], right[1], strict=True))
    shared = sum(weight * known.get(term, 0) for term, weight in zip(left[0], left[1], strict=True))
    vectors = sum(a * b for a, b in zip(left[2], right[2], strict=True))
    return float(likeness(np.array([shared]), np.array([vectors]))[0])


def test_likeness_is_1_for_the_same_and_small_for_other_news() -> None:
    assert alike(VOTE, VOTE) == pytest.approx(1, abs=0.01)
    assert alike(VOTE, LEAK) < 0.1
    assert alike(VOTE, AGAIN) > LEAST_LIKENESS


def test_shared_names_bring_texts_nearer() -> None:
    assert alike(VOTE, AGAIN, ("Riverton",)) > alike(VOTE, AGAIN)


def test_texts_without_words_are_like_nothing() -> None:
    frame = described(("a", "", DAY), ("b", "", DAY), ("c", "–", DAY))
    assert story_links(frame, frame.clear()).is_empty()
    assert WEIGHT_STEPS < 2**16  # what a landed weight can hold


def test_a_report_points_to_the_earlier_one() -> None:
    frame = described(("b", VOTE, DAY), ("a", AGAIN, DAY + timedelta(1)), ("c", LEAK, DAY))
    links = story_links(frame, frame.clear())
    assert links.select("article_id", "earlier_article_id").rows() == [("a", "b")]
    assert story_of(links, ["a", "b", "c"]) == {"a": "b", "b": "b", "c": "c"}


@pytest.mark.parametrize(("apart", "links"), [(30, 1), (31, 0)])
def test_reports_of_one_story_lie_at_most_30_days_apart(apart: int, links: int) -> None:
    frame = described(("a", VOTE, DAY), ("b", AGAIN, DAY + timedelta(apart)))
    assert story_links(frame, frame.clear()).height == links


def test_the_order_of_landing_changes_no_story() -> None:
    days = [DAY + timedelta(number) for number in range(3)]
    editions = [
        described(("a", VOTE, days[0]), ("x", LEAK, days[0])),
        described(("b", AGAIN, days[1]), ("y", f"{LEAK} Police look for it.", days[1])),
        described(("c", f"{AGAIN} {VOTE}", days[2])),
    ]
    told = set()
    for order in permutations(range(3)):
        landed: list[pl.DataFrame] = []
        links = []
        for number in order:
            known = pl.concat([editions[0].clear(), *landed])
            links.append(story_links(editions[number], known))
            landed.append(editions[number])
        told.add(tuple(story_of(pl.concat(links).unique(), list("abcxy")).items()))
    assert told == {(("a", "a"), ("b", "a"), ("c", "a"), ("x", "x"), ("y", "x"))}


def test_an_edition_is_linked_with_the_others_around_it(
    planned: Callable[[str, str], Run],
) -> None:
    early, late = planned("early", "2026-10-15"), planned("late", "2026-10-16")
    land(early, article("https://a.example/1", "Vote", VOTE))
    land(late, article("https://b.example/1", "Vote again", AGAIN, published_day=None))
    for run in (early, late):
        enrich_shard(run.run_id, {"label": "all", "index": 0, "count": 1})
    assert link_edition("late")["links"] == 1
    assert link_edition("early")["links"] == 1
    assert read_landed(late.landing, "story_link").equals(read_landed(early.landing, "story_link"))


def test_an_edition_without_articles_has_no_links(planned: Callable[[str, str], Run]) -> None:
    run = planned("empty", "2026-10-15")
    enrich_shard(run.run_id, {"label": "all", "index": 0, "count": 1})
    assert link_edition("empty")["links"] == 0
    assert read_landed(run.landing, "story_link").schema == LANDED["story_link"]
