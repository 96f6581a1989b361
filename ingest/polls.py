"""Polls between editions: which sources are due, and how soon a source is looked at again."""

import math
import shutil
from datetime import timedelta
from typing import Any

import polars as pl

from core.files import read_json
from core.plan import Run, load_run, plan_poll
from ingest.state import known_before, read_known, write_state
from ingest.tables import learned_path, part_name

SHORTEST_MINUTES, LONGEST_MINUTES, FIRST_MINUTES = 15, 24 * 60, 60
_MANY, _FEW = 0.5, 0.1
_PREFIX, _WORK_KEPT = "poll-", timedelta(days=2)


def next_interval(minutes: int | None, new_share: float) -> int:
    """Minutes until a source is looked at again, by how much of what it showed was new.

    All new: items may have gone by unseen, so four times as often; half new: twice; hardly
    anything new: half as often again later. From 15 minutes to 24 hours.
    """
    if minutes is None:
        return FIRST_MINUTES
    if new_share >= 1:
        factor = 0.25
    elif new_share >= _MANY:
        factor = 0.5
    else:
        factor = 1.0 if new_share >= _FEW else 1.5
    return max(SHORTEST_MINUTES, min(LONGEST_MINUTES, math.ceil(minutes * factor)))


def plan_due(dag_run_id: str, sources: str | None = None) -> tuple[str, list[dict[str, Any]]]:
    """Plan a poll of the sources that are due; none are in a newsroom with a fixed edition.

    Returns:
        The run's id, and the shards, [{"label", "sources"}].

    Raises:
        ConfigError, HomeError: as `plan_poll`.
    """
    run = plan_poll(f"{_PREFIX}{dag_run_id}", due_sources, sources=sources)
    _drop_old_work(run)
    return run.run_id, [shard.model_dump() for shard in run.shards]


def _drop_old_work(run: Run) -> None:
    """Remove the working folders of polls whose tasks nobody clears any more."""
    before = f"{run.now() - _WORK_KEPT:%Y%m%dT%H%M}"
    for folder in run.work.parent.glob(f"{_PREFIX}*"):
        plan = folder / "run.json"
        if not plan.exists() or read_json(plan)["collect_id"] < before:
            shutil.rmtree(folder)


def due_sources(run: Run) -> list[str]:
    """The active sources on the web whose next look is due by the time of the run."""
    now = run.now() + timedelta(minutes=1)
    next_looks: dict[str, Any] = {}
    told = known_before(run.paths, f"{run.collect_id}~")  # a poll of this very minute included
    for rows in read_known(run.paths, told):
        planned = rows.filter(pl.col("kind") == "source").select("source_id", "not_before")
        next_looks.update(dict(planned.iter_rows()))
    web = [one for one in run.sources.sources if one.kind == "web" and one.is_active(run.edition)]
    return [one.id for one in web if (next_looks.get(one.id) or now) <= now]


def remember(run_id: str) -> dict[str, Any]:
    """Write the state of a poll: what its shards learned.

    A shard that failed adds nothing; its archive is taken up by the next look.

    Returns:
        {"collect_id", "sources", "pages"}: how many sources and pages it learned of.

    Raises:
        HomeError: the disk refused the state.
    """
    run = load_run(run_id)
    paths = [learned_path(run, part_name(shard.sources)) for shard in run.shards]
    frames = [pl.read_parquet(path) for path in paths if path.exists()]
    if frames:
        write_state(run.paths, run.collect_id, frames)
    pages = sum(frame.filter(pl.col("kind") == "page").height for frame in frames)
    count = sum(frame["source_id"].n_unique() for frame in frames)
    return {"collect_id": run.collect_id, "sources": count, "pages": pages}
