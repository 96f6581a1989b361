"""A healthy newsroom: six outlets, fifteen published editions and today's, built but not judged.

Its articles are put together from sentences of the sample newsroom, enriched by the real
stations, loaded, built by dbt and published: what the gate judges is what it would judge in use.
"""

import random
import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path

import polars as pl

from core.config import PROJECT_ROOT
from core.decisions import append_decision
from core.home import Home
from core.landed import read_landed, write_landed
from core.plan import Run, plan_run
from enrich.grouping import group_edition
from enrich.run import enriched_tables
from enrich.sentences import split_text
from expectations.gate import check_landing, check_marts
from tests.e2e.newsroom import sample_paragraphs
from tests.faults.batches import Drawn, End, land_batch
from warehouse.candidate import open_candidate
from warehouse.dbt import run_dbt
from warehouse.editions import seal
from warehouse.publish import publish
from warehouse.schema import BRIEF_CITATION, BRIEF_FIGURE

OUTLETS = (  # id, owner, country, time zone, articles on a weekday
    ("morning-record", "crown", "GB", "Europe/London", 9),
    ("bay-tribune", "pacific", "US", "America/Los_Angeles", 7),
    ("lake-standard", "ziwa", "KE", "Africa/Nairobi", 6),
    ("elbe-journal", "nord", "DE", "Europe/Berlin", 7),
    ("set-and-screen", "crown", "US", "America/New_York", 6),
    ("delhi-ledger", "yamuna", "IN", "Asia/Kolkata", 6),
)
TODAY = date(2026, 10, 16)
EARLIER = 15
RUN = "today"
_SENTENCES = 7  # hardly more than an article needs: names are read in each, which takes longest


def write_configuration(folder: Path) -> None:
    """The project's own themes, entities and thresholds, with the outlets of this newsroom."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("themes.yml", "entities.yml", "thresholds.yml"):
        shutil.copyfile(PROJECT_ROOT / "config" / name, folder / name)
    outlets = "".join(
        f"  - {{id: {one}, name: {one.replace('-', ' ').title()}, country: {country},\n"
        f"     owner: {{id: {owner}, name: {owner.title()} Media}}, language: en,\n"
        f"     homepage: 'https://{one}.example/', timezone: {zone}, sets: [dailies],\n"
        f"     entry_points: [{{kind: feed, url: 'https://{one}.example/feed'}}]}}\n"
        for one, owner, country, zone, _ in OUTLETS
    )
    (folder / "sources.yml").write_text(
        f"user_agent: 'broadsheet-test/1.0 (+https://broadsheet.example/bot)'\nsources:\n{outlets}"
    )


@cache
def sentences() -> tuple[str, ...]:
    """The sentences of the sample newsroom's articles, each once, none very short."""
    found = (
        paragraph[start:end]
        for paragraph in sample_paragraphs()
        for start, end, _ in split_text(paragraph)
    )
    return tuple(one for one in dict.fromkeys(found) if len(one.split()) >= 8)


def draw_article(
    chance: random.Random, source_id: str, url: str, moment: datetime, pool: list[str]
) -> Drawn:
    """An article of sentences taken off `pool`, which is filled again when it runs out."""
    if len(pool) < _SENTENCES:
        pool[:] = chance.sample(sentences(), len(sentences()))
    body = [pool.pop() for _ in range(chance.randint(_SENTENCES - 3, _SENTENCES))]
    title = " ".join(body[1].rstrip(".?!").split()[:10])
    half = len(body) // 2
    text = f"{' '.join(body[:half])}\n{' '.join(body[half:])}"
    return Drawn(source_id, url, title, text, moment)


def draw_edition(day: date) -> tuple[list[Drawn], list[End]]:
    """Articles and other ends of an edition; the same for the same day."""
    chance = random.Random(day.toordinal())
    pool: list[str] = []
    articles: list[Drawn] = []
    ends: list[End] = []
    news_day = day - timedelta(days=1)
    for source_id, _, _, _, usual in OUTLETS:
        count = max(2, round(usual * (0.5 if news_day.isoweekday() > 5 else 1)))
        for number in range(count + chance.randint(-1, 1)):
            # From 8 to 17 UTC is the same calendar day in all of the newsroom's zones.
            moment = datetime.combine(news_day, time(8)) + timedelta(minutes=chance.randint(0, 540))
            url = f"https://{source_id}.example/{news_day:%Y/%m/%d}/{number}"
            articles.append(draw_article(chance, source_id, url, moment, pool))
        ends.append(End(source_id, f"https://{source_id}.example/{day}/gone", "fetch_failed", 404))
        ends.append(End(source_id, f"https://{source_id}.example/{day}/old", "unchanged", 304))
    copied = articles[0]
    url = f"https://{OUTLETS[1][0]}.example/{news_day:%Y/%m/%d}/copy"
    articles.append(replace(copied, source_id=OUTLETS[1][0], url=url))
    return articles, ends


def _garbled(one: Drawn) -> Drawn:
    """Another page, decoded in the wrong charset: it is refused, alone."""
    return replace(one, url=f"{one.url}/garbled", text=one.text.replace("e", "Ã©"))


def _corrected(one: Drawn) -> Drawn:
    return replace(one, text=f"{one.text}\nCorrection: an earlier version gave another year.")


def make_home(root: Path) -> Home:
    """Make the newsroom's home in `root`, in the environment that names it and its configuration.

    Published is the edition of the day before `TODAY`, with every earlier one; today's is
    enriched and built in the run `RUN` on the base of that publication. In it an article of
    yesterday has been corrected and another one is gone; one page of yesterday was refused.
    """
    home = Home(root)
    days = [TODAY - timedelta(days=days) for days in range(EARLIER, -1, -1)]
    *earlier, yesterday, today = [_land(home, day) for day in days]
    enrich([*earlier, yesterday, today])
    for run in earlier:
        group_edition(run.run_id)
        seal(run)
    _write_records(yesterday)
    group_edition(yesterday.run_id)
    _build(yesterday)
    check_marts(yesterday.run_id)
    publish(yesterday.run_id)
    group_edition(today.run_id)
    _build(today)
    return home


def _write_records(run: Run) -> None:
    """What a publication takes in beside its marts: decisions and printed figures."""
    for kind in ("hold", "release"):
        append_decision(run.paths, kind, run.edition, "0" * 16, "A. Editor", "It was looked at.")
    for table, path in (
        (BRIEF_FIGURE, run.paths.report(run.edition) / "figures.parquet"),
        (BRIEF_CITATION, run.paths.report(run.edition) / "citations-1.parquet"),
    ):
        row = {
            name: run.edition if kind == "date" else name
            for name, (kind, _) in table.columns.items()
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        pl.DataFrame([row]).write_parquet(path)


def _land(home: Home, day: date) -> Run:
    run_id = RUN if day == TODAY else f"run-{day}"
    run = plan_run(run_id, data_interval_end=datetime.combine(day, time(5), UTC), home=home)
    articles, ends = draw_edition(day)
    before = draw_edition(day - timedelta(days=1))[0]
    if day == TODAY:
        articles.append(_corrected(before[3]))
        land_batch(run, articles, ends, gone=[before[5]])
    elif day == TODAY - timedelta(days=1):
        land_batch(run, [*articles, _garbled(before[7])], ends)
    else:
        land_batch(run, articles, ends)
    return run


def enrich(runs: list[Run]) -> None:
    """Enrich all editions in one go: the models are loaded once."""
    articles = [read_landed(run.landing, "article") for run in runs]
    tables = enriched_tables(pl.concat(articles), runs[-1])
    for run, own in zip(runs, articles, strict=True):
        key = own.select("article_id", "version_id")
        for name, rows in tables.items():
            is_shared = "article_id" not in rows.columns  # entities of a knowledge base
            mine = rows if is_shared else rows.join(key, on=key.columns, how="semi")
            write_landed(mine, run.landing, name, "part-0")


def _build(run: Run) -> None:
    check_landing(run.run_id)
    open_candidate(run.run_id)
    built = run_dbt(run, "run")  # dbt's own tests are not what is tried here
    assert built.success, built.exception
