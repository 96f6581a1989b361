"""Addresses inside somebody's network are never connected to."""

import socket
from ipaddress import ip_network

import pytest

from ingest.addresses import REFUSAL, guarded_socket, is_blocked, is_blocked_host

INSIDE = [
    "127.0.0.1", "10.1.2.3", "192.168.0.1", "172.31.255.255", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "168.63.129.16", "::1", "::", "fe80::1%eth0",
    "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
    "::127.0.0.1", "::ffff:0:127.0.0.1", "4000::1", "1fff::1", "fec0::1",
]  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_blocked(address: str) -> None:
    assert is_blocked(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "2606:4700::1111", "::ffff:1.1.1.1"]
)
def test_public(address: str) -> None:
    assert not is_blocked(address)


def test_no_socket_is_made_for_a_blocked_address() -> None:
    with pytest.raises(OSError, match=REFUSAL):
        guarded_socket()((socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)))


def test_a_named_private_network_may_be_opened_and_no_other() -> None:
    permitted = (ip_network("10.1.0.0/16"), ip_network("fd00::/8"))
    assert not is_blocked("10.1.2.3", permitted)
    assert not is_blocked("::ffff:10.1.2.3", permitted)
    assert not is_blocked("fd12::1", permitted)
    assert not is_blocked("::1", (ip_network("::1/128"),))
    assert is_blocked("10.2.0.1", permitted)
    guarded_socket((ip_network("127.0.0.0/8"),))(
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))
    ).close()


def test_the_host_of_a_url_is_an_address_or_a_name() -> None:
    assert is_blocked_host("127.0.0.1")
    assert is_blocked_host("[::1]")
    assert not is_blocked_host("example.org")
    assert not is_blocked_host("1.1.1.1")


@pytest.mark.parametrize("address", ["100.100.100.200", "fd00:ec2::254", "fd20:ce::254"])
def test_no_permission_opens_a_metadata_service(address: str) -> None:
    assert is_blocked(address, (ip_network("100.64.0.0/10"), ip_network("fc00::/7")))
