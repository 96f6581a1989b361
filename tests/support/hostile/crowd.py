"""A slow host with thousands of pages beside a healthy one: `slow.test` and `healthy.test`.

The healthy host answers once a few pages of the slow one were asked for. The slow host takes its
time for every page until the healthy one has been served whole, or until it has answered MOST
times; then it wants to be left alone for an hour.
"""

import asyncio

from tests.support.hostile.cases import story
from tests.support.hostile.server import Line

SLOW, HEALTHY = "slow.test", "healthy.test"
HEALTHY_PAGES, FEW, MOST = 20, 5, 100
SECONDS = 0.25
_served: dict[str, int] = {SLOW: 0, HEALTHY: 0}
_begun = asyncio.Event()


async def respond(line: Line) -> None:
    """Answer for a page of either host."""
    host = line.ask.host
    is_over = _served[HEALTHY] >= HEALTHY_PAGES or _served[SLOW] >= MOST
    if host == SLOW and is_over:
        await line.answer("", "Retry-After: 3600", status="429 Too Many Requests")
        return
    if host == SLOW:
        await asyncio.sleep(SECONDS)
    else:
        await _begun.wait()
    _served[host] += 1
    if _served[SLOW] >= FEW:
        _begun.set()
    await line.answer(story(f"{host}{line.ask.path}"))
