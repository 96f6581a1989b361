"""The station: enrich editions anew, from what they landed, because what enriches has changed."""

from collections.abc import Mapping
from typing import Any

from core.companions import read_companions, run_of
from core.plan import Run, load_run
from enrich.run import enrich_texts


def enrich_again(run_id: str, shard: Mapping[str, Any]) -> dict[str, int]:
    """Land the enriched tables of the run's companions that `shard` names in `editions`.

    Part by part as they are there, so that the same versions give the same files; names that the
    model has read are in the cache. Returns the number of articles by edition.
    """
    run = load_run(run_id)
    wanted = set(shard["editions"])
    companions = [one for one in read_companions(run) if one.edition.isoformat() in wanted]
    return {one.edition.isoformat(): _enrich(run_of(run, one)) for one in companions}


def _enrich(run: Run) -> int:
    parts = len(list((run.landing / "analysis").glob("part-*.parquet")))
    articles = (enrich_texts(run, index, parts)["articles"] for index in range(parts))
    return sum(articles)
