"""One HTTP request, live or replayed: bounded in time and bytes, archived before it is used."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Protocol

import aiohttp
from yarl import URL

from ingest import encoding, urls
from ingest.addresses import REFUSAL, public_socket
from ingest.archive import ArchiveReader, ArchiveWriter
from ingest.exchange import Exchange, Failure, Request, Response, Truncation

LOGGER = logging.getLogger(__name__)
_CHUNK_BYTES = 1 << 16


class Transport(Protocol):
    """Answers one hop; redirects are the caller's business."""

    async def get(self, request: Request) -> Exchange: ...


class LiveTransport:
    """Requests over the network, each archived before it is returned."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        archive: ArchiveWriter,
        now: Callable[[], datetime],
        slots: asyncio.Semaphore,
        local_site: tuple[str, int] | None = None,
    ) -> None:
        self._session, self._archive, self._now = session, archive, now
        self._slots, self._local_site = slots, local_site

    async def get(self, request: Request) -> Exchange:
        async with self._slots:
            exchange = await self._get(request)
        if isinstance(exchange, Failure):
            self._archive.failure(request, exchange)
            return exchange
        return self._archive.response(request, exchange)

    async def _get(self, request: Request) -> Exchange:
        url, headers = self._address(request.url)
        try:
            async with self._session.get(url, headers=headers, allow_redirects=False) as response:
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
            return self._failure(request, "fetch_failed", "no answer within the deadline")
        except (aiohttp.ClientError, OSError, ValueError) as error:
            if REFUSAL in str(error):
                return self._failure(request, "blocked_address", REFUSAL)
            return self._failure(request, "fetch_failed", _why(error))

    def _address(self, url: str) -> tuple[URL, dict[str, str]]:
        if self._local_site is None:
            return URL(url, encoded=True), {}
        parts = urls.parse(url)
        address, port = self._local_site
        path = f"{parts.pathname}{parts.search}"
        return URL(f"http://{address}:{port}{path}", encoded=True), {"Host": str(parts.host)}

    def _failure(self, request: Request, status: str, reason: str) -> Failure:
        return Failure(request.url, self._now(), status, reason)


class ReplayTransport:
    """Answers from a finished archive; what was never asked then is not asked now."""

    def __init__(self, archive: ArchiveReader, at: datetime) -> None:
        self._archive, self._at = archive, at

    async def get(self, request: Request) -> Exchange:
        answer = self._archive.answer(request)
        if answer is None:
            return Failure(request.url, self._at, "fetch_failed", "not in the edition's archive")
        return answer


@asynccontextmanager
async def session(
    user_agent: str, deadline_seconds: float, *, is_local: bool
) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that keeps no cookies and connects to public addresses only, unless local."""
    connector = aiohttp.TCPConnector(
        limit=0,
        ttl_dns_cache=300,
        socket_factory=None if is_local else public_socket,
        family=socket.AF_UNSPEC,
    )
    async with aiohttp.ClientSession(
        connector=connector,
        auto_decompress=False,
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"User-Agent": user_agent, "Accept-Encoding": encoding.ACCEPTED},
        timeout=aiohttp.ClientTimeout(total=deadline_seconds),
        max_line_size=16_384,
        max_field_size=16_384,
    ) as client:
        yield client


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
        return "the TLS certificate or handshake is not valid"
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return "the host name does not resolve"
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"no connection: {(error.os_error.strerror or 'refused').lower()}"
    if isinstance(error, aiohttp.ServerDisconnectedError | ConnectionResetError):
        return "the server closed the connection without an answer"
    if isinstance(error, asyncio.IncompleteReadError | aiohttp.ClientPayloadError):
        return "the answer is not complete"
    return "the answer is not valid HTTP"
