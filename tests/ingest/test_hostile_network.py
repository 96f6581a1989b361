"""Names that resolve into a network, and TLS that proves nothing, over the real transport."""

import asyncio
import socket
import time
from collections.abc import Iterator
from datetime import datetime
from ipaddress import ip_network
from pathlib import Path

import aiohttp.connector
import polars as pl
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from core.config import Fetching
from core.home import Home
from ingest.addresses import REFUSAL
from ingest.archive import ArchiveFiles, writing
from ingest.fetch import TRIES, Fetched, Fetcher
from ingest.hosts import Hosts
from ingest.transport import LiveTransport, Policy, clients
from tests.ingest.hostile_edition import assert_conserved, collect_edition
from tests.support.hostile.server import Site, asked, serving
from tests.support.hostile.tls import AUTHORITY

pytestmark = pytest.mark.timeout(60)
AGENT = "Broadsheet/1.0 (+https://broadsheet.test/contact)"
LIMITS = Fetching(deadline_seconds=2, read_seconds=1, min_gap_seconds=0)
NOW = datetime(2026, 10, 16)


class Names(AbstractResolver):
    """A name server of a few names; each lookup of a name takes its next answer, the last stays.

    A name that it does not know fails; one without any answer is looked up for ever.
    """

    def __init__(self, names: dict[str, list[list[str]]]) -> None:
        self._names = names

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        if host not in self._names:
            raise OSError(None, "DNS lookup failed")
        answers = self._names[host] or [await asyncio.sleep(30, [])]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=0,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with serving() as running:
        yield running


def get(url: str, names: Names, folder: Path, *permitted: str) -> Fetched:
    """Fetch a URL as a look does, in a network where `names` answers for all names."""
    policy = Policy(permitted=tuple(ip_network(one) for one in permitted))

    async def fetch() -> Fetched:
        async with clients(AGENT, resolver=names) as shared:
            with writing(ArchiveFiles(folder, "one"), AGENT) as archive:
                live = LiveTransport(shared, policy, archive, LIMITS, lambda: NOW)
                hosts = Hosts(folder / "locks")
                fetcher = Fetcher(live, lambda name: hosts.get(name, LIMITS), LIMITS, lambda: NOW)
                return await fetcher.fetch(url, "page", 1_000_000)

    return asyncio.run(fetch())


INSIDE = {
    "loopback": "127.0.0.1",
    "loopback-in-ipv6": "::1",
    "loopback-mapped": "::ffff:127.0.0.1",
    "private": "10.0.0.1",
    "link-local": "169.254.1.1",
    "link-local-in-ipv6": "fe80::1",
    "carrier-grade": "100.64.0.1",
    "metadata": "169.254.169.254",
    "metadata-in-nat64": "64:ff9b::a9fe:a9fe",
    "metadata-in-6to4": "2002:a9fe:a9fe::",
    "metadata-in-ipv6": "fd00:ec2::254",
    "metadata-of-azure": "168.63.129.16",
    "unspecified": "0.0.0.0",
    "multicast": "224.0.0.1",
}


@pytest.mark.parametrize("address", INSIDE.values(), ids=INSIDE)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_name_inside_a_network_is_blocked(
    scheme: str, address: str, site: Site, tmp_path: Path
) -> None:
    port = site.ports["http" if scheme == "http" else "trusted"]
    names = Names({"evil.test": [[address]]})
    got = get(f"{scheme}://evil.test:{port}/inside", names, tmp_path)
    assert (got.status, got.reason) == ("blocked_address", REFUSAL)
    assert not [path for *_, path in asked(site.address) if path == "/inside"]


def test_a_name_that_is_unknown_has_failed(tmp_path: Path) -> None:
    got = get("http://nowhere.test/", Names({}), tmp_path)
    assert (got.status, got.reason) == ("fetch_failed", "the host name does not resolve")


@pytest.mark.parametrize("port", ["80", "silent"])
def test_looking_up_and_shaking_hands_end_at_the_deadline(
    port: str, site: Site, tmp_path: Path
) -> None:
    names = Names({"slow.test": [["127.0.0.1"]] if port == "silent" else []})
    url = f"https://slow.test:{site.ports.get(port, port)}/"
    begun = time.monotonic()
    got = get(url, names, tmp_path, "127.0.0.0/8")
    assert (got.status, got.reason) == ("fetch_failed", "no answer within the deadline")
    assert time.monotonic() - begun < 2 * TRIES * LIMITS.deadline_seconds


def test_a_permitted_network_is_reached_and_no_other(site: Site, tmp_path: Path) -> None:
    names = Names({"desk.test": [["127.0.0.1"]], "evil.test": [["10.0.0.1"]]})
    port = site.ports["http"]
    assert get(f"http://desk.test:{port}/1", names, tmp_path / "1", "127.0.0.0/8").status is None
    got = get(f"http://evil.test:{port}/1", names, tmp_path / "2", "127.0.0.0/8")
    assert got.status == "blocked_address"


def test_of_several_addresses_only_the_permitted_is_connected_to(
    site: Site, tmp_path: Path
) -> None:
    both = Names({"mixed.test": [["169.254.169.254", "127.0.0.1"]]})
    got = get(f"http://mixed.test:{site.ports['http']}/1", both, tmp_path / "1", "127.0.0.0/8")
    assert got.status is None
    inside = Names({"mixed.test": [["169.254.169.254", "10.0.0.1", "::1"]]})
    got = get(f"http://mixed.test:{site.ports['http']}/1", inside, tmp_path / "2")
    assert got.status == "blocked_address"


def test_a_name_that_is_bound_anew_is_checked_anew(site: Site, tmp_path: Path) -> None:
    names = Names({"rebinds.test": [["127.0.0.1"], ["169.254.169.254"]]})
    url = f"http://rebinds.test:{site.ports['http']}/1"
    assert get(url, names, tmp_path / "1", "127.0.0.0/8").status is None
    assert get(url, names, tmp_path / "2", "127.0.0.0/8").status == "blocked_address"


def test_a_redirect_to_a_name_bound_anew_is_blocked(site: Site, tmp_path: Path) -> None:
    host = "redirect-to-plain-http.test"
    names = Names({host: [["127.0.0.1"], ["10.0.0.1"]]})
    got = get(f"http://{host}:{site.ports['http']}/page", names, tmp_path, "127.0.0.0/8")
    assert (got.status, got.exchange.url) == ("blocked_address", f"http://{host}/story")


# TLS --------------------------------------------------------------------------------------

_BAD = ["expired", "not_yet_valid", "of_another_host", "self_signed", "http"]


def _source(
    name: str, port: int, pages: str = "2", *, scheme: str = "https", verify_tls: bool = True
) -> dict[str, object]:
    url = f"{scheme}://localhost:{port}/of/{pages}"
    return {
        "id": name.replace("_", "-"),
        "entry_points": [{"kind": "sitemap", "url": url}],
        "private_networks": ["127.0.0.0/8"],
        "verify_tls": verify_tls,
    }


def test_tls_is_verified_unless_a_source_opts_out(home: Home, site: Site, tmp_path: Path) -> None:
    # The test's authority joins the roots that this process trusts for the rest of its life.
    roots = aiohttp.connector._SSL_CONTEXT_VERIFIED
    roots.load_verify_locations(site.folder / AUTHORITY)
    good = [_source("trusted", site.ports["trusted"])]
    bad = [_source(name, site.ports[name]) for name in _BAD]
    unverified = [_source(f"any_{name}", site.ports[name], verify_tls=False) for name in _BAD[:-1]]
    pages = ",".join(f"https://localhost:{site.ports[name]}/page" for name in _BAD)
    mixed = _source("plain", site.ports["http"], pages, scheme="http")
    sources = [*good, *bad, *unverified, mixed]
    edition = collect_edition(tmp_path / "s", sources, local_site=None)
    assert_conserved(edition)
    reports = {
        row["source_id"]: (row["feed_status"], row["tls_verified"])
        for row in edition.reports.rows(named=True)
    }
    assert reports == {
        "trusted": ("ok", True),
        "plain": ("ok", True),
        **{source["id"]: ("unreachable", True) for source in bad},
        **{source["id"]: ("ok", False) for source in unverified},
    }
    # RFC 9309: a robots.txt that cannot be had, here for its TLS, means: keep out.
    refused = edition.disposition.filter(pl.col("source_id") == "plain")
    assert refused["status"].to_list() == ["robots_disallowed"] * len(_BAD)
    assert refused["reason"].str.contains("TLS").all()
    others = edition.disposition.filter(pl.col("source_id") != "plain")
    assert set(others["source_id"]) == {"trusted", *(str(one["id"]) for one in unverified)}
    assert set(others["status"]) == {"loaded"}
