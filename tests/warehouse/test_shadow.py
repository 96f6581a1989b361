"""A shadow home reads what the home has, and gives nothing back before it is adopted."""

from datetime import date
from pathlib import Path

from core.companions import (
    Companion,
    read_companions,
    runs_asked_for,
    runs_of_all,
    write_companions,
)
from core.decisions import append_decision, read_decisions
from core.files import read_json
from core.home import Home
from core.plan import Run, load_run, plan_run, read_closed
from tests.warehouse.newsroom import land, pass_gate
from tests.warehouse.publishing import ask, prepare
from warehouse.candidate import open_candidate
from warehouse.editions import adopt_seal, land_again, seal, sealed_contents, sealed_folder
from warehouse.publish import publish
from warehouse.shadow import adopt, make_shadow

FIRST, SECOND = date(2026, 10, 1), date(2026, 10, 2)


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*.parquet"))
    }


def two_published(home: Home) -> list[Run]:
    """Two editions published, with a result in the cache of enrichment."""
    runs = [prepare(home, day, names=[day]) for day in ("2026-10-01", "2026-10-02")]
    for run in runs:
        open_candidate(run.run_id)
        _publish(home, run)
    (home.enrich_cache / "ner" / "1").mkdir(parents=True)
    (home.enrich_cache / "ner" / "1" / "a.parquet").write_bytes(b"known")
    return runs


def _publish(home: Home, run: Run) -> None:
    pass_gate(run)
    publish(run.run_id)


def test_a_shadow_shows_the_home_without_the_landing_that_is_replayed(newsroom: Home) -> None:
    first, second = two_published(newsroom)
    append_decision(newsroom, "hold", SECOND, "x", "Ada", "Wrong.")
    shadow = make_shadow(newsroom, "replay", [FIRST])
    assert read_closed(shadow, FIRST) == read_closed(newsroom, FIRST)
    assert not shadow.landing(FIRST, first.collect_id).exists()
    assert files_of(shadow.landing(SECOND, second.collect_id)) == files_of(second.landing)
    assert sealed_contents(shadow) == sealed_contents(newsroom)
    assert read_decisions(shadow) == read_decisions(newsroom)
    assert shadow.warehouse.resolve() == newsroom.warehouse.resolve()
    assert (shadow.enrich_cache / "ner/1/a.parquet").read_bytes() == b"known"
    assert shadow.work("replay").samefile(newsroom.work("replay"))


def test_what_is_done_in_a_shadow_reaches_the_home_when_it_is_adopted(newsroom: Home) -> None:
    first, _ = two_published(newsroom)
    before = {path: path.read_bytes() for path in newsroom.root.rglob("*.parquet")}
    shadow = make_shadow(newsroom, "replay", [FIRST, SECOND])
    land(shadow, "2026-10-01", ["b"], run_id="replay.first", wording="anew")
    run = land(shadow, "2026-10-02", ["c"], run_id="replay", wording="anew")
    companion = Companion(edition=FIRST, collect_id=first.collect_id, is_asked_for=True)
    write_companions(run, [companion])
    append_decision(shadow, "hold", SECOND, "y", "gate", "Refused.", "replay")
    (shadow.enrich_cache / "ner" / "1" / "b.parquet").write_bytes(b"new")
    record = open_candidate("replay")
    assert [one["state"] for one in record["editions"]] == ["changed", "changed"]
    known = {path: path.read_bytes() for path in before}
    assert known == before
    assert read_decisions(newsroom) == []

    contents = [sealed_contents(shadow)[day][-1] for day in (FIRST, SECOND)]
    for _ in range(2):  # a kill may come between any two steps
        adopt(newsroom, shadow, load_run("replay"), contents)
    assert [sealed_contents(newsroom)[day][-1] for day in (FIRST, SECOND)] == contents
    for content in contents:
        landing = newsroom.landing(content.edition, content.collect_id)
        assert files_of(landing) == files_of(sealed_folder(newsroom, content))
    assert (newsroom.enrich_cache / "ner/1/b.parquet").read_bytes() == b"new"
    assert (newsroom.enrich_cache / "ner/1/a.parquet").read_bytes() == b"known"
    assert load_run("replay").home == newsroom.root
    _publish(newsroom, load_run("replay"))
    assert ask(newsroom, "select distinct loaded_by_run_id from meta.edition") == [("replay",)]
    assert read_decisions(newsroom) == []


def test_another_edition_is_taken_in_although_held_only_if_it_was_asked_for(
    newsroom: Home,
) -> None:
    first = land(newsroom, "2026-10-01", ["a"])
    held = seal(first)
    append_decision(newsroom, "hold", FIRST, held.content_hash, "gate", "Refused.")
    run = land(newsroom, "2026-10-02", ["b"])
    for is_asked_for in (False, True):
        one = Companion(edition=FIRST, collect_id=first.collect_id, is_asked_for=is_asked_for)
        write_companions(run, [one])
        days = [row["edition"] for row in open_candidate(run.run_id)["editions"]]
        assert ("2026-10-01" in days) is is_asked_for
    _publish(newsroom, run)
    last = read_decisions(newsroom)[-1]
    assert (last.decision, last.edition, last.content_hash) == ("release", FIRST, held.content_hash)


def test_companions_are_runs_of_other_editions(newsroom: Home) -> None:
    run = plan_run("r", edition="2026-10-02", home=newsroom)
    assert read_companions(run) == []
    assert runs_of_all(run) == [run]
    one = Companion(edition=FIRST, collect_id="20261001T0500", is_asked_for=False)
    write_companions(run, [one])
    beside, itself = runs_of_all(run)
    assert itself == run
    assert beside.landing == newsroom.landing(FIRST, "20261001T0500")
    assert beside.cutoff.date() == FIRST
    assert (beside.work, beside.themes) == (run.work, run.themes)
    assert runs_asked_for(run) == [run]


def test_a_landing_is_made_again_from_its_seal(newsroom: Home) -> None:
    run = land(newsroom, "2026-10-01", ["a"])
    content = seal(run)
    before = files_of(run.landing)
    land(newsroom, "2026-10-01", ["b"], run_id="other")
    (run.landing / "article" / "part-9.parquet").write_bytes(b"left by another")
    land_again(newsroom, content)
    assert files_of(run.landing) == before


def test_a_seal_is_adopted_as_the_newest(newsroom: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    theirs = seal(land(other, "2026-10-01", ["b"]))
    own = seal(land(newsroom, "2026-10-01", ["a"]))
    for _ in range(2):
        adopt_seal(newsroom, other, theirs)
    assert sealed_contents(newsroom)[FIRST] == [own, theirs]
    order = read_json(newsroom.root / "sealed" / "2026-10-01" / "order.json")
    assert [one["content_hash"] for one in order] == [own.content_hash, theirs.content_hash]
