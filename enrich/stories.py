"""Near-duplicate pairs: one text printed twice, by its MinHash signatures.

Signatures are cut into bands; two texts that agree in one whole band are compared, and are a
pair if the share of equal values reaches LEAST_JACCARD. A pair lies at most WINDOW_DAYS apart.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

from core.landed import LANDED, read_landed, write_landed
from core.plan import Run, load_run
from enrich.signatures import ALGORITHM_VERSION, PERMUTATIONS
from enrich.window import WINDOW_DAYS, dated, landed_around

BANDS = 32
LEAST_JACCARD = 0.45
_ROWS = PERMUTATIONS // BANDS
_CROWD = 100
"""Buckets larger than this are compared with one member only: all are the same boilerplate."""


def pair_edition(run_id: str) -> dict[str, int]:
    """Land `near_duplicate` of a run's edition; see `pair_landed`."""
    return pair_landed(load_run(run_id))


def pair_landed(run: Run) -> dict[str, int]:
    """Land `near_duplicate`: this edition's texts against each other and all others in the window.

    Articles without a day count as of the day of their edition. Returns counts of signatures
    read and pairs found.
    """
    new = dated(read_landed(run.landing, "signature").lazy(), run.edition).collect()
    known = landed_around(run, "signature", new["published_day"]) if new.height else new
    pairs = near_duplicates(new, known)
    write_landed(pairs, run.landing, "near_duplicate", "edition")
    return {"signatures": new.height, "compared_with": known.height, "pairs": pairs.height}


def near_duplicates(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """Pairs within `new` and between `new` and `known`, as rows of `near_duplicate`.

    Both frames have the columns of `signature` with `published_day` filled.
    """
    rows = pl.concat([new, known]).filter(pl.col("algorithm_version") == ALGORITHM_VERSION)
    if rows.height < 2:
        return pl.DataFrame(schema=LANDED["near_duplicate"])
    hashes = rows["min_hashes"].list.to_array(PERMUTATIONS).to_numpy()
    fresh = min(new.height, rows.height)
    left, right = _candidates(hashes, fresh)
    jaccard = _agreement(hashes, left, right)
    near = jaccard >= LEAST_JACCARD
    return _as_pairs(rows, left[near], right[near], jaccard[near])


Rows = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint32]


def _candidates(hashes: Hashes, fresh: int) -> tuple[Rows, Rows]:
    """Pairs of row numbers that share a band, the first of them below `fresh`."""
    count = len(hashes)
    keys = np.ascontiguousarray(hashes).view(np.uint64).reshape(count, BANDS, _ROWS // 2)
    mixed = keys[:, :, 0] * np.uint64(0x9E3779B97F4A7C15) ^ keys[:, :, 1]
    banded = pl.DataFrame(
        {
            "row": np.repeat(np.arange(count, dtype=np.int64), BANDS),
            "band": np.tile(np.arange(BANDS, dtype=np.uint8), count),
            "key": mixed.reshape(-1),
        }
    )
    bucket = ["band", "key"]
    buckets = banded.with_columns(
        size=pl.len().over(bucket), first=pl.col("row").min().over(bucket)
    ).filter(pl.col("size") > 1)
    crowded = buckets.filter((pl.col("size") > _CROWD) & (pl.col("row") != pl.col("first")))
    small = buckets.filter(pl.col("size") <= _CROWD).select("row", *bucket)
    paired = small.filter(pl.col("row") < fresh).join(small, on=bucket, suffix="_other")
    pairs = pl.concat(
        [
            paired.filter(pl.col("row") < pl.col("row_other")).select("row", "row_other"),
            crowded.select(pl.col("first").alias("row"), pl.col("row").alias("row_other")),
        ]
    ).unique()
    pairs = pairs.filter(pl.col("row") < fresh)
    return pairs["row"].to_numpy(), pairs["row_other"].to_numpy()


def _agreement(hashes: Hashes, left: Rows, right: Rows) -> npt.NDArray[np.float64]:
    """The share of equal values per pair, an estimate of the Jaccard similarity."""
    shares = np.empty(len(left))
    step = 100_000  # pairs at once: 100 MB
    for start in range(0, len(left), step):
        stop = start + step
        shares[start:stop] = (hashes[left[start:stop]] == hashes[right[start:stop]]).mean(axis=1)
    return shares


def _as_pairs(
    rows: pl.DataFrame, left: Rows, right: Rows, jaccard: npt.NDArray[np.float64]
) -> pl.DataFrame:
    ids = rows.select("article_id", "version_id", "published_day")
    pairs = pl.concat(
        [
            ids[part].select(pl.all().name.suffix(side))
            for part, side in ((left, "_a"), (right, "_b"))
        ],
        how="horizontal",
    ).with_columns(jaccard=pl.Series(jaccard, dtype=pl.Float64))
    apart = (pl.col("published_day_a") - pl.col("published_day_b")).dt.total_days().abs()
    swapped = pl.col("article_id_a") > pl.col("article_id_b")
    ordered = [
        pl.when(swapped).then(f"{name}_{other}").otherwise(f"{name}_{side}").alias(f"{name}_{side}")
        for name in ("article_id", "version_id")
        for side, other in (("a", "b"), ("b", "a"))
    ]
    return (
        pairs.filter(apart <= WINDOW_DAYS, pl.col("article_id_a") != pl.col("article_id_b"))
        .select(*ordered, "jaccard")
        .unique()
    )
