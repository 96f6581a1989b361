"""One edition without Airflow: the task functions of `daily_news` in order, in this process.

For tests and measurements that need many editions; tests/dags holds this order against the DAG's.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from core.plan import Run, plan_run
from enrich.account import TaxonomyReader
from enrich.grouping import group_edition
from enrich.run import enrich_shard
from expectations.gate import check_landing, check_marts
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from reports.brief import write_brief
from warehouse.candidate import open_candidate
from warehouse.dbt import build
from warehouse.publish import publish

TASKS = (
    "plan",
    "fetch",
    "extract",
    "land",
    "check_landing",
    "enrich",
    "group_texts",
    "open_candidate",
    "dbt",
    "check_marts",
    "publish",
)

type Watch = Callable[[str], Any]


@contextmanager
def _silent(_task: str) -> Iterator[None]:
    yield


def collect_edition(run: Run, watch: Watch = _silent) -> dict[str, Any]:
    """Fetch, extract and land; returns what `land_edition` returns."""
    shards = [shard.model_dump() for shard in run.shards]
    with watch("fetch"):
        for shard in shards:
            collect_shard(run.run_id, shard)
    with watch("extract"):
        for shard in shards:
            extract_shard(run.run_id, shard)
    with watch("land"):
        landed = land_edition(run.run_id)
    with watch("check_landing"):
        check_landing(run.run_id)
    return landed


def enrich_edition(run: Run, landed: dict[str, Any], watch: Watch = _silent) -> None:
    with watch("enrich"):
        for shard in landed["text_shards"]:
            enrich_shard(run.run_id, shard)
    with watch("group_texts"):
        group_edition(run.run_id)


def publish_edition(run: Run, watch: Watch = _silent) -> dict[str, Any]:
    """Candidate, dbt, gate, publication; returns publication id and edition."""
    with watch("open_candidate"):
        open_candidate(run.run_id)
    with watch("dbt"):
        build(run.run_id)
    with watch("check_marts"):
        check_marts(run.run_id)
    with watch("publish"):
        return publish(run.run_id)


def run_edition(
    run_id: str,
    *,
    edition: str | None = None,
    sources: str | None = None,
    brief: bool = False,
    watch: Watch = _silent,
) -> dict[str, Any]:
    """Run one edition in `$BROADSHEET_HOME` from plan to publication (and brief if asked)."""
    with watch("plan"):
        run = plan_run(run_id, edition=edition, sources=sources)
    landed = collect_edition(run, watch)
    enrich_edition(run, landed, watch)
    published = publish_edition(run, watch)
    if brief:
        with watch("brief"):
            reader = TaxonomyReader(run.themes)
            write_brief(published["publication_id"], published["edition"], reader=reader)
    return published
