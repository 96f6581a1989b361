"""A warehouse with a history: landed and sealed editions before one that is about to be grouped.

The wordings are made from real ones: a third of their numbers tell of the same event as another,
the others have most of their words from elsewhere. What an edition links to is in that edition.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import polars as pl
from duckdb import DuckDBPyConnection

from bench.real_texts import landed_articles
from core.files import write_json
from core.home import Home
from core.landed import LANDED
from core.plan import Run, closed_path, plan_run
from enrich.signatures import ALGORITHM_VERSION, PERMUTATIONS, signatures
from enrich.story_terms import MODEL, StoryModel
from warehouse.candidate import open_candidate
from warehouse.database import open_for_writing
from warehouse.dbt import run_dbt
from warehouse.editions import Content, sealed_folder

RUN_ID, BASE_RUN_ID = "bench", "base"
WINDOW_DAYS = 30
COLLECT_ID = "bench"
MODELS = ("+dim_story", "+story_alias")
"""What dbt builds of near-duplicates and stories, with all that they are made from."""
_OTHER_EVENT, _SAME_EVENT = 0.1, 0.75
"""How much of a wording is that of the real text it is made from."""
_OLD_SEEDS = 8
"""Editions before the window take turns with so many: nothing is ever compared with them."""
_IN_STORY, _IN_PAIR = 3, 2
"""Of ten articles in a row so many are one story, and the last so many one text."""


@dataclass(frozen=True)
class Amount:
    """Articles of each edition: the new one, the days of the window, and those before."""

    new: int
    a_day: int
    older_editions: int
    older_a_day: int

    @property
    def older(self) -> int:
        return self.older_editions * self.older_a_day


class Wordings:
    """Editions made of real wordings with changes; the same seed gives the same edition."""

    def __init__(self, texts: int) -> None:
        articles = landed_articles(texts)
        self._texts = articles.select("title", pl.col("text").str.head(500))
        model, pairs = StoryModel(), articles.select("title", "text").iter_rows()
        told = [model.describe(title, text, []) for title, text in pairs]
        self._terms = pl.DataFrame(
            {"terms": [one.terms for one in told], "weights": [one.weights for one in told]},
            schema={"terms": pl.List(pl.UInt32), "weights": pl.List(pl.UInt16)},
        )
        self._pool = self._terms.explode("terms", "weights")
        self._made: dict[tuple[int, int], tuple[npt.NDArray[np.int64], pl.DataFrame]] = {}
        self._vectors = np.array([one.vector for one in told], dtype=np.int8)
        hashes = [one or [0] * PERMUTATIONS for one in signatures(articles["text"].to_list())]
        self._hashes = np.array(hashes, dtype=np.uint32)

    def tables(
        self, edition: date, count: int, source_id: str, seed: int
    ) -> dict[str, pl.DataFrame]:
        """What is landed of one edition, as far as stories and near-duplicates read it.

        The numbers of its wordings depend on `seed` and `count` alone.
        """
        random = np.random.default_rng(seed)
        real, numbers = self._numbers(seed, count)
        ids = [f"{edition:%Y%m%d}{number:08x}" for number in range(count)]
        day = [edition - timedelta(days=int(one)) for one in random.integers(0, 2, count)]
        seen = datetime.combine(edition, time(4))
        known = pl.DataFrame(
            {
                "article_id": ids,
                "version_id": ids,
                "published_day": day,
                "published_at": [datetime.combine(one, time(3)) for one in day],
            },
            schema_overrides={"published_at": pl.Datetime("ms")},
        )
        article = known.with_columns(
            self._texts[real],
            source_id=pl.lit(source_id),
            url="https://bench.test/" + pl.col("article_id"),
            language=pl.lit("en"),
            published_precision=pl.lit("minute"),
            published_method=pl.lit("feed"),
            origin=pl.lit("own"),
            first_seen_at=pl.lit(seen, pl.Datetime("ms")),
            fetched_at=pl.lit(seen, pl.Datetime("ms")),
        )
        signed = known.with_columns(
            numbers["min_hashes"], algorithm_version=pl.lit(ALGORITHM_VERSION)
        )
        termed = known.with_columns(numbers.drop("min_hashes"), model_version=pl.lit(MODEL.stem))
        frames = {"article": article, "signature": signed, "story_terms": termed, **_links(known)}
        return {table: _completed(frame, table) for table, frame in frames.items()}

    def _numbers(self, seed: int, count: int) -> tuple[npt.NDArray[np.int64], pl.DataFrame]:
        """The real texts that the wordings are made from, and what is told of each wording."""
        if (seed, count) not in self._made:
            random = np.random.default_rng(seed)
            real = random.integers(0, len(self._hashes), count)
            terms, weights = self._termed(real, random)
            columns = {
                "min_hashes": self._signed(real, random),
                "terms": terms,
                "weights": weights,
                "vector": _lists(self._vectors[random.permutation(real)]),
            }
            self._made[seed, count] = real, pl.DataFrame(columns)
        return self._made[seed, count]

    def _signed(self, real: npt.NDArray[np.int64], random: np.random.Generator) -> pl.Series:
        hashes = self._hashes[real]
        own = np.where(random.random(len(real)) < _IN_PAIR / 10, 0.8, 0.0)
        other = random.random(hashes.shape) >= own[:, None]
        hashes[other] = random.integers(0, 2**32, int(other.sum()), dtype=np.uint32)
        return _lists(hashes)

    def _termed(
        self, real: npt.NDArray[np.int64], random: np.random.Generator
    ) -> tuple[pl.Series, pl.Series]:
        rows = self._terms[real].with_row_index("row")
        sizes = rows["terms"].list.len().to_numpy()
        share = np.where(random.random(len(real)) < _IN_STORY / 10, _SAME_EVENT, _OTHER_EVENT)
        flat = rows.explode("terms", "weights")
        others = self._pool[random.integers(0, self._pool.height, flat.height)]
        own = pl.Series(random.random(flat.height) < np.repeat(share, sizes))
        mixed = flat.select(
            "row",
            *(pl.when(own).then(flat[name]).otherwise(others[name]).alias(name)
              for name in ("terms", "weights")),
        )  # fmt: skip
        told = mixed.unique(["row", "terms"], maintain_order=True)
        told = told.group_by("row", maintain_order=True).agg("terms", "weights")
        return told["terms"], told["weights"]


def _lists(rows: npt.NDArray[np.generic]) -> pl.Series:
    return pl.Series(rows).arr.to_list()


def _links(known: pl.DataFrame) -> dict[str, pl.DataFrame]:
    """Links of each ten's first articles to the first, and a pair of its last ones."""
    place = pl.int_range(pl.len()) % 10
    numbered = known.with_columns(place=place, edition=pl.col("published_day").max())
    first = pl.col("article_id").get(0).over(pl.int_range(pl.len()) // 10)
    before = pl.col("article_id").shift(1)
    story = numbered.with_columns(
        *(first.alias(name) for name in ("earlier_article_id", "earlier_version_id")),
        *(pl.col("edition").alias(name) for name in ("seen_in", "earlier_seen_in")),
        likeness=pl.lit(0.5),
    )
    pair = numbered.with_columns(
        before.alias("article_id_a"),
        before.alias("version_id_a"),
        pl.col("article_id").alias("article_id_b"),
        pl.col("version_id").alias("version_id_b"),
        jaccard=pl.lit(0.9),
    )
    return {
        "story_link": story.filter(pl.col("place").is_between(1, _IN_STORY - 1)),
        "near_duplicate": pair.filter(pl.col("place") == 9),
    }


def _completed(frame: pl.DataFrame, table: str) -> pl.DataFrame:
    schema = LANDED[table]
    missing = [
        pl.lit(None, dtype).alias(name) for name, dtype in schema.items() if name not in frame
    ]
    return frame.with_columns(missing).select(schema.names())


def make_history(home: Home, wordings: Wordings, amount: Amount) -> Run:
    """Land and seal all editions; returns the planned run of the new one, landed, not sealed."""
    run = plan_run(RUN_ID, home=home)
    source_id = run.sources.sources[0].id
    first = run.edition - timedelta(days=WINDOW_DAYS + amount.older_editions)
    for number in range((run.edition - first).days):
        edition = first + timedelta(days=number)
        is_older = number < amount.older_editions
        count = amount.older_a_day if is_older else amount.a_day
        folder = home.landing(edition, COLLECT_ID)
        seed = number % _OLD_SEEDS if is_older else edition.toordinal()
        _land(folder, wordings.tables(edition, count, source_id, seed))
        if number:  # the first is sealed by the run that makes the base
            _seal(home, edition, folder)
    own = wordings.tables(run.edition, amount.new, source_id, run.edition.toordinal())
    _land(run.landing, {name: own[name] for name in ("article", "signature", "story_terms")})
    make_base(home, first)
    return run


def make_base(home: Home, edition: date) -> None:
    """Publish all sealed editions, of which `edition` is the first, in one run of that one."""
    write_json(closed_path(home, edition), {"collect_id": COLLECT_ID, "edition": str(edition)})
    run = plan_run(BASE_RUN_ID, edition=edition.isoformat(), home=home)
    loaded = open_candidate(BASE_RUN_ID)["editions"]
    if not run_dbt(run, "run", "--select", *MODELS).success:
        raise RuntimeError("dbt could not build the base; its message stands above")
    candidate = home.candidate(BASE_RUN_ID)
    columns = ("edition", "collect_id", "content_hash")
    rows = [[*(one[name] for name in columns), BASE_RUN_ID] for one in loaded]
    with open_for_writing(candidate, run.work / "spill") as connection:
        _require_all(connection, home)
        connection.executemany("insert into candidate.meta.edition values ($1, $2, $3, $4)", rows)
        connection.execute("checkpoint candidate")
    home.publications.mkdir()
    candidate.rename(home.publication(BASE_RUN_ID))
    home.warehouse.symlink_to(home.publication(BASE_RUN_ID).relative_to(home.root))


def _require_all(connection: DuckDBPyConnection, home: Home) -> None:
    """Refuse to measure on a base that lacks an article or knows one twice."""
    files = [str(path) for path in home.root.glob("sealed/*/*/article/*.parquet")]
    landed, known = (
        connection.execute(f"select count(distinct article_id) from {rows}", values).fetchone()
        for rows, values in (
            ("read_parquet($1)", [files]),
            ("candidate.meta.landed_article", []),
        )
    )
    built = connection.execute("select count(*) from candidate.marts.dim_article").fetchone()
    if not landed == known == built:
        raise RuntimeError(f"{landed} articles landed, {known} are indexed and {built} built")


def _land(folder: Path, tables: dict[str, pl.DataFrame]) -> None:
    """As two tasks leave it; not fsynced, which would take longer than all the rest."""
    for table, frame in tables.items():
        (folder / table).mkdir(parents=True, exist_ok=True)
        for part in range(2):
            rows = frame.gather_every(2, part).cast(LANDED[table])
            rows.write_parquet(folder / table / f"part-{part}.parquet", compression="zstd")


def _seal(home: Home, edition: date, landing: Path) -> None:
    """As `warehouse.editions.seal`, named after the edition: reading all of it says nothing new."""
    content = Content(edition, COLLECT_ID, edition.isoformat())
    folder = sealed_folder(home, content)
    for file in landing.glob("*/*.parquet"):
        target = folder / file.relative_to(landing)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(file)
    write_json(folder.parent / "order.json", [vars(content)])
