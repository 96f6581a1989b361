"""Which network addresses may be connected to: none that lies inside somebody's network."""

import errno
import ipaddress
import socket
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from AntiSSRF import IPAddressRanges

REFUSAL = "the address is private or reserved"
_BLOCKED = [ipaddress.ip_network(network) for network in IPAddressRanges.recommended_latest]


@lru_cache(maxsize=4096)
def is_blocked(address: str) -> bool:
    """Whether an IP address is private, reserved, translated or a cloud's metadata service."""
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    return any(mapped in network for network in _BLOCKED if network.version == mapped.version)


def public_socket(addr_info: Sequence[Any]) -> socket.socket:
    """A socket for the address that is about to be connected to.

    Checked here, after name resolution, no redirect and no rebinding name server gets past it.

    Raises:
        OSError: the address is blocked; the text holds `REFUSAL`.
    """
    family, kind, protocol, _, address = addr_info
    if is_blocked(address[0]):
        raise OSError(errno.EACCES, REFUSAL)
    return socket.socket(family=family, type=kind, proto=protocol)
