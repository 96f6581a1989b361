"""One source tried out: the real stations in a temporary home that is removed afterwards."""

import json
import logging
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import polars as pl
import yaml
from fastwarc.warc import ArchiveIterator, WarcRecordType

from cli.airflow_env import free_port
from cli.airflow_processes import local_site
from core.config import Source, Sources
from core.errors import HomeError
from core.home import ENVIRONMENT_VARIABLE
from core.landed import read_landed
from core.plan import Run, local_site_address, plan_run
from ingest.archive import ArchiveFiles
from ingest.collect import collect_shard
from ingest.exchange import Response
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from ingest.warc import PURPOSE, START, read_response

_LOCAL_SITE_SECONDS = 20
Row = dict[str, Any]


@dataclass(frozen=True)
class Answer:
    """What a request got: a response, or the reason why there is none."""

    purpose: str
    start: str
    response: Response | None
    reason: str = ""


@dataclass
class Trial:
    """What became of the source; `items` are rows of `_items`, in the order of its listings."""

    report: Row = field(default_factory=dict)
    answers: list[Answer] = field(default_factory=list)
    items: list[Row] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def answers_to(self, *purposes: str) -> list[Answer]:
        return [one for one in self.answers if one.purpose in purposes]


@contextmanager
def serving(newsroom: Sources, folder: Path) -> Iterator[None]:
    """The newsroom's local site on loopback while the block runs; nothing where it has none.

    Raises:
        HomeError: it did not answer in time.
    """
    if newsroom.local_site is None or local_site_address() is not None:
        yield
        return
    with ExitStack() as stack:
        logs = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="broadsheet-site-")))
        site = stack.enter_context(local_site(folder / newsroom.local_site, free_port(), logs))
        stack.enter_context(_environment("BROADSHEET_LOCAL_SITE", str(site)))
        host, _, port = str(site).rpartition(":")
        _wait_for(host, int(port))
        yield


def try_source(newsroom: Sources, source: Source, limit: int) -> Trial:
    """Take the source through collect, extract and land; at most `limit` pages a host are asked.

    Raises:
        BroadsheetError: the configuration or the disk refused it.
    """
    trial = Trial()
    with (
        tempfile.TemporaryDirectory(prefix="broadsheet-trial-") as root,
        _environment(ENVIRONMENT_VARIABLE, root),
        _listening(trial.notes),
    ):
        sources = Path(root) / "sources.yml"
        sources.write_text(_sources_file(newsroom, source, limit), encoding="utf-8")
        run = plan_run("trial", sources=str(sources))
        for shard in run.shards:
            collect_shard(run.run_id, shard.model_dump())
            extract_shard(run.run_id, shard.model_dump())
        land_edition(run.run_id)
        trial.report = read_landed(run.landing, "source_report").row(0, named=True)
        trial.answers = list(answers(ArchiveFiles(run.archive, source.id)))
        trial.items = _items(run)
    return trial


def _sources_file(newsroom: Sources, source: Source, limit: int) -> str:
    """A sources file of the one source, whatever edition it is active in."""
    document = newsroom.model_dump(mode="json", exclude_unset=True, exclude={"sources"})
    alone = source.model_dump(
        mode="json",
        exclude_unset=True,
        exclude={"active_from", "active_to", "retired_in_edition"},
    )
    alone["fetching"] = {**(alone.get("fetching") or {}), "max_urls": limit}
    document["sources"] = [alone]
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def answers(files: ArchiveFiles) -> Iterator[Answer]:
    """Every answer that the trial archived, then the requests that got none."""
    for path in files.warcs():
        with path.open("rb") as file:
            for record in ArchiveIterator(file, record_types=WarcRecordType.response):
                response = read_response(path.parent, path.name, record.stream_pos)
                yield Answer(record.headers[PURPOSE], record.headers[START], response)
    for line in filter(None, files.ledger.read_bytes().split(b"\n")):
        entry = json.loads(line)
        if "purpose" in entry:
            yield Answer(entry["purpose"], entry["start"], None, str(entry["reason"]))


def _items(run: Run) -> list[Row]:
    """Every item with its disposition and, where it would be loaded, its article."""
    articles = read_landed(run.landing, "article").drop("source_id", "url", "fetched_url", "text")
    urls = read_landed(run.landing, "article_url").select("url", "article_id")
    return (
        read_landed(run.landing, "discovered")
        .join(read_landed(run.landing, "disposition"), on=["source_id", "url"], how="left")
        .join(urls, on="url", how="left")
        .join(articles, on="article_id", how="left")
        .with_columns(
            pl.when(pl.col("status") == "loaded").then(pl.col(name)).alias(name)
            for name in articles.columns
            if name != "article_id"
        )
        .sort("via", "position")
        .to_dicts()
    )


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    """A variable of the environment, set while the block runs (the stations read it)."""
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before


@contextmanager
def _listening(notes: list[str]) -> Iterator[None]:
    """Gather the stations' warnings instead of printing them."""

    class _Gather(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            notes.append(record.getMessage())

    logger, handler = logging.getLogger("ingest"), _Gather(logging.WARNING)
    logger.addHandler(handler)
    logger.propagate = False
    try:
        yield
    finally:
        logger.propagate = True
        logger.removeHandler(handler)


def _wait_for(host: str, port: int) -> None:
    deadline = time.monotonic() + _LOCAL_SITE_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise HomeError(f"the newsroom's local site did not answer in {_LOCAL_SITE_SECONDS} s.")
