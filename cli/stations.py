"""The stations of one edition in the order of `daily_news`, in this process, without Airflow.

`watch` is entered around each, with its task's name. tests/dags holds this order against the DAG's.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from core.errors import BaseMoved
from core.files import write_bytes
from core.plan import Run, load_run
from enrich.again import enrich_again
from enrich.grouping import group_edition
from enrich.run import enrich_shard
from expectations.gate import check_landing, check_marts
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from warehouse.candidate import open_candidate
from warehouse.dbt import build
from warehouse.outdated import find_outdated
from warehouse.publish import publish

_log = logging.getLogger(__name__)

type Watch = Callable[[str], Any]

COLLECT = ("fetch", "extract", "land", "check_landing")
ENRICH = ("enrich", "find_outdated", "enrich_again", "group_texts")
BUILD = ("open_candidate", "dbt", "check_marts")
PUBLISH = ("publish",)


@contextmanager
def silent(_task: str) -> Iterator[None]:
    """A watch that tells nobody."""
    yield


def collect_edition(run: Run, watch: Watch = silent) -> dict[str, Any]:
    """Fetch, or replay, extract and land; returns what `land_edition` returns.

    Raises:
        GateRefused: the landed batch may not be enriched.
    """
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


def enrich_texts(run: Run, landed: dict[str, Any], watch: Watch = silent) -> None:
    """Find names, themes and sentences in what `land_edition` landed."""
    with watch("enrich"):
        for shard in landed["text_shards"]:
            enrich_shard(run.run_id, shard)


def enrich_outdated(run: Run, watch: Watch = silent) -> None:
    """Enrich anew the editions of the last weeks that other versions enriched."""
    with watch("find_outdated"):
        shards = find_outdated(run.run_id)
    with watch("enrich_again"):
        for shard in shards:
            enrich_again(run.run_id, shard)


def group_texts(run: Run, watch: Watch = silent) -> None:
    """Put the texts beside each other and those of the days around."""
    with watch("group_texts"):
        group_edition(run.run_id)


def build_candidate(run: Run, watch: Watch = silent) -> dict[str, Any]:
    """Candidate, dbt, gate; returns what `open_candidate` returns.

    Raises:
        GateRefused: the candidate may not be seen.
    """
    with watch("open_candidate"):
        record = open_candidate(run.run_id)
    with watch("dbt"):
        build(run.run_id)
    with watch("check_marts"):
        check_marts(run.run_id)
    return record


def publish_candidate(run: Run, watch: Watch = silent) -> dict[str, str]:
    """Publish what the gate passed; returns publication id and edition."""
    with watch("publish"):
        return publish(run.run_id)


def publish_rebuilding(run_id: str) -> dict[str, str]:
    """Publish what the gate passed; where another publication came first, build on that one.

    What is built again is judged again. A note in the run's folder stands as long as that lasts,
    so that a try after a kill begins with it. Each turn means that somebody has published.

    Raises:
        GateRefused: the candidate on the newer base may not be seen.
        PublishError: the gate has not passed exactly this candidate.
    """
    run = load_run(run_id)
    note = run.work / "rebuilding"
    while True:
        if note.exists():
            build_candidate(run)
            note.unlink()
        try:
            return publish(run_id)
        except BaseMoved as moved:
            _log.warning("%s They are run here, and the gate after them.", moved)
            write_bytes(note, b"")
