"""The measuring of fetching: every page counts once, and the server knows hosts and paths."""

import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from bench.fetching import Load, measure
from bench.loopback_site import Site, serving


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(hosts=2, items=5, items_a_sitemap=3) as site:
        yield site


def ask(site: Site, host: str, path: str) -> tuple[int, str]:
    request = urllib.request.Request(f"http://{site.address}{path}", headers={"Host": host})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, ""


def test_a_page_is_that_of_its_host_and_path(site: Site) -> None:
    status, page = ask(site, "outlet-001.test", "/news/4")
    assert status == 200
    assert "Outlet 1 reports, number 4" in page


@pytest.mark.parametrize(
    ("host", "path"),
    [
        ("outlet-002.test", "/news/1"),
        ("elsewhere.test", "/robots.txt"),
        ("outlet-000.test", "/news/5"),
        ("outlet-000.test", "/news/"),
        ("outlet-000.test", "/"),
    ],
)
def test_what_is_not_there_is_not_found(site: Site, host: str, path: str) -> None:
    assert ask(site, host, path) == (404, "")


def test_a_sitemap_that_does_not_hold_all_is_an_index(site: Site) -> None:
    index = ask(site, "outlet-000.test", "/sitemap.xml")[1]
    assert index.count("<sitemap>") == 2
    assert ask(site, "outlet-000.test", "/sitemap-1.xml")[1].count("<url>") == 2
    assert ask(site, "outlet-000.test", "/feed.xml")[1].count("<item>") == 5


@pytest.mark.parametrize("kind", ["collect", "bare"])
def test_every_page_of_a_load_is_fetched_and_counted(kind: str) -> None:
    done = measure(Load(hosts=4, items=3), kind)
    assert done.served.pages == sum(cost.pages for cost in done.costs) == 12
    assert done.served.requests == 12 + (8 if kind == "collect" else 0)  # robots.txt and feed
    assert done.pages_per_second > 0
    assert all(cost.megabytes >= cost.megabytes_before > 0 for cost in done.costs)


def test_a_gap_is_kept_and_seen() -> None:
    done = measure(Load(hosts=2, items=3, gap_seconds=0.3))
    assert 0.2 < done.served.smallest_gap < 0.5
    assert 4 < done.served.steady_rate < 7


def test_where_a_process_fails_there_are_no_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.fetching.RUN_ID", "another")
    with pytest.raises(RuntimeError, match="a measuring process failed"):
        measure(Load(hosts=1, items=1))
