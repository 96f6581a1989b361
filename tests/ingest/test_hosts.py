"""Each host's manners, with real time behind them, and the pauses that hosts ask for."""

import asyncio
import time
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.config import Fetching
from ingest.exchange import Failure, Response
from ingest.hosts import LONGEST_PAUSE, Host, Hosts, pause_asked

AT = datetime(2026, 10, 16, 4)
LIMITS = Fetching(default_pause_seconds=600)


def answered(status: int, retry_after: str | None = None) -> Response:
    headers = () if retry_after is None else (("Retry-After", retry_after),)
    return Response("https://a.test/x", AT, status, headers, b"")


def test_a_gap_is_kept_between_the_starts_on_one_host() -> None:
    starts: list[float] = []

    async def ask(host: Host) -> None:
        async with host:
            starts.append(time.monotonic())

    async def main() -> None:
        host = Host(connections=2, gap_seconds=0.05)
        await asyncio.gather(*(ask(host) for _ in range(5)))

    asyncio.run(main())
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert min(gaps) >= 0.045


def test_no_more_connections_than_allowed_and_no_wait_between_hosts() -> None:
    under_way = most = 0

    async def ask(host: Host) -> None:
        nonlocal under_way, most
        async with host:
            under_way += 1
            most = max(most, under_way)
            await asyncio.sleep(0.01)
            under_way -= 1

    async def main() -> None:
        host = Host(connections=2, gap_seconds=0)
        await asyncio.gather(*(ask(host) for _ in range(8)))

    asyncio.run(main())
    assert most == 2


def test_a_cancelled_wait_gives_its_place_back() -> None:
    async def main() -> None:
        host = Host(connections=1, gap_seconds=60)
        async with host:
            pass
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(host.__aenter__(), 0.01)
        host.gap_seconds = 0
        await asyncio.wait_for(host.__aenter__(), 1)

    asyncio.run(main())


@pytest.mark.parametrize(
    ("status", "value", "seconds"),
    [
        (429, "120", 120),
        (503, "120", 120),
        (429, None, 600),
        (429, "soon", 600),
        (429, "-5", 600),
        (503, None, None),
        (503, "soon", None),
        (200, "120", None),
        (429, format_datetime(AT + timedelta(hours=2)).replace("-0000", "GMT"), 7200),
        (503, "Fri, 16 Oct 2026 05:30:00 GMT", 5400),
        (503, "9" * 400, LONGEST_PAUSE.total_seconds()),
        (503, "Fri, 16 Oct 2099 05:30:00 GMT", LONGEST_PAUSE.total_seconds()),
    ],
)
def test_retry_after_in_both_forms(status: int, value: str | None, seconds: float | None) -> None:
    until = pause_asked(answered(status, value), LIMITS)
    assert until == (None if seconds is None else AT + timedelta(seconds=seconds))


@given(st.text(max_size=60))
def test_no_retry_after_breaks_anything(value: str) -> None:
    until = pause_asked(answered(429, value), LIMITS)
    assert until is not None
    assert until <= AT + LONGEST_PAUSE


def test_a_failure_asks_for_nothing() -> None:
    assert pause_asked(Failure("https://a.test/", AT, "fetch_failed", "no answer"), LIMITS) is None


def test_the_longer_pause_stays() -> None:
    host = Hosts().get("a.test", LIMITS)
    host.hold(AT + timedelta(hours=2))
    host.hold(AT + timedelta(hours=1))
    assert host.is_on_hold(AT + timedelta(minutes=90))
    assert not host.is_on_hold(AT + timedelta(hours=2))
