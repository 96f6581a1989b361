"""Single values of the configuration, each checked with a sentence that says what is wanted."""

import ipaddress
import re
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from typing import Annotated
from zoneinfo import available_timezones

import ada_url
from pydantic import AfterValidator, BeforeValidator, Field, IPvAnyNetwork

_LONGEST_URL = 8_192  # what ingest follows at most
_LONGEST_HOST = 253  # of DNS
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_MOST_BYTES = 1 << 30  # a body is held in memory
_PRIVATE = [
    ipaddress.ip_network(network)
    for network in (
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "127.0.0.0/8",
        "fc00::/7", "::1/128",
    )
]  # fmt: skip


def _plain(text: str) -> str:
    if _CONTROL.search(text):
        raise ValueError("control characters and line breaks cannot stand here; take them out")
    return text


def _web_url(url: str) -> str:
    """The URL as given; no sentence repeats it, as it may carry a password."""
    if len(url) > _LONGEST_URL:
        raise ValueError(f"a URL has at most {_LONGEST_URL:,} characters")
    try:
        parts = ada_url.URL(url)
    except ValueError:
        parts = None
    if parts is None or parts.protocol not in {"http:", "https:"} or not parts.hostname.strip("."):
        raise ValueError("this is not an http or https URL such as https://example.org/feed")
    if parts.username or parts.password:
        raise ValueError("a URL must not carry a user name or password")
    if len(parts.hostname) > _LONGEST_HOST:
        raise ValueError(f"the host of a URL has at most {_LONGEST_HOST} characters")
    return url


def hostname(url: str) -> str:
    """The host of a checked URL, as browsers spell it."""
    return str(ada_url.URL(url).hostname)


@cache
def _timezones() -> set[str]:
    return available_timezones()  # reads a directory tree, so once


def _timezone(name: str) -> str:
    if name not in _timezones():
        raise ValueError(f"'{name}' is not an IANA time zone such as Europe/London")
    return name


def _private_network(given: object) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network of somebody's own; never one that holds public or a cloud's metadata addresses."""
    known = isinstance(given, str | ipaddress.IPv4Network | ipaddress.IPv6Network)
    try:
        network = ipaddress.ip_network(str(given)) if known else None
    except ValueError:
        network = None
    if network is None or not any(_lies_in(network, private) for private in _PRIVATE):
        raise ValueError(
            "this is no private network in quotes such as '10.1.0.0/16'; it must lie inside "
            f"one of {', '.join(map(str, _PRIVATE))}"
        )
    return network


def _lies_in(
    network: ipaddress.IPv4Network | ipaddress.IPv6Network,
    other: ipaddress.IPv4Network | ipaddress.IPv6Network,
) -> bool:
    # The broadcast address of IPv6 is but its last one.
    return (
        network.version == other.version
        and network.network_address in other
        and network.broadcast_address in other
    )


def _ascending(hours: Sequence[float]) -> Sequence[float]:
    if any(later <= earlier for earlier, later in pairwise(hours)):
        raise ValueError("each number must be greater than the one before")
    return hours


PlainText = Annotated[str, AfterValidator(_plain)]
WebUrl = Annotated[PlainText, AfterValidator(_web_url)]
Timezone = Annotated[str, AfterValidator(_timezone)]
PrivateNetwork = Annotated[IPvAnyNetwork, BeforeValidator(_private_network)]
Bytes = Annotated[int, Field(gt=0, le=_MOST_BYTES)]
Hours = Annotated[
    list[Annotated[float, Field(gt=0, le=8_760)]],
    Field(max_length=10),
    AfterValidator(_ascending),
]
