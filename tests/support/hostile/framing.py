"""Cases of framing: lengths and chunks that lie, answers cut short, dripped or without an end."""

import asyncio
import gzip

from tests.support.hostile.cases import Case, add, page, story
from tests.support.hostile.server import Line

# Framing and lengths ----------------------------------------------------------------------


@page("fetch_failed", "closed the connection")
async def closes_at_once(line: Line, _times: int) -> None:
    line.writer.close()


@page("fetch_failed", "")
async def resets_at_once(line: Line, _times: int) -> None:
    line.reset()


@page("fetch_failed", "before the body was complete")
async def body_cut_short(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 100000")
    await line.send(story("half a body").encode())


@page("fetch_failed", "before the body was complete")
async def body_reset_in_the_middle(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 100000")
    await line.send(story("half a body").encode(), pause=0.2)
    line.reset()


@page("fetch_failed", "before the body was complete")
async def chunks_cut_short(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.send(_chunk(story("half of the chunks").encode()))


@page("fetch_failed", "")
async def chunk_size_is_no_number(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.send(_chunk(story("one good chunk").encode()), b"zz\r\nhello\r\n0\r\n\r\n")


@page("fetch_failed", "")
async def chunk_size_of_20_digits(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.send(b"ffffffffffffffffffff\r\n", story("a large chunk").encode())


@page("fetch_failed", "")
async def chunk_extension_without_end(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.send(b"5;")
    await line.flood(b"name=value;")


@page("fetch_failed", "not valid HTTP")
async def length_smaller_than_the_body(line: Line, _times: int) -> None:
    head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 80\r\n\r\n"
    await line.send(f"{head}{story('a body longer than its length')}".encode())


@page("fetch_failed", "not valid HTTP")
async def two_lengths(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 10", "Content-Length: 20")
    await line.send(b"0123456789" * 2)


@page("fetch_failed", "not valid HTTP")
async def length_below_zero(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: -5")
    await line.send(story("a negative length").encode())


@page("fetch_failed", "not valid HTTP")
async def length_is_a_word(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: many")
    await line.send(story("a length in words").encode())


@page("fetch_failed", "")
async def length_of_40_digits(line: Line, _times: int) -> None:
    await line.head("200 OK", f"Content-Length: {'9' * 40}")
    await line.send(story("a long length").encode())


@page("fetch_failed", "")
async def length_and_chunks(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 5", "Transfer-Encoding: chunked")
    await line.send(_chunk(story("a length beside chunks").encode()), b"0\r\n\r\n")


@page("not_an_article", "not text")
async def chunks_coded_in_transfer(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: gzip, chunked")
    await line.send(_chunk(gzip.compress(story("coded").encode())), b"0\r\n\r\n")


@page("loaded", text="without any length")
async def body_ends_with_the_connection(line: Line, _times: int) -> None:
    await line.head()
    await line.send(story("a page without any length").encode())


@page("loaded", text="HTTP/1.0")
async def http_1_0(line: Line, _times: int) -> None:
    await line.send(b"HTTP/1.0 200 OK\r\nContent-Type: text/html\r\n\r\n")
    await line.send(story("a server of HTTP/1.0").encode())


@page("fetch_failed", "not valid HTTP")
async def http_0_9(line: Line, _times: int) -> None:
    await line.send(story("a server without headers").encode())


@page("fetch_failed", "")
async def http_2_without_asking(line: Line, _times: int) -> None:
    await line.send(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x80" * 4)


@page("fetch_failed", "not valid HTTP")
async def http_of_another_kind(line: Line, _times: int) -> None:
    await line.send(b"ICY 200 OK\r\nContent-Type: text/html\r\n\r\n", story("a radio").encode())


for _name, _line, _status in (
    ("without_a_phrase", "HTTP/1.1 200", "loaded"),
    ("with_a_phrase_of_8_kb", f"HTTP/1.1 200 {'O' * 8_000}K", "loaded"),
    ("of_two_digits", "HTTP/1.1 20 OK", "fetch_failed"),
    ("of_four_digits", "HTTP/1.1 2000 OK", "fetch_failed"),
    ("of_letters", "HTTP/1.1 OK 200", "fetch_failed"),
    ("of_version_9", "HTTP/9.9 200 OK", "fetch_failed"),
    ("that_switches_protocols", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: own", "fetch_failed"),
):

    async def _answer(line: Line, _times: int, first: str = _line) -> None:
        await line.send(f"{first}\r\nContent-Type: text/html\r\n\r\n{story('a line')}".encode())

    add(Case(f"status_line_{_name}", "page", _status, answer=_answer))

# Slow and endless -------------------------------------------------------------------------


@page("fetch_failed", "deadline", pace="slow")
async def never_answers(line: Line, _times: int) -> None:
    await asyncio.sleep(30)


@page("fetch_failed", "deadline", pace="slow")
async def headers_dripped(line: Line, _times: int) -> None:
    await line.drip(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Slow: " + b"x" * 500, 0.2)


@page("fetch_failed", "deadline", pace="slow")
async def body_dripped(line: Line, _times: int) -> None:
    await line.head()
    await line.drip(story("a slow pen").encode(), 0.2)


@page("fetch_failed", "deadline", pace="slow")
async def body_stops_half_way(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 100000")
    await line.send(story("a tired pen").encode())
    await asyncio.sleep(30)


@page("too_large", "limit")
async def body_without_end(line: Line, _times: int) -> None:
    await line.head()
    await line.flood(b"<p>and so on</p>")


@page("too_large", "limit")
async def chunks_without_end(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.flood(_chunk(b"<p>and so on</p>" * 4096))


@page("fetch_failed", "deadline", pace="slow")
async def one_byte_chunks_without_end(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    for _ in range(200):
        await line.send(_chunk(b"x"), pause=0.1)


@page("fetch_failed", "not valid HTTP")
async def headers_without_end(line: Line, _times: int) -> None:
    await line.send(b"HTTP/1.1 200 OK\r\n")
    await line.flood(b"X-More: and more\r\n")


@page("fetch_failed", "not valid HTTP")
async def header_of_10_mb(line: Line, _times: int) -> None:
    await line.send(b"HTTP/1.1 200 OK\r\nX-Long: ", b"x" * 10_000_000, b"\r\n\r\n")


@page("fetch_failed", "", pace="slow")
async def trailers_without_end(line: Line, _times: int) -> None:
    await line.head("200 OK", "Transfer-Encoding: chunked")
    await line.send(_chunk(story("a page with trailers").encode()), b"0\r\n")
    await line.flood(b"X-Trailer: and more\r\n")


@page("loaded", text="after some hints")
async def hints_before_the_answer(line: Line, _times: int) -> None:
    await line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 9)
    await line.answer(story("a page after some hints"))


@page("fetch_failed", "deadline", pace="slow")
async def continue_without_end(line: Line, _times: int) -> None:
    await line.flood(b"HTTP/1.1 100 Continue\r\n\r\n")


def _chunk(content: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(content), content)
