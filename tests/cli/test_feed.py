"""`broadsheet feed`: the items of files, and a sentence for what is no feed."""

import json
from io import StringIO
from pathlib import Path

from cli.feed import list_feeds

RSS = (
    "<rss version='2.0'><channel><item><title>One</title><link>https://a.test/1</link>"
    "<pubDate>Thu, 15 Oct 2026 09:30:00 GMT</pubDate></item><item><title>No link</title></item>"
    "</channel></rss>"
)
SITEMAP = "<urlset><url><loc>https://a.test/2</loc><lastmod>2026-10-15</lastmod></url></urlset>"


def test_items_in_order_and_a_sentence_for_the_rest(tmp_path: Path) -> None:
    for name, content in (("a.xml", RSS), ("b.xml", SITEMAP), ("c.html", "<html>x</html>")):
        (tmp_path / name).write_text(content)
    names = ("a.xml", "b.xml", "c.html", "missing")
    out, errors = StringIO(), StringIO()
    assert list_feeds((tmp_path / name for name in names), out, errors) == 2
    rows = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [(row["url"], row["title"], row["published_at"]) for row in rows] == [
        ("https://a.test/1", "One", "2026-10-15T09:30:00Z"),
        (None, "No link", None),
        ("https://a.test/2", "", None),
    ]
    assert rows[2]["updated_at"] == "2026-10-15"
    assert [line.partition(": ")[0] for line in errors.getvalue().splitlines()] == [
        str(tmp_path / "c.html"),
        str(tmp_path / "missing"),
    ]
