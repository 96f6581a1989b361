"""Cases of statuses and headers: pauses asked for, challenges, cookies, absurd headers."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from tests.support.hostile.cases import Case, add, fixed, page, story
from tests.support.hostile.server import Line

for _status in (
    "201 Created",
    "203 Non-Authoritative Information",
    "204 No Content",
    "206 Partial Content",
    "300 Multiple Choices",
    "304 Not Modified",
    "400 Bad Request",
    "402 Payment Required",
    "403 Forbidden",
    "404 Not Found",
    "410 Gone",
    "418 I'm a teapot",
    "451 Unavailable For Legal Reasons",
    "500 Internal Server Error",
    "502 Bad Gateway",
    "999 Request denied",
):
    _number = _status[:3]
    _body = "" if _number in {"204", "304"} else story(f"status {_number}")
    add(Case(f"status_{_number}", "page", "fetch_failed", _number, fixed(_body, status=_status)))

add(
    Case(
        "challenge_basic",
        "page",
        "fetch_failed",
        "401",
        fixed("who are you?", 'WWW-Authenticate: Basic realm="desk"', status="401 Unauthorized"),
    )
)
add(
    Case(
        "challenge_of_a_proxy",
        "page",
        "fetch_failed",
        "407",
        fixed("", "Proxy-Authenticate: Negotiate", status="407 Proxy Authentication Required"),
    )
)


def _later(**distance: int) -> str:
    return format_datetime(datetime.now(UTC) + timedelta(**distance), usegmt=True)


def _pausing(name: str, status: str, *retry_after: str) -> None:
    headers = [f"Retry-After: {value}" for value in retry_after]
    add(Case(name, "page", "deferred", status[:3], fixed("later", *headers, status=status)))


_BUSY, _DOWN = "429 Too Many Requests", "503 Service Unavailable"
_pausing("busy_for_an_hour", _BUSY, "3600")
_pausing("busy_until_a_date", _BUSY, _later(hours=2))
_pausing("busy_without_a_time", _BUSY)
_pausing("busy_for_a_word", _BUSY, "soon")
_pausing("busy_for_ever", _BUSY, "9" * 40)
_pausing("busy_until_the_year_9999", _BUSY, "Fri, 31 Dec 9999 23:59:59 GMT")
_pausing("down_for_an_hour", _DOWN, "3600")
_pausing("down_until_a_date", _DOWN, _later(hours=2))
_pausing("down_for_less_than_nothing", _DOWN, "-60")
_pausing("down_until_yesterday", _DOWN, _later(days=-1))


add(Case("down_without_a_time", "page", "fetch_failed", "503", fixed("later", status=_DOWN)))


@page("loaded", text="after a short pause")
async def busy_for_a_moment(line: Line, times: int) -> None:
    if times == 1:
        await line.answer("later", "Retry-After: 1", status=_BUSY)
    else:
        await line.answer(story("a page after a short pause"))


@page("loaded", text="what GET shows")
async def head_and_get_differ(line: Line, _times: int) -> None:
    if line.ask.method == "HEAD":
        await line.answer("", status="404 Not Found")
    else:
        await line.answer(story("what GET shows"))


# Headers ----------------------------------------------------------------------------------


@page("fetch_failed", "not valid HTTP")
async def headers_by_the_ten_thousand(line: Line, _times: int) -> None:
    await line.answer(story("headers"), *(f"X-{number}: y" for number in range(10_000)))


@page("fetch_failed", "not valid HTTP")
async def cookie_of_100_kb(line: Line, _times: int) -> None:
    await line.answer(story("a cookie"), f"Set-Cookie: a={'b' * 100_000}")


@page("loaded")
async def cookies_by_the_dozen(line: Line, _times: int) -> None:
    cookies = (f"Set-Cookie: c{number}=\x7f;;; Domain=.com" for number in range(60))
    await line.answer(story("cookies"), *cookies)


@page("fetch_failed", "not valid HTTP")
async def header_with_a_nul(line: Line, _times: int) -> None:
    await line.answer(story("a header"), "X-Nul: a\x00b")


@page("loaded")
async def header_value_that_is_no_ascii(line: Line, _times: int) -> None:
    await line.answer(story("a header"), "X-Name: Müller \udcff", "Server: ☃")


@page("fetch_failed", "not valid HTTP")
async def header_name_that_is_no_ascii(line: Line, _times: int) -> None:
    await line.answer(story("a header"), "X-Näme: Müller")


@page("loaded")
async def content_type_of_4_kb(line: Line, _times: int) -> None:
    await line.answer(story("a type"), kind=f"text/html; charset={'x' * 4_000}")


@page("loaded")
async def content_type_missing(line: Line, _times: int) -> None:
    await line.answer(story("a page without a type"), kind="")


@page("not_an_article", "content type")
async def content_type_of_a_picture(line: Line, _times: int) -> None:
    await line.answer(story("a picture"), kind="image/png")


@page("loaded")
async def header_lines_folded(line: Line, _times: int) -> None:
    await line.answer(story("a folded header"), "X-Folded: one\r\n two")


@page("fetch_failed", "not valid HTTP")
async def header_without_a_colon(line: Line, _times: int) -> None:
    await line.answer(story("a header"), "this is no header")


@page("fetch_failed", "not valid HTTP")
async def second_answer_unasked(line: Line, _times: int) -> None:
    first, second = story("the first answer"), story("the second answer")
    answers = (
        f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(one)}\r\n\r\n{one}"
        for one in (first, second)
    )
    await line.send("".join(answers).encode())
