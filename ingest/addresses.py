"""Which network addresses may be connected to: none that lies inside somebody's network."""

import errno
import ipaddress
import socket
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from AntiSSRF import IPAddressRanges

REFUSAL = "the address is private or reserved"
type Network = ipaddress.IPv4Network | ipaddress.IPv6Network
type Networks = tuple[Network, ...]
# All that was ever given out; the rest holds embedded IPv4 addresses and what a router may make up.
_GIVEN_OUT = ipaddress.ip_network("2000::/3")
# Cloud metadata services that lie in private networks: no configuration opens them.
_METADATA = {
    ipaddress.ip_address(one) for one in ("100.100.100.200", "fd00:ec2::254", "fd20:ce::254")
}
_BLOCKED = [ipaddress.ip_network(network) for network in IPAddressRanges.recommended_latest]


@lru_cache(maxsize=4096)
def is_blocked(address: str, permitted: Networks = ()) -> bool:
    """Whether an IP address is private, reserved, translated, unallocated or a cloud's metadata.

    `permitted` are the private networks that a source's configuration names.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(parsed, "ipv4_mapped", None) or parsed
    if _is_in(mapped, permitted) and mapped not in _METADATA:
        return False
    if mapped.version == 6 and mapped not in _GIVEN_OUT:
        return True
    return _is_in(mapped, _BLOCKED)


@lru_cache(maxsize=4096)
def is_blocked_host(host: str, permitted: Networks = ()) -> bool:
    """Whether a URL's host, as WHATWG parsing spells it, is a blocked address; False for names."""
    try:
        return is_blocked(host.strip("[]"), permitted)
    except ValueError:
        return False


def guarded_socket(permitted: Networks = ()) -> Callable[[Sequence[Any]], socket.socket]:
    """A factory of sockets for the address that is about to be connected to.

    Checked there, after name resolution, no redirect and no rebinding name server gets past it.
    The factory raises OSError with the text `REFUSAL` for a blocked address.
    """

    def make(addr_info: Sequence[Any]) -> socket.socket:
        family, kind, protocol, _, address = addr_info
        if is_blocked(address[0], permitted):
            raise OSError(errno.EACCES, REFUSAL)
        return socket.socket(family=family, type=kind, proto=protocol)

    return make


def _is_in(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address, networks: Sequence[Network]
) -> bool:
    return any(address in network for network in networks if network.version == address.version)
