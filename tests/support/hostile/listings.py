"""Cases of feeds and sitemaps: bombs, floods, loops, and documents that are none."""

import asyncio
import gzip
from html import escape

from tests.support.hostile.bodies import gzip_bomb
from tests.support.hostile.cases import Case, Kind, add, fixed, listing, story
from tests.support.hostile.markup import lol
from tests.support.hostile.server import Line

_RSS = "application/rss+xml"
_XML = "application/xml"


def items(*links: str, title: str = "A story") -> str:
    """The items of an RSS feed."""
    return "".join(
        f"<item><title>{title}</title><link>{escape(link)}</link></item>" for link in links
    )


def rss(inside: str, before: str = "") -> str:
    return f"{before}<rss version='2.0'><channel><title>Feed</title>{inside}</channel></rss>"


def urlset(*links: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{escape(link)}</loc></url>' for link in links)}</urlset>"


def index(*links: str) -> str:
    entries = "".join(f"<sitemap><loc>{escape(link)}</loc></sitemap>" for link in links)
    return f"<sitemapindex>{entries}</sitemapindex>"


def _fixed(
    kind: Kind,
    name: str,
    status: str,
    found: int | None,
    body: bytes | str,
    *headers: str,
    answer: str = "200 OK",
    media: str = _RSS,
) -> None:
    made = fixed(body, *headers, status=answer, kind=media)
    add(Case(f"{kind}_{name}", kind, status, "", made, found=found))


_TWO = rss(items("/1", "/2"))
_OWN_FILE = "<!DOCTYPE rss [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
_OWN_URL = "<!DOCTYPE rss SYSTEM 'http://feed-entity-of-a-url.test/asked.dtd'>"

# Feeds ------------------------------------------------------------------------------------

_fixed("feed", "ordinary", "ok", 2, _TWO)
_fixed("feed", "entity_bomb", "ok", 1, lol("rss", rss(items("/1", title="&l9;"))))
_fixed("feed", "entity_of_a_file", "ok", 1, rss(items("/1", title="&x;"), _OWN_FILE))
_fixed("feed", "entity_of_a_url", "ok", 1, rss(items("/1"), _OWN_URL))
_fixed(
    "feed",
    "with_200_000_attributes",
    "not_a_feed",
    0,
    rss(items("/1") + f"<a {' '.join(f'a{n}=""' for n in range(200_000))}/>"),
)
_fixed("feed", "of_html", "not_a_feed", 0, story("a home page"), media="text/html")
_fixed("feed", "of_html_called_rss", "not_a_feed", 0, story("a home page"))
_fixed("feed", "empty", "not_a_feed", 0, "")
_fixed("feed", "of_spaces", "not_a_feed", 0, " \n" * 10_000)
_fixed("feed", "of_noise", "not_a_feed", 0, bytes(range(256)) * 100)
_fixed("feed", "of_nul_bytes", "not_a_feed", 0, bytes(100_000))
_fixed("feed", "without_items", "ok", 0, rss(""))
_fixed("feed", "cut_short", "ok", 1, _TWO[:-40])
_fixed(
    "feed",
    "in_the_wrong_charset",
    "ok",
    1,
    b"<?xml version='1.0' encoding='utf-8'?>"
    + rss(items("/1", title="Совет гавани")).encode("cp1251"),
)
_fixed(
    "feed",
    "in_utf_16",
    "ok",
    2,
    ("<?xml version='1.0' encoding='utf-16'?>" + _TWO).encode("utf-16"),
)
_fixed("feed", "of_unknown_charset", "ok", 2, f"<?xml version='1.0' encoding='none-8'?>{_TWO}")
_fixed("feed", "with_control_characters", "ok", 2, _TWO.replace("A story", "A \x01\x08 story"))
_fixed("feed", "as_plain_text", "ok", 2, _TWO, media="text/plain")
_fixed(
    "feed",
    "of_broken_json",
    "not_a_feed",
    0,
    '{"version": "https://jsonfeed.org/version/1.1", "items": [',
)
_fixed("feed", "of_deep_json", "not_a_feed", 0, '{"items":' + "[" * 200_000)
_fixed("feed", "of_wrong_json", "ok", 0, '{"items": [null, 1, [], {"url": 7}, {"url": {}}]}')
_fixed(
    "feed",
    "with_links_to_nowhere",
    "ok",
    4,
    rss(
        items(
            "javascript:alert(1)",
            "http://10.0.0.1/a",
            "http://u:p@x.test/",
            "http://[::::]/",
            "mailto:a@b.test",
        )
    ),
)
_fixed("feed", "with_one_link_9_000_times", "ok", 1, rss(items(*["/1"] * 9_000)))
_fixed("feed", "with_a_title_of_5_mb", "ok", 1, rss(items("/1", title="title " * 800_000)))
_fixed("feed", "gone", "unreachable", 0, "", answer="410 Gone")
_fixed("feed", "busy", "deferred", 0, "", "Retry-After: 3600", answer="429 Too Many Requests")
_fixed("feed", "down", "deferred", 0, "", "Retry-After: 3600", answer="503 Service Unavailable")
_fixed("feed", "not_modified_without_asking", "unreachable", 0, "", answer="304 Not Modified")
_fixed(
    "feed",
    "redirected_into_a_network",
    "unreachable",
    0,
    "",
    "Location: http://10.0.0.1/feed",
    answer="302 Found",
)
_fixed("feed", "redirected_to_itself", "unreachable", 0, "", "Location: /feed", answer="302 Found")
_fixed("feed", "in_a_broken_coding", "unreachable", 0, _TWO, "Content-Encoding: gzip")


@listing("feed", "ok", found=1, pace="heavy")
async def feed_nested_200_000_deep(line: Line, _times: int) -> None:
    await line.answer(rss(items("/1") + "<a>" * 200_000), kind=_RSS)


@listing("feed", "ok", found=500)
async def feed_of_100_000_entries(line: Line, _times: int) -> None:
    await line.answer(rss(items(*(f"/{number}" for number in range(100_000)))), kind=_RSS)


@listing("feed", "unreachable", found=0)
async def feed_of_25_mb(line: Line, _times: int) -> None:
    await line.answer(rss(items("/1")) + " " * 25_000_000, kind=_RSS)


@listing("feed", "unreachable", found=0)
async def feed_bomb(line: Line, _times: int) -> None:
    await line.answer(gzip_bomb(), "Content-Encoding: gzip", kind=_RSS)


@listing("feed", "unreachable", found=0)
async def feed_without_end(line: Line, _times: int) -> None:
    await line.head(kind=_RSS)
    await line.flood(items("/1").encode())


@listing("feed", "unreachable", found=0, pace="slow")
async def feed_dripped(line: Line, _times: int) -> None:
    await line.head(kind=_RSS)
    await line.drip(_TWO.encode(), 0.2)


@listing("feed", "unreachable", found=0, pace="slow")
async def feed_never_answers(line: Line, _times: int) -> None:
    await asyncio.sleep(30)


@listing("feed", "unreachable", found=0)
async def feed_reset_in_the_middle(line: Line, _times: int) -> None:
    await line.head("200 OK", "Content-Length: 5000", kind=_RSS)
    await line.send(_TWO.encode(), pause=0.2)
    line.reset()


# Sitemaps ---------------------------------------------------------------------------------

_fixed("sitemap", "ordinary", "ok", 2, urlset("/1", "/2"), media=_XML)
_fixed(
    "sitemap",
    "entity_bomb",
    "not_a_feed",
    0,
    lol("urlset", urlset("/&l9;").replace("&amp;", "&")),
    media=_XML,
)
_fixed(
    "sitemap",
    "entity_of_a_file",
    "ok",
    None,
    "<!DOCTYPE urlset [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    + urlset("/1").replace("/1", "/1&x;"),
    media=_XML,
)
_fixed("sitemap", "nested_200_000_deep", "not_a_feed", 0, f"<urlset>{'<a>' * 200_000}", media=_XML)
_fixed("sitemap", "of_html", "not_a_feed", 0, story("a home page"))
_fixed("sitemap", "empty", "not_a_feed", 0, "", media=_XML)
_fixed("sitemap", "cut_short", "ok", 2, urlset("/1", "/2", "/3")[:-30], media=_XML)
_fixed(
    "sitemap",
    "in_gzip_as_a_file",
    "ok",
    2,
    gzip.compress(urlset("/1", "/2").encode()),
    media="application/gzip",
)
_fixed("sitemap", "that_is_a_feed", "not_a_feed", 0, _TWO, media=_XML)
_fixed("sitemap", "index_of_itself", "ok", 0, index("/sitemap"), media=_XML)
_fixed("sitemap", "index_into_a_network", "unreachable", 0, index("http://10.0.0.1/s"), media=_XML)


@listing("sitemap", "unreachable", found=0)
async def sitemap_bomb_as_a_file(line: Line, _times: int) -> None:
    await line.answer(gzip_bomb(), kind="application/gzip")


@listing("sitemap", "ok", found=1)
async def sitemap_index_loop(line: Line, _times: int) -> None:
    bodies = {
        "/sitemap": index("/sitemap/back", "/sitemap/leaf"),
        "/sitemap/back": index("/sitemap"),
        "/sitemap/leaf": urlset("/1"),
    }
    await line.answer(bodies[line.ask.path], kind=_XML)


@listing("sitemap", "ok")
async def sitemap_index_without_a_floor(line: Line, _times: int) -> None:
    await line.answer(index(f"{line.ask.path}/deeper"), kind=_XML)


@listing("sitemap", "ok")
async def sitemap_index_of_10_000(line: Line, _times: int) -> None:
    if line.ask.path == "/sitemap":
        body = index(*(f"/sitemap/{number}" for number in range(10_000)))
    else:
        body = urlset(line.ask.path.replace("sitemap", "story"))
    await line.answer(body, kind=_XML)
