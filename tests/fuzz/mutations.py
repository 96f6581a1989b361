"""Documents of real shape, and the edits that make hostile ones of them."""

import gzip
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

TOKENS: tuple[bytes, ...] = (
    b"<",
    b">",
    b"&",
    b"&amp;",
    b"&#0;",
    b"&#x110000;",
    b"&a;",
    b"]]>",
    b"<![CDATA[",
    b"<!--",
    b"-->",
    b"<?",
    b"?>",
    b"<?xml version='1.0' encoding='utf-16'?>",
    b"<!DOCTYPE r [",
    b"]>",
    b"<!ENTITY a 'b'>",
    b"<!ENTITY % p SYSTEM 'file:///etc/passwd'>",
    b"</",
    b"/>",
    b"<a ",
    b"<item>",
    b"</item>",
    b"<entry>",
    b"<url>",
    b"<loc>",
    b"xmlns='x' ",
    b"xml:base='//[::g]' ",
    b"\x00",
    b"\xff",
    b"\xef\xbb\xbf",
    b"\xff\xfe",
    b"\xff\xfe\x00\x00",
    b"\xfe\xff",
    b"\x1b$B",
    b"~{",
    b"\xc3",
    b"\xed\xa0\x80",
    b"\xf4\x90\x80\x80",
    b"\r",
    b"\n",
    b"\r\n\r\n",
    b"\t",
    b"\x0b",
    b"\xe2\x80\xa8",
    b"\xc2\x85",
    b"{",
    b"[",
    b"}",
    b'"',
    b"\\ud800",
    b"1e999",
    b"-1",
    b"9" * 40,
    b"charset=hex",
    b"charset=utf-7",
    b"charset=idna",
    b"<meta charset=hz>",
    b"*",
    b"$",
    b"%",
    b"%2",
    b"%00",
    b":",
    b"//",
    b"@",
    b"#",
    b"?",
    b"..",
    b"\\",
    b"User-agent:",
    b"Disallow: /",
    b"Crawl-delay: ",
    b"WARC/1.0\r\n",
    b"Content-Length: 9",
    b"Transfer-Encoding: chunked\r\n",
    b"\x1f\x8b\x08",
    b"0000-00-00T99:99:99+99:99",
    b"Thu, 99 Foo 99999 99:99 +9999",
)


@dataclass(frozen=True)
class Edit:
    """One change: `place` and `size` are shares of the document, in thousandths."""

    kind: str
    place: int
    size: int
    token: bytes
    times: int

    def apply(self, document: bytes) -> bytes:
        start = len(document) * self.place // 1000
        end = min(len(document), start + 1 + len(document) * self.size // 4000)
        head, middle, tail = document[:start], document[start:end], document[end:]
        if self.kind == "insert":
            return head + self.token * self.times + middle + tail
        if self.kind == "repeat":
            return head + middle * min(self.times, 1 + 100_000 // max(1, len(middle))) + tail
        if self.kind == "flip":
            return head + bytes(byte ^ 0x80 for byte in middle) + tail
        if self.kind == "cut":
            return head + tail
        return head  # truncate


EDITS = st.builds(
    Edit,
    kind=st.sampled_from(["insert", "insert", "repeat", "flip", "cut", "truncate"]),
    place=st.integers(0, 1000),
    size=st.integers(0, 1000),
    token=st.sampled_from(TOKENS) | st.binary(min_size=1, max_size=8),
    times=st.sampled_from([1, 1, 1, 2, 7, 300, 5_000]),
)


def mutated(documents: st.SearchStrategy[bytes], most: int = 5) -> st.SearchStrategy[bytes]:
    """Documents after up to `most` edits, at most 300,000 bytes."""

    def edited(document: bytes, edits: Sequence[Edit]) -> bytes:
        for edit in edits:
            document = edit.apply(document)[:300_000]
        return document

    return st.builds(edited, documents, st.lists(EDITS, max_size=most))


# Documents --------------------------------------------------------------------------------

TEXTS = st.sampled_from(
    [
        "A title",
        "Größe &amp; Macht",
        "<![CDATA[<b>x</b> & y]]>",
        "&lt;p&gt;x&lt;/p&gt;",
        "",
        "人工知能",
        "&#38;lt;",
        "x" * 3_000,
        "&nbsp;&copy;&bogus;",
        "<div xmlns='http://www.w3.org/1999/xhtml'>x</div>",
    ]
)
LINKS = st.sampled_from(
    [
        "https://a.test/1",
        "/relative?a=1&amp;b=2",
        "//b.test",
        "",
        "javascript:alert(1)",
        "http://[::g]/",
        "https://u:p@a.test/",
        "http://\u2100.test/",
        "https://xn--/",
        "?",
        "urn:uuid:1",
        " https://a.test/ ",
    ]
)
DATES = st.sampled_from(
    [
        "Thu, 15 Oct 2026 09:30:00 GMT",
        "2026-10-15T09:30:00+02:00",
        "2026-10-15",
        "1790000000",
        "",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "Thu, 32 Foo 2026",
        "15 October 2026",
        "2026-10-15T24:61:61",
        "20261015",
        "Fri, 99 Feb 0000 25:00 ZZZ",
        "1e9",
        "٢٠٢٦-١٠-١٥",
    ]
)
ELEMENTS = (
    "<title>{text}</title>",
    "<title type='html'>{text}</title>",
    "<link>{link}</link>",
    "<link rel='alternate' href='{link}'/>",
    "<link rel='enclosure' href='{link}'/>",
    "<guid isPermaLink='true'>{link}</guid>",
    "<id>{link}</id>",
    "<pubDate>{date}</pubDate>",
    "<updated>{date}</updated>",
    "<published>{date}</published>",
    "<dc:date>{date}</dc:date>",
    "<category>{text}</category>",
    "<category term='{link}'/>",
    "<author><name>{text}</name></author>",
    "<dc:creator>{text}</dc:creator>",
    "<description>{text}</description>",
    "<unknown:x>{text}</unknown:x>",
    "<source url='{link}'>{text}</source>",
    "<content type='xhtml'>{text}</content>",
    "<itunes:image href='{link}'/>",
    "<georss:point>{date}</georss:point>",
    "<media:title>{text}</media:title>",
    "<loc>{link}</loc>",
    "<lastmod>{date}</lastmod>",
    "<news:news><news:title>{text}</news:title><news:genres>{text}</news:genres></news:news>",
    "<news:news><news:publication_date>{date}</news:publication_date></news:news>",
)
NAMESPACES = (
    "xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:itunes='http://www.itunes.com/dtds/podcast-1.0.dtd' "
    "xmlns:media='http://search.yahoo.com/mrss/' "
    "xmlns:georss='http://www.georss.org/georss' "
    "xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'"
)
RDF = "xmlns='http://purl.org/rss/1.0/' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
FRAMES = (
    (f"<rss version='2.0' {NAMESPACES}><channel><title>F</title>", "item", "</channel></rss>"),
    (f"<feed xmlns='http://www.w3.org/2005/Atom' {NAMESPACES} xml:base='/b/'>", "entry", "</feed>"),
    (f"<rdf:RDF {RDF} {NAMESPACES}><channel/>", "item", "</rdf:RDF>"),
    ("<CHANNEL>", "ITEM", "</CHANNEL>"),
    (f"<urlset {NAMESPACES}>", "url", "</urlset>"),
    ("<sitemapindex>", "sitemap", "</sitemapindex>"),
)
PROLOGS = st.sampled_from(
    [
        "",
        "<?xml version='1.0'?>",
        "<?xml version='1.0' encoding='iso-8859-1'?>",
        "\ufeff",
        "\n\n",
        "<!DOCTYPE r [<!ENTITY a 'b'><!ENTITY bogus '&a;&a;'>]>",
        "<!-- <x> -->",
        "<html><body>",
    ]
)
CODECS = st.sampled_from(["utf-8", "utf-8", "utf-16", "utf-32", "latin-1", "cp037", "utf-16-be"])


@st.composite
def markup(draw: st.DrawFn) -> bytes:
    """A feed or sitemap of a few entries."""
    start, name, end = draw(st.sampled_from(FRAMES))
    entries = []
    for _ in range(draw(st.integers(0, 4))):
        parts = draw(st.lists(st.sampled_from(ELEMENTS), max_size=8))
        fields = "".join(
            part.format(text=draw(TEXTS), link=draw(LINKS), date=draw(DATES)) for part in parts
        )
        entries.append(f"<{name}>{fields}</{name}>")
    text = draw(PROLOGS) + start + "".join(entries) + end
    return text.encode(draw(CODECS), "replace")


JSON_VALUES: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS | LINKS | DATES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
JSON_ITEMS = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "url",
            "external_url",
            "title",
            "date_published",
            "date_modified",
            "authors",
            "author",
            "tags",
            "name",
        ]
    ),
    JSON_VALUES,
    max_size=6,
)

ROBOTS = st.lists(
    st.sampled_from(
        [
            "User-agent: *",
            "User-agent: Broadsheet",
            "USER-AGENT : GPTBot # x",
            "Disallow: /",
            "Disallow:",
            "Disallow: /*.php$",
            "Allow: /news/*",
            "Crawl-delay: 2.5",
            "Crawl-delay: nan",
            "",
            "# grüße",
            "Sitemap: https://a.test/s.xml",
            "Request-rate: 1/0",
            "Request-rate: 1/10 0900-2400",
            "Visit-time: 9999-0000",
            "Noindex: /",
            "Disallow: /%zz%",
            "Disallow: https://a.test/x",
            "<html>",
        ]
    ),
    max_size=12,
).flatmap(
    lambda lines: st.builds(
        lambda end, codec: end.join(lines).encode(codec, "replace"),
        st.sampled_from(["\n", "\r\n", "\r"]),
        CODECS,
    )
)

URLS = st.builds(
    lambda *parts: "".join(parts).encode(),
    st.sampled_from(["https://", "http:", "HTTPS:\\\\", "//", "", "file:///", "javascript:"]),
    st.sampled_from(["", "u:p@", "u%40:p@", "@"]),
    st.sampled_from(
        [
            "a.test",
            "A.TEST.",
            "[::1]",
            "[::ffff:1.2.3.4]",
            "0x7f.1",
            "1.2.3.4.",
            "bücher.example",
            "xn--a",
            "a..",
            "\u2100",
            "ａ.test",
            "%61.test",
            "例え.テスト",
        ]
    ),
    st.sampled_from(["", ":80", ":443", ":0", ":99999", ":x", ":"]),
    st.sampled_from(["", "/", "/a/../b", "/%2e%2e/", "/%7e%41%zz", "/é", "\\x", "/a//b"]),
    st.sampled_from(["", "?", "?b=1&a=2&utm_source=x", "?&&=&a", "?%75tm_id=1", "?a=%2F%2f"]),
    st.sampled_from(["", "#", "#!x?y"]),
)


def warc_record(kind: str, target: str, http: str, body: bytes) -> bytes:
    block = http.encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {target}\r\n"
        "WARC-Date: 2026-10-15T12:00:00Z\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


RECORDS = st.builds(
    warc_record,
    st.sampled_from(["response", "response", "resource", "revisit", "request", "warcinfo"]),
    LINKS,
    st.sampled_from(
        [
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n",
            "HTTP/1.1 302 Found\r\n\r\n",
            "",
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n",
        ]
    ),
    st.sampled_from([b"<html>words", b"5\r\n<html\r\n0\r\n\r\n", b"<html>" + b"x" * 3_000, b""]),
)
WARCS = st.lists(RECORDS, max_size=5).flatmap(
    lambda records: st.sampled_from(
        [
            b"".join(records),
            b"".join(gzip.compress(record) for record in records),
            gzip.compress(b"".join(records)),
        ]
    )
)
