"""A mail server on loopback that speaks SMTP with STARTTLS and AUTH, and keeps what it is given."""

import asyncio
import base64
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass
class MailServer:
    """How it behaves, and the mails that it took.

    `login` is the (user, password) it wants; `tls` offers STARTTLS, or with `implicit` speaks TLS
    from the start; addresses in `unknown` are refused; a `mute` server never says a word.
    """

    tls: ssl.SSLContext | None = None
    implicit: bool = False
    login: tuple[str, str] | None = None
    unknown: frozenset[str] = frozenset()
    mute: bool = False
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, list[str]]] = field(default_factory=list)
    secured: list[bool] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if self.mute:
                await reader.read()
            else:
                await _Dialogue(self, reader, writer).hold()
        except (ConnectionError, asyncio.IncompleteReadError, ssl.SSLError):
            return
        finally:
            writer.close()


class _Dialogue:
    """One connection: a command a line, an answer for each."""

    def __init__(
        self, server: MailServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server, self.reader, self.writer = server, reader, writer
        self.is_secure = server.implicit
        self.is_known = server.login is None
        self.sender, self.receivers = "", list[str]()

    async def say(self, answer: str) -> None:
        self.writer.write(answer.encode() + b"\r\n")
        await self.writer.drain()

    async def line(self) -> str:
        return (await self.reader.readuntil(b"\r\n")).decode().rstrip("\r\n")

    async def hold(self) -> None:
        await self.say("220 loopback ready")
        while True:
            command = await self.line()
            word = command.split(" ", 1)[0].upper()
            if word == "QUIT":
                await self.say("221 goodbye")
                return
            answer = getattr(self, f"on_{word.lower()}", None)
            await (answer(command) if answer else self.say("502 not known here"))

    async def on_ehlo(self, _command: str) -> None:
        offers = ["loopback"]
        offers += ["STARTTLS"] if self.server.tls and not self.is_secure else []
        offers += ["AUTH PLAIN"] if self.server.login else []
        lines = [f"250-{offer}" for offer in offers[:-1]] + [f"250 {offers[-1]}"]
        await self.say("\r\n".join(lines))

    async def on_starttls(self, _command: str) -> None:
        assert self.server.tls is not None
        await self.say("220 go ahead")
        await self.writer.start_tls(self.server.tls)
        self.is_secure = True

    async def on_auth(self, command: str) -> None:
        _, user, password = base64.b64decode(command.split()[2]).decode().split("\0")
        self.is_known = (user, password) == self.server.login
        await self.say("235 welcome" if self.is_known else "535 wrong password")

    async def on_mail(self, command: str) -> None:
        self.sender = _address(command)
        self.receivers.clear()
        await self.say("250 ok" if self.is_known else "530 who are you?")

    async def on_rcpt(self, command: str) -> None:
        address = _address(command)
        if address in self.server.unknown:
            await self.say("550 nobody of that name")
            return
        self.receivers.append(address)
        await self.say("250 ok")

    async def on_rset(self, _command: str) -> None:
        await self.say("250 ok")

    async def on_data(self, _command: str) -> None:
        await self.say("354 end with a dot")
        lines: list[bytes] = []
        while (line := await self.reader.readuntil(b"\r\n")) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        self.server.mails.append(message_from_bytes(b"".join(lines), policy=policy.default))
        self.server.envelopes.append((self.sender, list(self.receivers)))
        self.server.secured.append(self.is_secure)
        await self.say("250 taken")


def _address(command: str) -> str:
    return command.partition("<")[2].partition(">")[0]


@contextmanager
def serving_mail(server: MailServer) -> Iterator[MailServer]:
    """Serve on a loopback port (`server.port`, or a free one that is written there)."""
    loop = asyncio.new_event_loop()
    ready = threading.Event()
    stop = asyncio.Event()

    async def serve() -> None:
        listener = await asyncio.start_server(
            server.serve, "127.0.0.1", server.port, ssl=server.tls if server.implicit else None
        )
        server.port = listener.sockets[0].getsockname()[1]
        ready.set()
        await stop.wait()
        listener.close()
        talking = asyncio.all_tasks() - {asyncio.current_task()}
        for one in talking:
            one.cancel()
        await asyncio.gather(*talking, return_exceptions=True)

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
