"""robots.txt by RFC 9309."""

import time
from datetime import datetime
from pathlib import Path

import pytest

from ingest.exchange import Failure, Response
from ingest.fetch import judge_response
from ingest.robots import MAX_BYTES, Robots, judge, parse_robots, product_token

AGENT = "Broadsheet"
AT = datetime(2026, 10, 16, 4)


def answered(status: int, body: bytes = b"") -> Robots:
    return judge(judge_response(Response("https://a.test/robots.txt", AT, status, (), body)))


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_a_client_error_allows(status: int) -> None:
    assert answered(status).why_not("https://a.test/x", AGENT) is None


@pytest.mark.parametrize("status", [429, 500, 503, 304])
def test_a_server_error_keeps_us_out(status: int) -> None:
    refused = answered(status).why_not("https://a.test/x", AGENT)
    assert refused is not None
    assert refused.reason.startswith(f"robots.txt: HTTP status {status}")
    assert refused.status == ("deferred" if status == 429 else "robots_disallowed")


def test_a_network_failure_keeps_us_out() -> None:
    failure = Failure("https://a.test/robots.txt", AT, "fetch_failed", "no connection: refused")
    refusal = judge(judge_response(failure)).why_not("https://a.test/x", AGENT)
    assert refusal == ("robots_disallowed", "robots.txt: no connection: refused")


def test_rules_for_us_rules_for_all_and_a_delay() -> None:
    robots = answered(
        200,
        b"\xef\xbb\xbfUser-agent: *\nDisallow: /\n\nUser-agent: broadsheet\nDisallow: /private\n"
        b"Crawl-delay: 2.5\n",
    )
    assert robots.why_not("https://a.test/news", AGENT) is None
    assert robots.why_not("https://a.test/private/x", AGENT) == (
        "robots_disallowed",
        "disallowed by robots.txt",
    )
    assert robots.crawl_delay(AGENT) == 2.5


def test_a_publisher_who_shuts_out_ai_crawlers_is_heard() -> None:
    robots = answered(200, b"User-agent: GPTBot\nDisallow: /\n")
    assert robots.refuses_ai("https://a.test/x")
    assert robots.why_not("https://a.test/x", AGENT) is None
    assert not answered(404).refuses_ai("https://a.test/x")
    closed_to_all = answered(200, b"User-agent: *\nDisallow: /\n")
    assert not closed_to_all.refuses_ai("https://a.test/x")


def test_what_stands_beyond_500_kib_is_not_read() -> None:
    body = b"#" * MAX_BYTES + b"\nUser-agent: *\nDisallow: /\n"
    assert answered(200, body).why_not("https://a.test/x", AGENT) is None


def test_the_line_that_the_limit_cuts_is_no_rule() -> None:
    head = b"User-agent: *\n"
    rule = b"Disallow: /private\n"
    body = head + b"#" * (MAX_BYTES - len(head) - len(rule) + 6) + b"\n" + rule
    assert body[:MAX_BYTES].endswith(b"Disallow: /p")
    for stored in (body, body[:MAX_BYTES]):
        assert answered(200, stored).why_not("https://a.test/politics", AGENT) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param("User-agent: *\nDisallow: /\n".encode("utf-8-sig"), id="UTF-8 mark"),
        pytest.param("User-agent: *\nDisallow: /\n".encode("utf-16"), id="UTF-16"),
        pytest.param("# grüße\nUser-agent: *\nDisallow: /\n".encode("latin-1"), id="Latin-1"),
        pytest.param(b"User-agent: *\rDisallow: /\r", id="old Macintosh"),
        pytest.param(b"\x00\xff\xfe\nUser-agent: *\nDisallow: /\n", id="noise before it"),
        pytest.param(b"USER-AGENT :*\n\n\n DISALLOW:/  # all", id="odd spacing"),
    ],
)
def test_odd_bytes_do_not_open_what_a_publisher_shut(body: bytes) -> None:
    assert answered(200, body).why_not("https://a.test/x", AGENT) is not None


def test_only_a_line_end_ends_a_rule() -> None:
    body = "User-agent: *\nDisallow: /x\u2028Disallow: /\n".encode()
    assert answered(200, body).why_not("https://a.test/y", AGENT) is None


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"\n" * MAX_BYTES, id="empty lines"),
        pytest.param(b"user-agent" + b" " * MAX_BYTES, id="spaces"),
        pytest.param(b"User-agent: *\nDisallow: /" + b"*a" * 200_000 + b"$", id="wildcards"),
        pytest.param(b"User-agent: *\n" + b"Disallow: /*a\n" * 35_000, id="many rules"),
    ],
)
@pytest.mark.timeout(10)
def test_no_file_takes_long(body: bytes) -> None:
    started = time.process_time()
    answered(200, body).why_not("https://a.test/" + "a" * 2_000, AGENT)
    assert time.process_time() - started < 3


def test_the_product_token() -> None:
    assert product_token("Broadsheet/1.0 (+https://a.test)") == "Broadsheet"


def test_every_robots_file_of_the_corpus_parses(corpus: Path) -> None:
    files = sorted((corpus / "robots").iterdir())
    assert len(files) > 200
    for path in files:
        rules = parse_robots(path.read_bytes())
        rules.why_not("https://a.test/news/1", AGENT)
