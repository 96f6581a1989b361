"""Draws healthy editions and counts how many the gate stops: it may stop hardly any.

    python -m tests.prove.wolf [--editions 200] [--seed 1]

Three quarters are drawn from the real dated articles of `../shared/corpus/dated` (nine outlets,
as dirty as published), the others from the sample newsroom's sentences (six outlets). A newsroom
prints less on weekends, still less in a slow August, and on a strike day one outlet prints
nothing and the others less. Every edition goes through `check_landing` with the editions before
it; the first fifteen of each newsroom fill its history and are not counted. The gate of the
enriched batch and of the marts judges the last editions of the sample newsroom.
"""

import argparse
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import polars as pl

from core.config import PROJECT_ROOT
from core.errors import GateRefused
from core.home import Home
from core.identity import clean_text
from core.plan import Run, plan_run
from enrich.grouping import group_edition
from expectations.gate import check_landing, check_marts
from ingest.page import MIN_WORDS, count_words
from tests.faults import newsroom
from tests.faults.batches import Drawn, End, land_batch
from warehouse.candidate import open_candidate
from warehouse.dbt import build
from warehouse.editions import seal
from warehouse.publish import publish

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus" / "dated"
HISTORY = 15
MOST_STOPPED = 0.005
_FIRST_DAY = date(2026, 5, 4)


@dataclass(frozen=True)
class Newsroom:
    """Outlets with how many articles each prints on a weekday, and where those come from."""

    name: str
    usual: dict[str, float]
    stock: dict[str, list[Drawn]] | None  # None: of the sample newsroom's sentences


@dataclass
class Tally:
    """What the gate said: editions judged and stopped, and each failed expectation's times."""

    judged: int = 0
    stopped: list[str] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def warnings(self) -> int:
        """Failed expectations in all, those that stopped an edition included."""
        return sum(self.failed.values())


def usual_share(day: date, source_place: int) -> float:
    """How much of a weekday's news an outlet prints on a day."""
    share = 0.45 if day.isoweekday() > 5 else 1.0
    if day.month == 8 and 8 <= day.day <= 21:
        share *= 0.65  # a slow August
    if _is_strike(day):
        share *= 0.0 if source_place == 0 else 0.75
    return share


def _is_strike(day: date) -> bool:
    return day.isoweekday() == 3 and day.isocalendar().week % 9 == 0


def real_newsroom() -> Newsroom:
    """The nine outlets of the corpus; each prints so many a day that none comes twice in 28."""
    rows = pl.read_parquet(CORPUS / "*.parquet").drop_nulls(["text", "title"])
    stock: dict[str, list[Drawn]] = {}
    for url, title, text, day in rows.select(
        "article_source_link", "title", "text", "publish_date"
    ).iter_rows():
        host = urlsplit(url).hostname or ""
        source_id = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www."))
        body = clean_text(text)
        if count_words(body) < MIN_WORDS:
            continue  # what `extract` refuses as no article
        year, month, number = map(int, day.split("/"))
        moment = datetime(year, month, number)
        one = Drawn(source_id, url, clean_text(title) or body[:80], body, moment, "day")
        stock.setdefault(source_id, []).append(one)
    usual = {one: len(articles) / 36 for one, articles in sorted(stock.items())}
    return Newsroom("real", usual, stock)


def sample_newsroom() -> Newsroom:
    return Newsroom("sample", {one: float(count) for one, *_, count in newsroom.OUTLETS}, None)


def draw(room: Newsroom, day: date, chance: random.Random) -> tuple[list[Drawn], list[End]]:
    """A healthy edition of a newsroom: what it printed on the day before."""
    news_day = day - timedelta(days=1)
    articles: list[Drawn] = []
    ends: list[End] = []
    pool: list[str] = []
    for place, (source_id, usual) in enumerate(room.usual.items()):
        expected = usual * usual_share(news_day, place) * chance.lognormvariate(0, 0.15)
        for number in range(_poisson(expected, chance)):
            moment = datetime.combine(news_day, time()) + timedelta(minutes=chance.randint(0, 1439))
            if room.stock is None:
                url = f"https://{source_id}.example/{news_day:%Y/%m/%d}/{number}"
                articles.append(newsroom.draw_article(chance, source_id, url, moment, pool))
            else:
                articles.append(_redated(room.stock[source_id], moment, chance))
        if expected:
            ends.append(End(source_id, f"https://{source_id}.example/{day}/seen", "unchanged", 304))
    return articles, ends


def _redated(stock: list[Drawn], moment: datetime, chance: random.Random) -> Drawn:
    """The outlet's next article, as new on another day; its pages tell a day or a minute.

    A few tell none, and a few are updated ones of the days before.
    """
    one = stock.pop(0)
    stock.append(one)
    kind = chance.random()
    if kind < 0.05:
        return replace(one, published_at=None)
    if kind < 0.12:
        moment -= timedelta(days=chance.randint(1, 9))
    if kind < 0.4:
        return replace(one, published_at=datetime.combine(moment.date(), time()), precision="day")
    return replace(one, published_at=moment, precision="second")


def _poisson(mean: float, chance: random.Random) -> int:
    limit, count, product = 2.718281828459045**-mean, 0, chance.random()
    while product > limit:
        count += 1
        product *= chance.random()
    return count


def judge(room: Newsroom, editions: int, seed: int, tally: Tally) -> list[Run]:
    """Land and judge editions of a newsroom, one a day; returns the runs, history included."""
    chance = random.Random(seed)
    home = Home.from_environment()
    runs: list[Run] = []
    for number in range(editions + HISTORY):
        day = _FIRST_DAY + timedelta(days=number)
        end = datetime.combine(day, time(5), UTC)
        run = plan_run(f"{room.name}-{day}", data_interval_end=end, home=home)
        land_batch(run, *draw(room, day, chance))
        if number >= HISTORY:
            _count(run, tally, "landed", check_landing)
        runs.append(run)
    return runs


def judge_marts(runs: list[Run], editions: int, tally: Tally) -> None:
    """Enrich and build the last of `runs`, and judge the marts of the very last `editions`."""
    recent = runs[-(HISTORY + editions) :]
    newsroom.enrich([*recent])
    for run in recent[:-editions]:
        group_edition(run.run_id)
        seal(run)
    for run in recent[-editions:]:
        group_edition(run.run_id)
        open_candidate(run.run_id)
        build(run.run_id)
        if _count(run, tally, "marts", check_marts):
            publish(run.run_id)


def _count(run: Run, tally: Tally, suite: str, gate: Callable[[str], object]) -> bool:
    """Judge a run; whether it passed."""
    tally.judged += 1
    passes = True
    try:
        gate(run.run_id)
    except GateRefused as refused:
        tally.stopped.append(f"{run.run_id}: {refused}")
        passes = False
    files = ("enriched", "marts") if suite == "marts" else ("landed",)
    for name in files:
        verdicts = pl.read_parquet(run.work / "verdicts" / f"{name}.parquet")
        tally.failed.update(verdicts.filter(~pl.col("success"))["expectation"].to_list())
    return passes


@contextmanager
def _home(room: Newsroom) -> Iterator[None]:
    """A home and a configuration of its own for a newsroom, named in the environment."""
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "config"
        newsroom.write_configuration(config)
        if room.stock is not None:
            (config / "sources.yml").write_text(_real_sources(room))
            for name in ("themes.yml", "entities.yml"):
                (config / name).write_text(_ONE[name])
        os.environ |= {"BROADSHEET_HOME": f"{folder}/home", "BROADSHEET_CONFIG": str(config)}
        yield


# The landing gate asks for no theme and no entity: one of each is read faster than all.
_ONE = {
    "themes.yml": "taxonomy_version: '1'\nthemes:\n  - {id: all, name: All, "
    "description: Everything that anybody prints.}\n",
    "entities.yml": "entities_version: '1'\nentities:\n  - {id: one, name: One, type: ORG}\n",
}


def _real_sources(room: Newsroom) -> str:
    outlets = "".join(
        f"  - {{id: {one}, name: {one}, country: GB, owner: {{id: {one}, name: {one}}}, "
        f"language: en,\n     homepage: 'http://{urlsplit(articles[0].url).hostname}/', "
        f"timezone: Europe/London,\n     entry_points: [{{kind: feed, "
        f"url: 'http://{urlsplit(articles[0].url).hostname}/feed'}}]}}\n"
        for one, articles in (room.stock or {}).items()
    )
    return f"user_agent: 'test/1.0 (+https://broadsheet.example/bot)'\nsources:\n{outlets}"


def prove(editions: int, seed: int, marts: int) -> tuple[Tally, Tally]:
    """Judge `editions` landed batches, three quarters of them real, and `marts` built ones."""
    landed, built = Tally(), Tally()
    real = editions * 3 // 4 if CORPUS.is_dir() else 0
    if real:
        room = real_newsroom()
        with _home(room):
            judge(room, real, seed, landed)
    room = sample_newsroom()
    with _home(room):
        runs = judge(room, editions - real, seed, landed)
        if marts:
            judge_marts(runs, marts, built)
    return landed, built


def main() -> None:
    """Print the table; exit status 1 where more was stopped than may be."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--editions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--marts", type=int, default=3)
    options = parser.parse_args()
    tallies = prove(options.editions, options.seed, options.marts)
    print("| healthy editions | judged | stopped | warnings | of these |\n|---|---|---|---|---|")
    for name, tally in zip(("landed", "enriched and built"), tallies, strict=True):
        often = ", ".join(f"{one} {times}" for one, times in tally.failed.most_common(5))
        print(f"| {name} | {tally.judged} | {len(tally.stopped)} | {tally.warnings} | {often} |")
    if not CORPUS.is_dir():
        print(f"\n{CORPUS} is not there: all editions are drawn from the sample newsroom.")
    for tally in tallies:
        print(*tally.stopped, sep="\n")
    stopped = sum(len(one.stopped) for one in tallies)
    sys.exit(stopped > max(1, MOST_STOPPED * sum(one.judged for one in tallies)))


if __name__ == "__main__":
    main()
