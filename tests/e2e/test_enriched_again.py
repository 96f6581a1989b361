"""After a change of themes or names the last 56 days are as if it had always been so."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest

from core.companions import read_companions
from core.config import config_folder
from core.decisions import append_decision
from core.home import Home
from core.landed import read_landed
from core.plan import Run, plan_run
from enrich.again import enrich_again
from enrich.grouping import group_edition
from enrich.run import enrich_shard
from tests.enrich.conftest import planned
from tests.enrich.newsroom import article, land
from tests.warehouse.test_shadow import files_of
from warehouse.candidate import open_candidate
from warehouse.editions import seal, sealed_contents, sealed_folder
from warehouse.outdated import DAYS, find_outdated

__all__ = ["planned"]

LAST = date(2026, 10, 16)
TEXTS = (
    "A digital replica of the singer was made by AI, said Sam Altman of OpenAI on Monday.",
    "Writers of Amazon MGM Studios went on strike over a chatbot that rewrites their scripts.",
    "The face of the actor, her likeness, was used by Café Noir without her consent, AI or not.",
)


def edit(name: str, old: str, new: str) -> None:
    path = config_folder() / name
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def other_themes() -> None:
    edit("themes.yml", "[digital replica,", "[replica of the singer,")


def other_names() -> None:
    edit("entities.yml", "name: Café Noir, type: ORG", "name: Café Noir, type: ORG, aliases: [AI]")


def enrich_edition(home: Home, day: date, *, run_id: str | None = None) -> Run:
    """An edition of two articles, in two parts, enriched and grouped as a run does it."""
    run = plan_run(run_id or f"run-{day}", edition=day.isoformat(), home=home)
    moment = datetime.combine(day, datetime.min.time()) - timedelta(hours=5)
    number = day.toordinal()
    land(
        run,
        *(
            article(
                f"https://a.example/{day}/{place}",
                f"News {number + place}",
                f"{TEXTS[(number + place) % len(TEXTS)]} {TEXTS[number % len(TEXTS)]} " * 4,
                published_at=moment,
                published_day=moment.date(),
            )
            for place in range(3)
        ),
    )
    for index in range(2):
        enrich_shard(run.run_id, {"index": index, "count": 2})
    for shard in find_outdated(run.run_id):
        enrich_again(run.run_id, shard)
    group_edition(run.run_id)
    return run


def links(home: Home) -> dict[str, set[tuple[object, ...]]]:
    """What joins articles, whichever edition lists it."""
    return {
        table: {
            row
            for contents in sealed_contents(home).values()
            for row in read_landed(sealed_folder(home, contents[-1]), table).iter_rows()
        }
        for table in ("near_duplicate", "story_link")
    }


@pytest.mark.parametrize("change", [other_themes, other_names])
def test_the_editions_are_those_of_a_home_that_had_it_from_the_start(
    home: Home,
    tmp_path: Path,
    planned: Callable[[str, str], Run],
    monkeypatch: pytest.MonkeyPatch,
    change: Callable[[], None],
) -> None:
    days = [LAST - timedelta(DAYS), LAST - timedelta(20), LAST - timedelta(1), LAST]
    for day in days[:-1]:
        seal(enrich_edition(home, day))
    before = sealed_contents(home)
    change()
    run = enrich_edition(home, LAST)
    assert [one.edition for one in read_companions(run)] == days[1:-1], "older ones keep theirs"
    record = open_candidate(run.run_id)
    assert [one["edition"] for one in record["editions"]] == [str(day) for day in days]
    after = sealed_contents(home)
    assert after[days[0]] == before[days[0]]
    assert all(after[day][:-1] == before[day] for day in days[1:-1]), "what was stays as it was"

    fresh = Home(tmp_path / "fresh")
    monkeypatch.setenv("BROADSHEET_HOME", str(fresh.root))
    for day in days[1:]:
        seal(enrich_edition(fresh, day))
    anew = sealed_contents(fresh)
    for day in days[1:]:
        assert after[day][-1] == anew[day][-1]
        mine, theirs = (
            files_of(sealed_folder(one, after[day][-1]) / "theme_evidence") for one in (home, fresh)
        )
        assert mine == theirs
        assert mine
    old = f"https://a.example/{days[0]}/"
    is_old = {
        row["article_id"]
        for row in read_landed(home.landing(days[0], run_of(days[0])), "article").iter_rows(
            named=True
        )
        if row["url"].startswith(old)
    }
    for table, rows in links(home).items():
        assert {row for row in rows if not is_old & set(row)} == links(fresh)[table]


def run_of(day: date) -> str:
    return f"{day:%Y%m%d}T0500"


def test_where_nothing_changed_nothing_is_done(
    home: Home, planned: Callable[[str, str], Run]
) -> None:
    seal(enrich_edition(home, LAST - timedelta(1)))
    run = enrich_edition(home, LAST)
    assert find_outdated(run.run_id) == []
    assert read_companions(run) == []


def test_a_killed_task_done_again_gives_the_same(
    home: Home, planned: Callable[[str, str], Run]
) -> None:
    """A part of the landing is new when the task is lost; again it begins with the seal."""
    content = seal(enrich_edition(home, LAST - timedelta(1)))
    landing = home.landing(content.edition, content.collect_id)
    other_themes()
    run = enrich_edition(home, LAST)
    whole = files_of(landing)
    (landing / "mention" / "part-1.parquet").unlink()
    (landing / "article" / "left.parquet").write_bytes(b"half")
    for shard in find_outdated(run.run_id):
        enrich_again(run.run_id, shard)
    group_edition(run.run_id)
    assert files_of(landing) == whole


def test_what_the_gate_holds_is_not_tried_again_every_morning(
    home: Home, planned: Callable[[str, str], Run]
) -> None:
    day = LAST - timedelta(1)
    seal(enrich_edition(home, day))
    other_themes()
    run = enrich_edition(home, LAST)
    open_candidate(run.run_id)
    anew = sealed_contents(home)[day][-1]
    append_decision(home, "hold", day, anew.content_hash, "gate", "Refused.", run.run_id)
    assert find_outdated(run.run_id) == []
    states = {one["edition"]: one["content_hash"] for one in open_candidate(run.run_id)["editions"]}
    assert states[str(day)] == sealed_contents(home)[day][0].content_hash


def test_texts_are_read_again_with_the_rules_of_now(
    home: Home, planned: Callable[[str, str], Run]
) -> None:
    content = seal(enrich_edition(home, LAST - timedelta(1)))
    other_themes()
    run = enrich_edition(home, LAST)
    found = read_landed(home.landing(content.edition, content.collect_id), "theme_evidence")
    assert set(found.filter(pl.col("theme_id") == "likeness")["surface"]) <= {
        "replica of the singer",
        "likeness",
    }
    assert run.edition == LAST
