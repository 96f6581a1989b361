"""What came of one HTTP request: a response as received, or the reason why there is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from ingest.encoding import decode

Purpose = Literal["robots", "feed", "sitemap", "page", "import"]
Truncation = Literal["length", "disconnect", "time"]

TRUNCATION_REASONS: dict[str, str] = {
    "length": "larger than the limit",
    "disconnect": "the connection closed before the body was complete",
    "time": "the body did not arrive within the deadline",
}


@dataclass(frozen=True, slots=True)
class Validators:
    """What a server said of an answer's version, to be sent back when asking again."""

    etag: str = ""
    last_modified: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One hop: `start` is the URL that the chain of redirects began with."""

    purpose: Purpose
    start: str
    url: str
    max_bytes: int
    known: Validators = Validators()

    def conditions(self) -> dict[str, str]:
        """The headers that ask for the answer only if it has changed."""
        headers = {}
        if self.known.etag:
            headers["If-None-Match"] = self.known.etag
        if self.known.last_modified:
            headers["If-Modified-Since"] = self.known.last_modified
        return headers


@dataclass(frozen=True)
class Response:
    """A response: body after transfer-decoding and before content-decoding; `at` naive UTC.

    `file` and `offset` name its record in the archive.
    """

    url: str
    at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    truncated: Truncation | None = None
    file: str = ""
    offset: int = 0

    def header(self, name: str) -> str:
        """The first value of a header, empty where it is absent."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")

    @property
    def validators(self) -> Validators:
        return Validators(
            _sendable(self.header("ETag"), 500), _sendable(self.header("Last-Modified"), 100)
        )

    def decoded(self, max_bytes: int) -> bytes:
        """The body with its Content-Encoding undone; the errors of `ingest.encoding.decode`."""
        return decode(self.body, self.header("Content-Encoding"), max_bytes)


def _sendable(value: str, most: int) -> str:
    """A validator that can be kept and sent back; one that cannot is none."""
    return value if len(value) <= most and value.isascii() and value.isprintable() else ""


@dataclass(frozen=True)
class Failure:
    """No response: `status` is a disposition (fetch_failed, blocked_address, …).

    `is_passing` says that another try may succeed.
    """

    url: str
    at: datetime
    status: str
    reason: str
    is_passing: bool = False


Exchange = Response | Failure
