"""A process that fetches its share of a planned run's outlets and prints what that cost.

    python -m bench.fetch_client {collect,bare} --process 0 --of 2 --items 100

It says `ready` once everything is imported and begins when its standard input says so, so that
several begin together. `collect` is the station; `bare` asks for the same pages with aiohttp and
throws them away.
"""

import argparse
import asyncio
import json
import os
import resource
import time
from dataclasses import asdict, dataclass

import aiohttp

from bench.together import cpu_seconds, peak_megabytes, wait_for_go
from core.plan import Shard, load_run, make_shards
from ingest.collect import collect_shard

RUN_ID = "bench"


@dataclass(frozen=True)
class Cost:
    """What one process did; `start` and `end` are readings of the machine's monotonic clock.

    Megabytes are peaks: of the process before it began and in all, and of its parsing child.
    """

    pages: int
    start: float
    end: float
    cpu_seconds: float
    megabytes_before: float
    megabytes: float
    parser_megabytes: float


async def _fetch_bare(sources: list[str], items: int) -> int:
    """The pages of `sources` with aiohttp alone, one connection a host; how many came whole."""
    address, done = os.environ["BROADSHEET_LOCAL_SITE"], 0

    async def fetch(session: aiohttp.ClientSession, source: str) -> None:
        nonlocal done
        headers = {"Host": f"{source}.test"}
        for number in range(items):
            async with session.get(f"http://{address}/news/{number}", headers=headers) as response:
                done += response.status == 200 and bool(await response.read())

    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session, asyncio.TaskGroup() as group:
        for source in sources:
            group.create_task(fetch(session, source))
    return done


def _work(kind: str, shard: Shard, items: int) -> int:
    """Fetch the shard's pages; how many of them are there to be extracted."""
    if kind == "bare":
        return asyncio.run(_fetch_bare(shard.sources, items))
    pages: int = collect_shard(RUN_ID, shard.model_dump())["to_extract"]
    return pages


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["collect", "bare"])
    for name in ("process", "of", "items"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    run = load_run(RUN_ID)
    sources = [source.id for source in run.sources.sources]
    shard = make_shards(run.sources, sources, most=options.of)[options.process]
    wait_for_go()
    before, cpu, start = peak_megabytes(), cpu_seconds(), time.monotonic()
    pages = _work(options.kind, shard, options.items)
    cost = Cost(
        pages=pages,
        start=start,
        end=time.monotonic(),
        cpu_seconds=cpu_seconds() - cpu,
        megabytes_before=before,
        megabytes=peak_megabytes(),
        parser_megabytes=resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    )
    print(json.dumps(asdict(cost)))


if __name__ == "__main__":
    main()
