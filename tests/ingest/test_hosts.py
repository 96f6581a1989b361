"""Each host's manners, with real time behind them, and the pauses that hosts ask for."""

import asyncio
import subprocess
import sys
import time
from datetime import datetime, timedelta
from email.utils import format_datetime
from itertools import pairwise
from pathlib import Path

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


def test_the_longer_pause_stays(tmp_path: Path) -> None:
    host = Hosts(tmp_path).get("a.test", LIMITS)
    host.hold(AT + timedelta(hours=2))
    host.hold(AT + timedelta(hours=1))
    assert host.is_on_hold(AT + timedelta(minutes=90))
    assert not host.is_on_hold(AT + timedelta(hours=2))


ASK = """
import asyncio, sys, time
from pathlib import Path
from ingest.hosts import Host

async def main():
    host = Host(1, 0.1, Path(sys.argv[1]))
    for _ in range(5):
        async with host:
            begun = time.time()
            await asyncio.sleep(0.03)
            print(begun, time.time(), flush=True)

asyncio.run(main())
"""


def test_processes_take_turns_at_a_host(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ASK, str(tmp_path / "a.host")]
    asking = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    lines = [line for one in asking for line in one.communicate(timeout=60)[0].splitlines()]
    spans = sorted(tuple(map(float, line.split())) for line in lines)
    assert len(spans) == 15
    for (begun, ended), (next_begun, _) in pairwise(spans):
        assert next_begun >= ended  # one connection over all of them
        assert next_begun - begun >= 0.095


def test_a_pause_that_one_source_was_asked_for_holds_for_all(tmp_path: Path) -> None:
    async def meet(name: str, until: datetime | None) -> Host:
        host = Hosts(tmp_path).get(name, Fetching(min_gap_seconds=0.01))
        async with host:
            if until:
                host.hold(until)
        return host

    asyncio.run(meet("a.test", AT + timedelta(hours=2)))
    assert asyncio.run(meet("a.test", None)).not_before == AT + timedelta(hours=2)
    assert asyncio.run(meet("b.test", None)).not_before is None


@pytest.mark.parametrize("content", ["", "{", '{"next": 9e12, "not_before": 7}', "[]"])
def test_a_torn_turn_is_no_turn(tmp_path: Path, content: str) -> None:
    path = tmp_path / "a.host"
    path.write_text(content)

    async def ask() -> None:
        async with Host(1, 0.01, path):
            pass

    asyncio.run(asyncio.wait_for(ask(), 5))
