"""Stories by links: each wording points to the earlier one that is most like it.

A story is what hangs together so. Who comes earlier never depends on what comes later: a later
edition changes no story, and one that is put in before others moves only what it is nearest to.
"""

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import csr_array

from core.landed import LANDED, read_landed, write_landed
from core.plan import Run, load_run
from enrich.story_terms import MODEL, WEIGHT_STEPS, likeness
from enrich.window import WINDOW_DAYS, dated, landed_around

type Numbers = npt.NDArray[np.int64]

LEAST_LIKENESS = 0.32
MODEL_VERSION = MODEL.stem
_ROWS_AT_ONCE, _PAIRS_AT_ONCE = 256, 20_000
_NOTHING: Numbers = np.array(0, dtype=np.int64)
_MOST_OF_VECTOR: Numbers = np.array(8_192, dtype=np.int64)
"""No product of two vectors is larger."""
_LEFT_OUT = 0.06
"""The length of the common terms of a wording by which no candidate is looked for."""
_ORDER = ("seen_in", "published_at", "article_id", "version_id")


def link_edition(run_id: str) -> dict[str, int]:
    """Land `story_link` of a run's edition; see `link_landed`."""
    return link_landed(load_run(run_id))


def link_landed(run: Run) -> dict[str, int]:
    """Land `story_link`: between this edition's wordings, and with all others in the window.

    Articles without a day count as of the day of their edition. Returns counts of wordings read
    and links found.
    """
    new = dated(read_landed(run.landing, "story_terms").lazy(), run.edition).collect()
    known = landed_around(run, "story_terms", new["published_day"]) if new.height else new
    links = story_links(new, known)
    write_landed(links, run.landing, "story_link", "edition")
    return {"wordings": new.height, "compared_with": known.height, "links": links.height}


def story_links(new: pl.DataFrame, known: pl.DataFrame) -> pl.DataFrame:
    """For each wording the most alike earlier one of each edition, where one of the two is new.

    Both frames have the columns of `story_terms` and `seen_in` (the edition), with
    `published_day` filled. Only texts of the same model, at least LEAST_LIKENESS alike and
    at most WINDOW_DAYS apart are linked. Rows of `story_link`.
    """
    marked = [new.with_columns(is_new=True), known.with_columns(is_new=False)]
    rows = (
        pl.concat(marked)
        .filter(pl.col("model_version") == MODEL_VERSION, pl.col("terms").list.len() > 0)
        .sort(_ORDER, nulls_last=True)
    )
    if rows.height < 2 or not rows["is_new"].any():
        return pl.DataFrame(schema=LANDED["story_link"])
    left, right, alike = _alike(rows)
    later, earlier = np.maximum(left, right), np.minimum(left, right)
    ids = rows.select("article_id", "version_id", "seen_in")
    return (
        pl.concat(
            [
                ids[later],
                ids[earlier].select(pl.all().name.prefix("earlier_")),
                pl.DataFrame({"likeness": alike, "place": earlier}),
            ],
            how="horizontal",
        )
        .filter(pl.col("article_id") != pl.col("earlier_article_id"))
        .sort("likeness", "place", descending=[True, False])
        .unique(
            ["article_id", "version_id", "seen_in", "earlier_seen_in"],
            keep="first",
            maintain_order=True,
        )
        .drop("place")
    )


def story_of(links: pl.DataFrame, article_ids: list[str]) -> dict[str, str]:
    """The first article of each article's story; every article has one wording in `links`."""
    best = links.sort(
        "likeness", "earlier_seen_in", "earlier_article_id", descending=[True, False, False]
    ).unique("article_id", keep="first", maintain_order=True)
    ancestor = dict(best.select("article_id", "earlier_article_id").iter_rows())

    def first(one: str) -> str:
        while one in ancestor:
            one = ancestor[one]
        return one

    return {one: first(one) for one in article_ids}


def _alike(rows: pl.DataFrame) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
    """Row numbers of the alike, the left one new, and how alike they are.

    Candidates come from the rarer terms alone; what the common ones could add is bounded.
    """
    weights = _matrix(rows)
    by_term = _rarer_terms(weights).T.tocsr()
    least = LEAST_LIKENESS - likeness(_NOTHING, _MOST_OF_VECTOR) - _LEFT_OUT * _norms(weights).max()
    least_product = np.ceil(least * WEIGHT_STEPS**2)
    vectors = rows["vector"].list.to_array(len(rows["vector"][0])).to_numpy()
    days = rows["published_day"].to_physical().to_numpy()
    fresh = np.flatnonzero(rows["is_new"].to_numpy())
    found = []
    for start in range(0, len(fresh), _ROWS_AT_ONCE):
        chunk = fresh[start : start + _ROWS_AT_ONCE]
        product = weights[chunk] @ by_term
        enough = np.flatnonzero(product.data >= least_product)
        left = chunk[np.searchsorted(product.indptr, enough, side="right") - 1]
        right = product.indices[enough].astype(np.int64)
        near = (left != right) & (np.abs(days[left] - days[right]) <= WINDOW_DAYS)
        found.append(_judged(weights, vectors, left[near], right[near]))
    lefts, rights, alikes = zip(*found, strict=True)
    return np.concatenate(lefts), np.concatenate(rights), np.concatenate(alikes)


def _judged(
    weights: csr_array, vectors: npt.NDArray[np.int8], left: Numbers, right: Numbers
) -> tuple[Numbers, Numbers, npt.NDArray[np.float64]]:
    """The candidates that are alike, by all of their terms and their vectors."""
    both = np.empty(len(left), dtype=np.int64), np.empty(len(left), dtype=np.int64)
    for start in range(0, len(left), _PAIRS_AT_ONCE):
        part = slice(start, start + _PAIRS_AT_ONCE)
        one, other = left[part], right[part]
        both[0][part] = weights[one].multiply(weights[other]).sum(axis=1)
        wide = vectors[one].astype(np.int64), vectors[other].astype(np.int64)
        both[1][part] = np.einsum("ij,ij->i", *wide)
    alike = likeness(*both)
    enough = alike >= LEAST_LIKENESS
    return left[enough], right[enough], alike[enough]


def _matrix(rows: pl.DataFrame) -> csr_array:
    """A row a wording, a column a term of a new wording, the commonest terms first.

    Terms that no new wording has tell nothing of its likeness. No product of two rows exceeds
    WEIGHT_STEPS squared, so 32 bits hold it.
    """
    numbered = rows.lazy().with_row_index("row").select("row", "terms", "weights", "is_new")
    flat = numbered.explode("terms", "weights").collect()
    columns = flat.filter("is_new").select(pl.col("terms").unique())
    held = flat.join(columns, on="terms", how="semi", maintain_order="left")
    rank = held.group_by("terms").len().sort("len", "terms", descending=True).with_row_index("rank")
    held = held.join(rank, on="terms", maintain_order="left")
    counts = np.bincount(held["row"].to_numpy(), minlength=rows.height)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)
    columns_of = held["rank"].to_numpy().astype(np.int32)
    data = held["weights"].to_numpy().astype(np.int32)
    matrix = csr_array((data, columns_of, starts), shape=(rows.height, rank.height))
    matrix.sort_indices()
    return matrix


def _norms(weights: csr_array) -> npt.NDArray[np.float64]:
    """The length of each row, in units of likeness."""
    squares = np.concatenate([[0], np.cumsum(weights.data.astype(np.int64) ** 2)])
    return np.asarray(np.sqrt(np.diff(squares[weights.indptr])) / WEIGHT_STEPS)


def _rarer_terms(weights: csr_array) -> csr_array:
    """The matrix without each row's commonest terms, as many as have a length of _LEFT_OUT."""
    squares = np.cumsum(weights.data.astype(np.int64) ** 2)
    before = np.concatenate([[0], squares])[weights.indptr[:-1]]
    sizes = np.diff(weights.indptr)
    kept = squares - np.repeat(before, sizes) > (_LEFT_OUT * WEIGHT_STEPS) ** 2
    starts = np.concatenate([[0], np.cumsum(kept)])[weights.indptr]
    return csr_array(
        (weights.data[kept], weights.indices[kept], starts.astype(np.int32)), shape=weights.shape
    )
