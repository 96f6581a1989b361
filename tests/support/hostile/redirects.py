"""Cases of redirects: loops, floods, and places that nobody may be sent to."""

from tests.support.hostile.cases import Case, add, fixed, page, story
from tests.support.hostile.server import Line


@page("fetch_failed", "redirect loop")
async def redirect_to_itself(line: Line, _times: int) -> None:
    await line.redirect("/page")


@page("fetch_failed", "redirect loop")
async def redirect_loop(line: Line, _times: int) -> None:
    await line.redirect("/page/b" if line.ask.path == "/page" else "/page")


@page("fetch_failed", "too many redirects")
async def redirect_without_end(line: Line, times: int) -> None:
    await line.redirect(f"{line.ask.path}/x")


@page("fetch_failed", "redirect")
async def redirect_to_nowhere(line: Line, _times: int) -> None:
    await line.answer(status="302 Found")


@page("loaded")
async def redirect_relative(line: Line, _times: int) -> None:
    await line.redirect("../story?x=1#part", "308 Permanent Redirect")


for _name, _target in (
    ("in_utf_8", "/story/été"),
    ("with_a_space", "/story of the day"),
    ("without_a_scheme", "//redirect-location-without-a-scheme.test/story"),
    ("of_a_query_alone", "/story?"),
):
    add(
        Case(
            f"redirect_location_{_name}",
            "page",
            "loaded",
            answer=fixed(b"", f"Location: {_target}", status="302 Found"),
        )
    )


@page("loaded")
async def redirect_to_plain_http(line: Line, _times: int) -> None:
    await line.redirect("http://redirect-to-plain-http.test/story")


@page("fetch_failed", "redirect loop")
async def redirect_between_schemes(line: Line, times: int) -> None:
    scheme = "http" if times % 2 else "https"
    await line.redirect(f"{scheme}://redirect-between-schemes.test/page")


@page("fetch_failed", "redirect loop")
async def redirect_for_a_cookie(line: Line, _times: int) -> None:
    if "seen=1" in line.ask.headers.get("cookie", ""):
        await line.answer(story("a reader with cookies"))
    else:
        await line.answer(b"", "Location: /page", "Set-Cookie: seen=1; Path=/", status="302 Found")


@page("robots_disallowed", "robots.txt")
async def redirect_into_a_shut_host(line: Line, _times: int) -> None:
    await line.redirect("https://robots-shuts-all.test/story")


@page("loaded")
async def redirect_with_an_endless_body(line: Line, _times: int) -> None:
    await line.head("302 Found", "Location: /story")
    await line.flood(b"moved ")


@page("loaded", pace="slow")
async def redirect_with_a_dripped_body(line: Line, _times: int) -> None:
    await line.head("302 Found", "Location: /story", "Content-Length: 100")
    await line.drip(b"moved " * 15, 0.3)


@page("fetch_failed", "not valid HTTP")
async def redirect_location_of_50_kb(line: Line, _times: int) -> None:
    await line.redirect("/story/" + "x" * 50_000)


for _name, _target, _reason in (
    ("file", "file:///etc/passwd", "neither http nor https"),
    ("ftp", "ftp://redirect-to-ftp.test/x", "neither http nor https"),
    ("javascript", "javascript:alert(1)", "neither http nor https"),
    ("data", "data:text/html,<p>hello", "neither http nor https"),
    ("gopher", "gopher://127.0.0.1:6379/_FLUSHALL", "neither http nor https"),
    ("credentials", "https://reader:secret@redirect-to-credentials.test/", "credentials"),
    ("metadata", "http://169.254.169.254/latest/meta-data/", "private or reserved"),
    ("metadata_without_a_scheme", "//169.254.169.254/", "private or reserved"),
    ("loopback", "http://2130706433/", "private or reserved"),
):
    add(
        Case(
            f"redirect_to_{_name}",
            "page",
            "blocked_address",
            _reason,
            fixed(b"", f"Location: {_target}", status="301 Moved Permanently"),
        )
    )

for _name in ("page_moved_to_another_host", "page_moved_to_the_same_place"):
    _moved = fixed(b"", "Location: https://shared.test/story", status="301 Moved Permanently")
    add(Case(_name, "page", "loaded" if "another" in _name else "duplicate", "", _moved))
