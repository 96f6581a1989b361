"""Invented outlets on loopback for measuring a client: the least work a server can do an answer.

    python -m bench.loopback_site --hosts 200 --items 100 --items-a-sitemap 50000

Every `outlet-NNN.test` below `--hosts` has a robots.txt, a feed and a sitemap (an index where one
does not hold them) of `--items` pages, and those pages, about 3 kB each; everything else is 404.
Prints host:port when it listens and, when it is terminated, its `Served` as JSON.
"""

import argparse
import asyncio
import json
import resource
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import batched, pairwise

from core.config import PROJECT_ROOT

_DATE = "Thu, 15 Oct 2026 09:30:00 GMT"
_ROBOTS = b"""User-agent: *
Disallow: /admin/
Disallow: /search
Allow: /search/about

User-agent: GPTBot
Disallow: /archive/

Sitemap: /sitemap.xml
"""
_WORDS = (
    "The council met on Monday to hear how the new hall would be paid for, and after {} hours of "
    "questions it voted {} to {} to ask the builders for another plan before money is spent. "
)
_TEXT = "".join(
    f"<p>{_WORDS.format(number % 7 + 2, number * 37 % 101, number * 53 % 89)}</p>\n"
    for number in range(15)
).encode()


@dataclass(frozen=True)
class Served:
    """What a server saw.

    `steady_rate` (pages a second) is taken while every host that was asked for pages was being
    asked: from the last one's first page to the first one's last; `smallest_gap` (seconds) lies
    between two requests to one host. Both are 0 where there is nothing to tell them from.
    """

    requests: int
    pages: int
    steady_rate: float
    smallest_gap: float
    cpu_seconds: float


class Outlets:
    """The answers of all hosts, as bytes."""

    def __init__(self, hosts: int, items: int, items_a_sitemap: int) -> None:
        self.items, self.items_a_sitemap = items, items_a_sitemap
        self.hosts = {host_name(number).encode(): str(number).encode() for number in range(hosts)}
        self._made: dict[tuple[bytes, bytes], bytes] = {}

    def answer(self, host: bytes, path: bytes) -> bytes:
        """Status line, headers and body of one answer."""
        if host in self.hosts:
            number = path.removeprefix(b"/news/")
            if number.isdigit() and int(number) < self.items:
                return _page(self.hosts[host], number)
            made = self._made.get((host, path)) or self._document(host.decode(), path)
            if made:
                self._made[host, path] = made
                return made
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def _document(self, host: str, path: bytes) -> bytes | None:
        urls = [f"https://{host}/news/{number}" for number in range(self.items)]
        parts = [list(part) for part in batched(urls, self.items_a_sitemap)]
        documents = {
            b"/robots.txt": lambda: (b"text/plain", _ROBOTS),
            b"/feed.xml": lambda: (b"application/rss+xml", _feed(urls)),
            b"/sitemap.xml": lambda: (b"application/xml", _sitemap(host, parts)),
        } | {
            f"/sitemap-{number}.xml".encode(): lambda part=part: (b"application/xml", _urlset(part))
            for number, part in enumerate(parts)
        }
        return _response(*documents[path]()) if path in documents else None


def host_name(number: int) -> str:
    return f"outlet-{number:03}.test"


def _response(kind: bytes, body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nServer: loopback\r\nCache-Control: max-age=60\r\n"
        b"Last-Modified: Thu, 15 Oct 2026 09:30:00 GMT\r\nContent-Type: %b\r\n"
        b"Content-Length: %d\r\n\r\n%b" % (kind, len(body), body)
    )


def _page(outlet: bytes, number: bytes) -> bytes:
    title = b"Outlet %b reports, number %b" % (outlet, number)
    return _response(
        b"text/html; charset=utf-8",
        b"<!doctype html><html lang='en'><head><title>%b</title></head><body><article>"
        b"<h1>%b</h1>%b</article></body></html>" % (title, title, _TEXT),
    )


def _feed(urls: list[str]) -> bytes:
    items = "".join(
        f"<item><title>Report {number}</title><link>{url}</link><pubDate>{_DATE}</pubDate></item>\n"
        for number, url in enumerate(urls)
    )
    return f"<rss version='2.0'><channel><title>Outlet</title>{items}</channel></rss>".encode()


def _sitemap(host: str, parts: list[list[str]]) -> bytes:
    if len(parts) == 1:
        return _urlset(parts[0])
    children = "".join(
        f"<sitemap><loc>https://{host}/sitemap-{number}.xml</loc></sitemap>\n"
        for number in range(len(parts))
    )
    return _xml("sitemapindex", children)


def _urlset(urls: list[str]) -> bytes:
    return _xml("urlset", "".join(f"<url><loc>{url}</loc></url>\n" for url in urls))


def _xml(root: str, content: str) -> bytes:
    space = "http://www.sitemaps.org/schemas/sitemap/0.9"
    return f"<?xml version='1.0'?><{root} xmlns='{space}'>{content}</{root}>".encode()


class _Watch:
    """Notes when what is asked."""

    def __init__(self) -> None:
        self._requests: dict[bytes, list[float]] = defaultdict(list)
        self._pages: dict[bytes, list[float]] = defaultdict(list)
        self._cpu = _cpu_seconds()

    def note(self, host: bytes, path: bytes) -> None:
        now = time.monotonic()
        self._requests[host].append(now)
        if path.startswith(b"/news/"):
            self._pages[host].append(now)

    def served(self) -> Served:
        cpu = _cpu_seconds() - self._cpu
        pages = list(self._pages.values())
        gaps = [later - one for times in self._requests.values() for one, later in pairwise(times)]
        return Served(
            requests=sum(map(len, self._requests.values())),
            pages=sum(map(len, pages)),
            steady_rate=_steady_rate(pages),
            smallest_gap=min(gaps, default=0.0),
            cpu_seconds=cpu,
        )


def _steady_rate(pages: list[list[float]]) -> float:
    """Pages a second while all hosts are busy, 0 where they never are."""
    start = max((times[0] for times in pages), default=0.0)
    end = min((times[-1] for times in pages), default=0.0)
    count = sum(start < moment <= end for times in pages for moment in times)
    return count / (end - start) if end > start else 0.0


class _Connection(asyncio.Protocol):
    """One keep-alive connection; requests are GETs without a body, answered in order."""

    def __init__(self, outlets: Outlets, watch: _Watch) -> None:
        self._outlets, self._watch = outlets, watch
        self._waiting = b""
        self._transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        *requests, self._waiting = (self._waiting + data).split(b"\r\n\r\n")
        for request in requests:
            path = request[4 : request.find(b" ", 4)]
            host = request.partition(b"\r\nHost: ")[2].partition(b"\r\n")[0]
            self._watch.note(host, path)
            self._transport.write(self._outlets.answer(host, path))


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


async def _serve(outlets: Outlets) -> Served:
    """Serve until the process is told to end."""
    watch, ended = _Watch(), asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    server = await loop.create_server(
        lambda: _Connection(outlets, watch), "127.0.0.1", 0, backlog=1024
    )
    print(f"127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    server.close()
    return watch.served()


class Site:
    """A site that is being served; `served` is there once it has ended."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.served: Served


@contextmanager
def serving(hosts: int, items: int, items_a_sitemap: int) -> Iterator[Site]:
    """Serve so many outlets of so many pages each from a process of its own."""
    command = [sys.executable, "-m", "bench.loopback_site"]
    command += ["--hosts", str(hosts), "--items", str(items)]
    command += ["--items-a-sitemap", str(items_a_sitemap)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        site = Site(process.stdout.readline().strip())
        try:
            yield site
        finally:
            process.terminate()
            site.served = Served(**json.loads(process.stdout.readline()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    for name in ("hosts", "items", "items-a-sitemap"):
        parser.add_argument(f"--{name}", type=int, required=True)
    options = parser.parse_args()
    outlets = Outlets(options.hosts, options.items, options.items_a_sitemap)
    print(json.dumps(asdict(asyncio.run(_serve(outlets)))))


if __name__ == "__main__":
    main()
