"""Seals do not change, and which content of an edition counts follows from seals and holds."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.content_hash import content_hash
from core.errors import PlanError
from core.home import Home
from core.plan import plan_run
from tests.warehouse.newsroom import land
from warehouse.editions import Content, choose_editions, seal, sealed_contents, sealed_folder

DAY = date(2026, 10, 1)
OWN = Content(date(2026, 10, 2), "c", "own")


def test_a_seal_keeps_its_content_when_the_landing_is_replaced(newsroom: Home) -> None:
    first = seal(land(newsroom, "2026-10-01", ["a"]))
    second = seal(land(newsroom, "2026-10-01", ["b"], run_id="replay"))
    assert first.content_hash != second.content_hash
    assert sealed_contents(newsroom) == {DAY: [first, second]}
    for content in (first, second):
        assert content_hash(sealed_folder(newsroom, content)) == content.content_hash


def test_the_same_content_sealed_again_is_one_seal_and_the_newest(newsroom: Home) -> None:
    first = seal(land(newsroom, "2026-10-01", ["a"]))
    second = seal(land(newsroom, "2026-10-01", ["b"], run_id="replay"))
    assert seal(land(newsroom, "2026-10-01", ["a"], run_id="back")) == first
    assert sealed_contents(newsroom) == {DAY: [second, first]}


def test_a_seal_costs_no_space(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a"])
    sealed = sealed_folder(newsroom, seal(run)) / "article" / "part-0.parquet"
    assert sealed.samefile(run.landing / "article" / "part-0.parquet")
    assert pl.read_parquet(sealed).height == 1


def test_a_half_made_seal_is_made_again(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a"])
    folder = sealed_folder(newsroom, Content(DAY, run.collect_id, content_hash(run.landing)))
    half = folder.with_name(f".{folder.name}.tmp") / "article"
    half.mkdir(parents=True)
    (half / "stray.parquet").write_bytes(b"")
    assert content_hash(sealed_folder(newsroom, seal(run))) == folder.name


def test_nothing_landed_is_told(newsroom: Home) -> None:
    run = plan_run("empty", edition="2026-10-01", home=newsroom)
    with pytest.raises(PlanError, match="nothing landed for the edition 2026-10-01"):
        seal(run)


_hashes = st.sampled_from(["h1", "h2", "h3"])


@given(
    sealed=st.lists(_hashes, unique=True),
    loaded=st.none() | _hashes,
    held=st.sets(_hashes),
)
def test_the_newest_content_that_is_not_held_counts(
    sealed: list[str], loaded: str | None, held: set[str]
) -> None:
    contents = {DAY: [Content(DAY, "c", one) for one in sealed], OWN.edition: [OWN]}
    before = [Content(DAY, "c", loaded)] if loaded else []
    held_pairs = {(DAY, one) for one in held} | {(OWN.edition, OWN.content_hash)}
    chosen = {one.edition: one for one in choose_editions(contents, before, held_pairs, [OWN])}
    assert chosen.pop(OWN.edition).state == "new", "what a person runs again counts though held"
    free = [one for one in sealed if one not in held]
    if free:
        assert chosen[DAY].now == Content(DAY, "c", free[-1])
    elif loaded is None:
        assert chosen == {}
    elif loaded in held:
        assert chosen[DAY].state == "withdrawn"
    else:
        assert chosen[DAY].state == "kept"
