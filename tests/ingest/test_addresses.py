"""Addresses inside somebody's network are never connected to."""

import socket

import pytest

from ingest.addresses import REFUSAL, is_blocked, public_socket

INSIDE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.31.255.255", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_blocked(address: str) -> None:
    assert is_blocked(address)


@pytest.mark.parametrize("address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111"])
def test_public(address: str) -> None:
    assert not is_blocked(address)


def test_no_socket_is_made_for_a_blocked_address() -> None:
    with pytest.raises(OSError, match=REFUSAL):
        public_socket((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))
