"""Pace and redirects, with real time and a real archive behind them."""

import asyncio
import time
from itertools import pairwise

from ingest.fetch import Pace


def test_a_gap_is_kept_between_the_starts_on_one_host() -> None:
    starts: list[float] = []

    async def ask(pace: Pace) -> None:
        async with pace:
            starts.append(time.monotonic())

    async def main() -> None:
        pace = Pace(connections=2, gap_seconds=0.05)
        await asyncio.gather(*(ask(pace) for _ in range(5)))

    asyncio.run(main())
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) >= 0.045


def test_no_more_connections_than_allowed_and_no_wait_between_hosts() -> None:
    under_way = most = 0

    async def ask(pace: Pace) -> None:
        nonlocal under_way, most
        async with pace:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1

    async def main() -> None:
        pace = Pace(connections=2, gap_seconds=0)
        await asyncio.gather(*(ask(pace) for _ in range(8)))

    asyncio.run(main())
    assert most == 2
