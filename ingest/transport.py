"""One HTTP request, live or replayed: bounded in time and bytes, archived before it is used."""

import asyncio
import os
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from core.config import Fetching, Source
from ingest import encoding, urls
from ingest.addresses import REFUSAL, Networks, guarded_socket, is_blocked_host
from ingest.archive import ArchiveReader, ArchiveWriter
from ingest.exchange import Exchange, Failure, Request, Response, Truncation

MOST_CONNECTIONS = 200
_CHUNK_BYTES = 1 << 16
_HEADER_BYTES = 16_384


class Transport(Protocol):
    """Answers one hop; redirects, pauses and further tries are the caller's business."""

    async def get(self, request: Request) -> Exchange: ...

    def skip(self, request: Request, status: str, reason: str) -> Failure: ...

    async def wait(self, seconds: float) -> None: ...


@dataclass(frozen=True)
class Policy:
    """What connections of a source may do; sources of one policy share a client."""

    verify_tls: bool = True
    permitted: Networks = ()

    @classmethod
    def of(cls, source: Source) -> "Policy":
        return cls(source.verify_tls, tuple(source.private_networks))


class Clients:
    """HTTP clients that keep no cookies and connect to permitted addresses only, one a policy.

    With `local_site` every host name lies there.
    """

    def __init__(
        self,
        stack: AsyncExitStack,
        user_agent: str,
        local_site: tuple[str, int] | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.local_site = local_site
        self._stack, self._user_agent, self._resolver = stack, user_agent, resolver
        self._clients: dict[Policy, aiohttp.ClientSession] = {}

    async def get(self, policy: Policy) -> aiohttp.ClientSession:
        if policy not in self._clients:
            self._clients[policy] = await self._stack.enter_async_context(self._client(policy))
        return self._clients[policy]

    def _client(self, policy: Policy) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=0,
            ttl_dns_cache=300,
            socket_factory=None if self.local_site else guarded_socket(policy.permitted),
            family=socket.AF_UNSPEC,
            resolver=self._resolver,
            ssl=policy.verify_tls,
        )
        return aiohttp.ClientSession(
            connector=connector,
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": self._user_agent, "Accept-Encoding": encoding.ACCEPTED},
            max_line_size=_HEADER_BYTES,
            max_field_size=_HEADER_BYTES,
        )


@asynccontextmanager
async def clients(
    user_agent: str,
    local_site: tuple[str, int] | None = None,
    resolver: AbstractResolver | None = None,
) -> AsyncIterator[Clients]:
    """The clients of one process; `resolver` stands in for the system's name resolution."""
    async with AsyncExitStack() as stack:
        yield Clients(stack, user_agent, local_site, resolver)


class LiveTransport:
    """Requests over the network, each archived before it is returned."""

    def __init__(
        self,
        shared: Clients,
        policy: Policy,
        archive: ArchiveWriter,
        limits: Fetching,
        now: Callable[[], datetime],
        *,
        connections: int = MOST_CONNECTIONS,
    ) -> None:
        self._shared, self._policy, self._archive, self._now = shared, policy, archive, now
        self._slots = asyncio.Semaphore(connections)
        self._timeout = aiohttp.ClientTimeout(
            total=limits.deadline_seconds,
            sock_connect=limits.read_seconds,
            sock_read=limits.read_seconds,
        )

    async def get(self, request: Request) -> Exchange:
        async with self._slots:
            exchange = await self._get(request)
        if isinstance(exchange, Failure):
            self._archive.failure(request, exchange)
            return exchange
        return self._archive.response(request, exchange)

    def skip(self, request: Request, status: str, reason: str) -> Failure:
        """Note that the request is not made."""
        failure = Failure(request.url, self._now(), status, reason, is_passing=True)
        self._archive.failure(request, failure)
        return failure

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    async def _get(self, request: Request) -> Exchange:
        host = urls.host(request.url)
        if is_blocked_host(urls.hostname(request.url), self._policy.permitted):
            return self._failure(request, "blocked_address", REFUSAL)
        client = await self._shared.get(self._policy)
        url, headers = self._address(request, host)
        try:
            async with client.get(
                url, headers=headers, allow_redirects=False, timeout=self._timeout
            ) as response:
                body, truncated = await _read(response, request.max_bytes)
                return Response(
                    url=request.url,
                    at=self._now(),
                    status=response.status,
                    headers=tuple(
                        (key.decode("latin-1"), value.decode("utf-8", "surrogateescape"))
                        for key, value in response.raw_headers
                    ),
                    body=body,
                    truncated=truncated,
                )
        except TimeoutError:
            reason = "no answer within the deadline"
            return self._failure(request, "fetch_failed", reason, is_passing=True)
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if REFUSAL in str(error):
                return self._failure(request, "blocked_address", REFUSAL)
            is_passing = not isinstance(error, aiohttp.ClientSSLError | ValueError)
            return self._failure(request, "fetch_failed", _why(error), is_passing=is_passing)

    def _address(self, request: Request, host: str) -> tuple[URL, dict[str, str]]:
        headers = request.conditions()
        if self._shared.local_site is None:
            return URL(request.url, encoded=True), headers
        address, port = self._shared.local_site
        path = request.url.partition("://")[2].partition("/")[2]
        return URL(f"http://{address}:{port}/{path}", encoded=True), {**headers, "Host": host}

    def _failure(
        self, request: Request, status: str, reason: str, *, is_passing: bool = False
    ) -> Failure:
        return Failure(request.url, self._now(), status, reason, is_passing)


class ReplayTransport:
    """Answers from an archive; what was never asked then is not asked now."""

    def __init__(self, archive: ArchiveReader, at: datetime) -> None:
        self._archive, self._at = archive, at

    async def get(self, request: Request) -> Exchange:
        answer = self._archive.answer(request)
        if answer is None:
            return self.skip(request, "deferred", "the look ended before this was asked")
        return answer

    def skip(self, request: Request, status: str, reason: str) -> Failure:
        return Failure(request.url, self._at, status, reason, is_passing=True)

    async def wait(self, seconds: float) -> None:
        """A replay waits for nobody."""


class ResumingTransport:
    """Answers what a killed process had got from its archive, and asks for the rest."""

    def __init__(self, archive: ArchiveReader, live: LiveTransport) -> None:
        self._archive, self._live = archive, live
        self.skip, self.wait = live.skip, live.wait
        self._told: set[tuple[str, str, str]] = set()

    async def get(self, request: Request) -> Exchange:
        answer = self._archive.answer(request)
        key = (request.purpose, request.start, request.url)
        if answer is None or key in self._told:
            return await self._live.get(request)
        self._told.add(key)  # asked for again it is tried again
        return answer


async def _read(
    response: aiohttp.ClientResponse, max_bytes: int
) -> tuple[bytes, Truncation | None]:
    """The body, and why it is not whole; a body over the limit is not read to its end."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(_CHUNK_BYTES):
            body += chunk
            if len(body) > max_bytes:
                response.close()
                return bytes(body[:max_bytes]), "length"
    except TimeoutError:
        return bytes(body), "time"
    except (aiohttp.ClientError, OSError):
        return bytes(body), "disconnect"
    return bytes(body), None


def _why(error: Exception) -> str:
    """A network error in words without addresses or credentials."""
    if isinstance(error, aiohttp.ClientConnectorCertificateError | aiohttp.ClientConnectorSSLError):
        return f"TLS: {_tls_fault(error)}"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name does not resolve"
    if isinstance(error, aiohttp.ClientConnectorError):
        number = error.os_error.errno
        return f"no connection: {os.strerror(number).lower() if number else 'refused'}"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError):
        return "the server closed the connection without an answer"
    if isinstance(error, asyncio.IncompleteReadError | aiohttp.ClientPayloadError):
        return "the answer is not complete"
    return "the answer is not valid HTTP"


def _tls_fault(error: Exception) -> str:
    """What is wrong with a certificate, in the words of the TLS library."""
    cause = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"the certificate is not valid ({cause.verify_message})"
    return "the handshake failed"
