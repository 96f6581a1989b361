"""A site for the collecting tests: real HTTP on loopback, an answer per host and path."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from aiohttp import web

type Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
WORDS = (
    "The council met on Monday to hear how the new hall would be paid for, and after three hours "
    "of questions it voted to ask the builders for another plan before any money is spent. "
)


@dataclass
class Site:
    """Answers by (host, path with query); `asked` records every request in order."""

    answers: dict[tuple[str, str], web.Response | Handler | tuple[int, dict[str, str], bytes]] = (
        field(default_factory=dict)
    )
    asked: list[tuple[str, str]] = field(default_factory=list)
    address: str = ""

    def put(
        self,
        host: str,
        path: str,
        body: bytes | str,
        status: int = 200,
        *,
        kind: str = "text/html",
        **headers: str,
    ) -> None:
        content = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[host, path] = (status, {"Content-Type": kind, **named}, content)

    def redirect(self, host: str, path: str, target: str, status: int = 302) -> None:
        self.answers[host, path] = (status, {"Location": target}, b"")

    async def handle(self, request: web.Request) -> web.StreamResponse:
        key = (request.host.partition(":")[0], request.raw_path)
        self.asked.append(key)
        answer = self.answers.get(key)
        if answer is None:
            return web.Response(status=404, text="nothing here")
        if isinstance(answer, tuple):
            status, headers, body = answer
            return web.Response(status=status, headers=headers, body=body)
        assert callable(answer)
        return await answer(request)


@contextmanager
def serving(site: Site) -> Iterator[Site]:
    """Serve `site` on a free port of 127.0.0.1 from a thread of its own."""
    loop = asyncio.new_event_loop()
    started = threading.Event()
    runner: web.AppRunner | None = None

    async def start() -> None:
        nonlocal runner
        app = web.Application()
        app.router.add_route("GET", "/{path:.*}", site.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        site.address = f"127.0.0.1:{runner.addresses[0][1]}"
        started.set()

    def run() -> None:
        loop.run_until_complete(start())
        loop.run_forever()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(10)
    try:
        yield site
    finally:
        assert runner is not None
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


def page(title: str, text: str = WORDS * 3, head: str = "") -> str:
    paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n"))
    return (
        f"<!doctype html><html lang='en'><head><title>{title}</title>{head}</head>"
        f"<body><article><h1>{title}</h1>{paragraphs}</article></body></html>"
    )


def feed(*items: tuple[str, str], date: str = "Thu, 15 Oct 2026 09:30:00 GMT") -> str:
    entries = "".join(
        f"<item><title>{title}</title><link>{link}</link><pubDate>{date}</pubDate></item>"
        for link, title in items
    )
    return f"<rss version='2.0'><channel><title>Feed</title>{entries}</channel></rss>"


def write_sources(folder: Path, *sources: dict[str, object], **settings: object) -> Path:
    """A sources file for outlets given by id and entry points; everything else is filled in."""
    filled = []
    for source in sources:
        name = str(source["id"])
        standard = {
            "name": name.title(),
            "owner": {"id": name, "name": name.title()},
            "homepage": f"https://{name}.test/",
            "country": "GB",
            "language": "en",
            "timezone": "Europe/London",
        }
        filled.append({**standard, **source})
    document = {
        "user_agent": "Broadsheet/1.0 (+https://broadsheet.test/contact)",
        "local_site": ".",
        "fixed_edition": "2026-10-16",
        "fetching": {"min_gap_seconds": 0, "deadline_seconds": 5, "recheck_after_hours": []},
        **settings,
        "sources": filled,
    }
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "sources.yml"
    path.write_text(yaml.safe_dump(document, sort_keys=False))
    return path
