"""Cases of robots.txt: what RFC 9309 says, and what servers make of it."""

import asyncio
import gzip

from tests.support.hostile.bodies import gzip_bomb
from tests.support.hostile.cases import Case, add, fixed, robots
from tests.support.hostile.server import Line

_SHUT = "User-agent: *\nDisallow: /\n"


def _status(name: str, answer: str, status: str, reason: str = "", *headers: str) -> None:
    refused = fixed(_SHUT, *headers, status=answer, kind="text/plain")
    add(Case(f"robots_{name}", "page", status, reason, robots=refused))


def _body(
    name: str, body: bytes | str, status: str, reason: str = "", kind: str = "text/plain"
) -> None:
    add(Case(f"robots_{name}", "page", status, reason, robots=fixed(body, kind=kind)))


_status("400", "400 Bad Request", "loaded")
_status("401", "401 Unauthorized", "loaded")
_status("403", "403 Forbidden", "loaded")
_status("404", "404 Not Found", "loaded")
_status("410", "410 Gone", "loaded")
_status("429", "429 Too Many Requests", "deferred", "429")
_status("429_for_an_hour", "429 Too Many Requests", "deferred", "429", "Retry-After: 3600")
_status("500", "500 Internal Server Error", "robots_disallowed", "500")
_status("503", "503 Service Unavailable", "robots_disallowed", "503")
_status("503_for_an_hour", "503 Service Unavailable", "deferred", "503", "Retry-After: 3600")
_status("999", "999 Denied", "robots_disallowed", "999")

_body("shuts_all", _SHUT, "robots_disallowed", "disallowed")
_body(
    "shuts_us_by_name", f"User-agent: broadsheet\n{_SHUT[14:]}", "robots_disallowed", "disallowed"
)
_body("with_a_mark", b"\xef\xbb\xbf" + _SHUT.encode(), "robots_disallowed", "disallowed")
_body("with_old_line_ends", _SHUT.replace("\n", "\r"), "robots_disallowed", "disallowed")
_body("in_utf_16", _SHUT.encode("utf-16"), "robots_disallowed", "disallowed")
_body("of_noise", bytes(range(256)) * 200, "loaded")
_body("of_nul_bytes", bytes(100_000), "loaded")
_body("that_is_a_page", "<!doctype html><html><body>Home</body></html>", "loaded", "", "text/html")
_body("rule_within_500_kib", "#" * 400_000 + f"\n{_SHUT}", "robots_disallowed", "disallowed")
_body("rule_beyond_500_kib", "#" * 600_000 + f"\n{_SHUT}", "loaded")
_body("of_100_000_rules", "User-agent: *\n" + "Disallow: /no\n" * 30_000, "loaded")
_body("with_stars", f"User-agent: *\nDisallow: /{'*a' * 200}*b$\n", "loaded")
_body("with_a_delay_that_is_no_number", "User-agent: *\nCrawl-delay: nan\n", "loaded")
_body("with_a_delay_for_ever", "User-agent: *\nCrawl-delay: 1e300\n", "loaded")
_body("with_a_delay_below_zero", "User-agent: *\nCrawl-delay: -99\n", "loaded")


@robots("robots_disallowed", "robots.txt")
async def robots_without_end(line: Line, _times: int) -> None:
    await line.head(kind="text/plain")
    await line.flood(f"{_SHUT}\n".encode())


@robots("robots_disallowed", "robots.txt", pace="slow")
async def robots_never_answers(line: Line, _times: int) -> None:
    await asyncio.sleep(30)


@robots("robots_disallowed", "robots.txt", pace="slow")
async def robots_dripped(line: Line, _times: int) -> None:
    await line.head(kind="text/plain")
    await line.drip(b"User-agent: *\nAllow: /\n" * 20, 0.2)


@robots("robots_disallowed", "robots.txt")
async def robots_reset(line: Line, _times: int) -> None:
    line.reset()


@robots("robots_disallowed", "robots.txt")
async def robots_cut_short(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 1000", kind="text/plain")
    await line.send(b"User-agent: *\nAllow: /")


@robots("robots_disallowed", "robots.txt")
async def robots_bomb(line: Line, _times: int) -> None:
    await line.answer(gzip_bomb(), "Content-Encoding: gzip", kind="text/plain")


@robots("robots_disallowed", "disallowed")
async def robots_in_gzip(line: Line, _times: int) -> None:
    await line.answer(gzip.compress(_SHUT.encode()), "Content-Encoding: gzip", kind="text/plain")


@robots("robots_disallowed", "disallowed")
async def robots_redirected(line: Line, _times: int) -> None:
    if line.ask.path == "/robots.txt":
        await line.redirect("/robots-elsewhere.txt")
    else:
        await line.answer(_SHUT, kind="text/plain")


@robots("robots_disallowed", "disallowed")
async def robots_of_another_host(line: Line, _times: int) -> None:
    await line.redirect("https://robots-shuts-all.test/robots.txt", "301 Moved Permanently")


@robots("robots_disallowed", "robots.txt")
async def robots_redirect_loop(line: Line, _times: int) -> None:
    await line.redirect("/robots.txt")


@robots("robots_disallowed", "robots.txt")
async def robots_redirected_to_metadata(line: Line, _times: int) -> None:
    await line.redirect("http://169.254.169.254/robots.txt")
