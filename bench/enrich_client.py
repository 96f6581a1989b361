"""A process that enriches its share of a planned run's articles and prints what that cost.

    python -m bench.enrich_client {station,spacy,ahocorasick} --process 0 --of 2

It loads models and imports before it says `ready`. `station` is the station; the others read the
same texts with one library alone: spaCy's recogniser, an automaton of all curated names.
"""

import argparse
import json
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import polars as pl

from bench.bare import load_recogniser
from bench.together import cpu_seconds, peak_megabytes, wait_for_go
from core.plan import Run, load_run
from enrich.cache import Cache
from enrich.components import Enricher
from enrich.document import Document
from enrich.run import enrich_shard, shard_articles

RUN_ID = "bench"
_WARM_UP = 8


@dataclass(frozen=True)
class Cost:
    """What one process did; `start` and `end` are readings of the machine's monotonic clock."""

    articles: int
    start: float
    end: float
    cpu_seconds: float
    megabytes: float


def _station(run: Run, articles: pl.DataFrame, shard: dict[str, int]) -> Callable[[], object]:
    enricher = Enricher(run.entities, run.themes, Cache(None))
    texts = articles.head(_WARM_UP).select("version_id", "language", "title", "text").iter_rows()
    documents = [Document(*one) for one in texts]
    for load in (enricher.themes, enricher.mentions, enricher.story_terms, enricher.signatures):
        load(documents)
    return lambda: enrich_shard(run.run_id, shard)


def _spacy(_run: Run, articles: pl.DataFrame, _shard: dict[str, int]) -> Callable[[], object]:
    pipeline, texts = load_recogniser(), articles["text"].to_list()
    for _ in pipeline.pipe(texts[:_WARM_UP]):
        pass
    return lambda: sum(1 for _ in pipeline.pipe(texts, batch_size=32))


def _ahocorasick(run: Run, articles: pl.DataFrame, _shard: dict[str, int]) -> Callable[[], object]:
    import ahocorasick_rs

    names = [alias.alias for entity in run.entities.entities for alias in entity.names]
    automaton = ahocorasick_rs.AhoCorasick(names, store_patterns=False)
    find, texts = automaton.find_matches_as_indexes, articles["text"].to_list()
    return lambda: sum(len(find(text, overlapping=True)) for text in texts)


_KINDS = {"station": _station, "spacy": _spacy, "ahocorasick": _ahocorasick}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=list(_KINDS))
    for name in ("process", "of"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    run = load_run(RUN_ID)
    shard = {"index": options.process, "count": options.of}
    articles = shard_articles(run, options.process, options.of)
    work = _KINDS[options.kind](run, articles, shard)
    wait_for_go()
    cpu, start = cpu_seconds(), time.monotonic()
    work()
    cost = Cost(
        articles=articles.height,
        start=start,
        end=time.monotonic(),
        cpu_seconds=cpu_seconds() - cpu,
        megabytes=peak_megabytes(),
    )
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
