"""The server: raw sockets, so that an answer may be as wrong as a case wants it.

    python -m tests.support.hostile FOLDER

serves every case on free ports of 127.0.0.1, chosen by the Host header, prints the ports and
leaves its certificates in the folder.
A process of its own: a forked parser would otherwise hold the server's connections open.
"""

import asyncio
import contextlib
import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

from core.config import PROJECT_ROOT

CONTROL = "control.test"  # the host that tells what was asked
_MOST_SECONDS = 60.0
_BLOCK = 1 << 16
_TLS_HANDSHAKE = b"\x16"


@dataclass(frozen=True)
class Ask:
    """One request as received; header names in lower case."""

    method: str
    host: str
    path: str
    headers: dict[str, str]


@dataclass
class Line:
    """One connection: what was asked on it, and ways to answer, proper or not."""

    ask: Ask
    writer: asyncio.StreamWriter

    async def send(self, *pieces: bytes, pause: float = 0.0) -> None:
        """Send bytes as they are, with a pause after each piece."""
        for piece in pieces:
            self.writer.write(piece)
            await self.writer.drain()
            if pause:
                await asyncio.sleep(pause)

    async def head(self, status: str = "200 OK", *headers: str, kind: str = "text/html") -> None:
        """A proper head without a length: the body then ends with the connection."""
        lines = [f"HTTP/1.1 {status}", "Connection: close", *headers]
        if kind:
            lines.append(f"Content-Type: {kind}")
        await self.send("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape"))

    async def answer(
        self,
        body: bytes | str = b"",
        *headers: str,
        status: str = "200 OK",
        kind: str = "text/html",
    ) -> None:
        """A proper answer with its length."""
        content = body.encode() if isinstance(body, str) else body
        await self.head(status, f"Content-Length: {len(content)}", *headers, kind=kind)
        if self.ask.method != "HEAD":
            await self.send(content)

    async def redirect(self, target: str, status: str = "302 Found") -> None:
        await self.answer(b"", f"Location: {target}", status=status)

    async def drip(self, content: bytes, pause: float) -> None:
        """One byte at a time."""
        await self.send(*(content[at : at + 1] for at in range(len(content))), pause=pause)

    async def flood(self, pattern: bytes) -> None:
        """The same bytes until the other side has had enough."""
        block = pattern * max(1, _BLOCK // len(pattern))
        while not self.writer.is_closing():
            await self.send(block)

    def reset(self) -> None:
        """End the connection with a reset instead of a close."""
        opened = self.writer.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


@dataclass
class Server:
    """Answers by host; `asked` holds (seconds, method, host, path) in order."""

    asked: list[tuple[float, str, str, str]] = field(default_factory=list)

    def times(self, host: str, path: str) -> int:
        """How often a path was asked for, this time included."""
        return sum(one[2:] == (host, path) for one in self.asked)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one request; whatever the other side does ends only this connection."""
        with contextlib.suppress(OSError, TimeoutError, asyncio.IncompleteReadError):
            async with asyncio.timeout(_MOST_SECONDS):
                first = await reader.readexactly(1)
                if first == _TLS_HANDSHAKE:  # somebody takes this port for one of HTTPS
                    writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                else:
                    head = first + await reader.readuntil(b"\r\n\r\n")
                    await self.respond(Line(_ask(head), writer))
        with contextlib.suppress(OSError):
            writer.close()

    async def respond(self, line: Line) -> None:
        from tests.support.hostile.cases import respond  # the cases import this module

        ask = line.ask
        if ask.host == CONTROL:
            await line.answer(json.dumps(self.asked), kind="application/json")
            return
        self.asked.append((round(time.monotonic(), 3), ask.method, ask.host, ask.path))
        await respond(line, self.times(ask.host, ask.path))


def _ask(head: bytes) -> Ask:
    first, *lines = head.decode("latin-1").split("\r\n")
    method, path, _ = first.split(" ", 2)
    headers = {
        name.lower(): value.strip() for name, _, value in (one.partition(":") for one in lines)
    }
    return Ask(method, headers.get("host", "").partition(":")[0], path, headers)


async def _silence(_reader: asyncio.StreamReader, _writer: asyncio.StreamWriter) -> None:
    await asyncio.sleep(_MOST_SECONDS)


async def _serve(folder: Path) -> None:
    """Listen for HTTP, for nothing, and with each certificate; print the ports, never return."""
    from tests.support.hostile import tls

    connected = Server().connected
    named = {"http": None, "silent": None, **tls.contexts(folder)}
    ports = {}
    for name, context in named.items():
        answer = _silence if name == "silent" else connected
        listener = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=context)
        ports[name] = listener.sockets[0].getsockname()[1]
    print(json.dumps(ports), flush=True)
    await asyncio.Event().wait()


@dataclass(frozen=True)
class Site:
    """A served hostile site: its ports by name (`http`, `silent`, the certificates of `tls`)."""

    ports: dict[str, int]
    folder: Path

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.ports['http']}"


@contextmanager
def serving() -> Iterator[Site]:
    """The hostile site in a process of its own."""
    with TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "tests.support.hostile", folder]
        with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            try:
                yield Site(json.loads(process.stdout.readline()), Path(folder))
            finally:
                process.kill()


def asked(address: str) -> list[tuple[float, str, str, str]]:
    """What a served site has been asked so far: (seconds, method, host, path)."""
    request = Request(f"http://{address}/", headers={"Host": CONTROL})
    with urlopen(request, timeout=10) as answer:
        return [tuple(one) for one in json.load(answer)]


def main() -> None:
    """Serve until ended."""
    asyncio.run(_serve(Path(sys.argv[1])))
