"""`broadsheet sources test` over real HTTP on loopback: what it tells, and that nothing stays."""

import json
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from cli.main import app
from cli.sources import examine
from core.config import PROJECT_ROOT, Source, load_sources
from core.errors import BroadsheetError
from tests.ingest.site import WORDS, Site, feed, page, serving, write_sources

FEED = "https://one.test/feed"


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serving(Site()) as running:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", running.address)
        running.put("one.test", "/robots.txt", "User-agent: *\nDisallow: /shut/\n")
        listed = feed(
            ("https://one.test/a", "First"),
            ("https://one.test/shut/b", "Second"),
            ("https://one.test/gone", "Third"),
            ("https://one.test/d", "Fourth"),
        )
        running.put("one.test", "/feed", listed, kind="application/rss+xml", ETag='"v1"')
        head = '<meta name="robots" content="noai"><meta name="tdm-reservation" content="1">'
        running.put("one.test", "/a", page("Opinion: First", WORDS * 3, head))
        running.put("one.test", "/d", page("Fourth", f"LONDON (Reuters) - {WORDS * 4}"))
        yield running


@pytest.fixture
def temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where temporary files go; a test asserts that it is empty again."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return write_sources(
        tmp_path / "config", {"id": "one", "entry_points": [{"kind": "feed", "url": FEED}]}
    )


def told(given: str, sources: Path, limit: int = 10) -> tuple[int, dict[str, list[dict[str, Any]]]]:
    """The exit code, and the JSON records by kind."""
    out = StringIO()
    code = examine(given, sources, limit, out, as_json=True)
    records: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in out.getvalue().splitlines():
        record = json.loads(line)
        records[record.pop("record")].append(record)
    return code, records


@pytest.mark.parametrize("given", ["one", FEED])
def test_a_configured_source_item_by_item(
    given: str, site: Site, sources: Path, temporary_folder: Path
) -> None:
    code, records = told(given, sources)
    assert code == 0
    assert records["robots"][0]["verdict"] == "Broadsheet may fetch https://one.test/"
    entry = records["entry_point"][0]
    assert (entry["what"], entry["http_status"], entry["items"]) == ("RSS", 200, 4)
    assert entry["etag"] == '"v1"'
    ends = [(row["url"][16:], row["status"], row["http_status"]) for row in records["item"]]
    assert ends == [
        ("/a", "loaded", 200),
        ("/shut/b", "robots_disallowed", None),
        ("/gone", "fetch_failed", 404),
        ("/d", "loaded", 200),
    ]
    first, second, _, last = records["item"]
    assert (first["genre"], first["genre_method"]) == ("opinion", "title")
    assert first["robots_ai"] in {"noai", "disallowed"}
    assert first["tdm_reserved"] is True
    assert (first["published_precision"], first["language"]) == ("second", "en")
    assert first["word_count"] > 90
    assert second["reason"] == "disallowed by robots.txt"
    assert (last["origin"], last["origin_method"]) == ("agency", "dateline")
    assert records["summary"][0]["would_load"] == 2
    assert not list(temporary_folder.iterdir())
    assert ("one.test", "/shut/b") not in site.asked


def test_no_more_pages_are_asked_for_than_the_limit(site: Site, sources: Path) -> None:
    code, records = told("one", sources, limit=1)
    assert code == 0
    assert [row["status"] for row in records["item"]] == ["loaded"]
    assert records["summary"][0]["found"] == 4
    pages = [path for _, path in site.asked if path not in {"/feed", "/robots.txt"}]
    assert pages == ["/a"]


def test_a_page_is_searched_for_its_feeds(site: Site, sources: Path) -> None:
    head = (
        '<link rel="alternate" type="application/rss+xml" href="/feed" title="All">'
        '<link rel="alternate" type="application/atom+xml" href="/atom">'
        '<link rel="alternate" hreflang="de" href="/de">'
    )
    site.put("one.test", "/", page("Front", head=head))
    code, records = told("https://one.test/", sources)
    assert code == 0
    assert [(link["url"], link["what"]) for link in records["feed_link"]] == [
        (FEED, "RSS"),
        ("https://one.test/atom", "Atom"),
    ]
    assert [entry["what"] for entry in records["entry_point"]] == ["HTML page", "RSS"]
    source = Source.model_validate(yaml.safe_load(records["summary"][0]["stanza"])[0])
    assert source.entry_points[0].url == FEED
    assert source.language == "en"


def test_a_page_without_feeds_and_a_dead_feed_load_nothing(site: Site, sources: Path) -> None:
    site.put("one.test", "/about", page("About"))
    code, records = told("https://one.test/about", sources)
    assert code == 1
    assert records["summary"][0]["feed_status"] == "not_a_feed"
    assert records["summary"][0]["stanza"] is None
    code, records = told("https://one.test/nothing", sources)
    assert code == 1
    assert records["entry_point"][0]["http_status"] == 404
    assert records["summary"][0]["feed_status"] == "unreachable"


def test_a_sitemap_is_known_by_its_looks(site: Site, sources: Path) -> None:
    sitemap = "<urlset><url><loc>https://one.test/a</loc></url></urlset>"
    site.put("one.test", "/map.xml", sitemap, kind="application/xml")
    code, records = told("https://one.test/map.xml", sources)
    assert code == 0
    assert [entry["what"] for entry in records["entry_point"]] == ["sitemap"]
    assert yaml.safe_load(records["summary"][0]["stanza"])[0]["entry_points"] == [
        {"kind": "sitemap", "url": "https://one.test/map.xml"}
    ]


def test_on_the_real_network_loopback_is_refused(tmp_path: Path) -> None:
    sources = write_sources(
        tmp_path, {"id": "one", "entry_points": [{"kind": "feed", "url": FEED}]}, local_site=None
    )
    code, records = told("http://127.0.0.1:9/feed", sources)
    assert code == 1
    assert "private or reserved" in records["robots"][0]["verdict"]


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ("two", "neither a URL nor a configured source.*one of: one"),
        ("ftp://one.test/feed", "not an http or https URL"),
        ("https://ann:secret@one.test/feed", "must not carry a user name"),
    ],
)
def test_what_is_no_source_is_one_sentence(given: str, sentence: str, sources: Path) -> None:
    with pytest.raises(BroadsheetError, match=sentence) as refusal:
        examine(given, sources, 10, StringIO())
    assert "secret" not in str(refusal.value)


@pytest.mark.parametrize(
    "given",
    [f"http://{'a' * 300}.test/", "http://[one.test/", "http://one.test:99999/", "http://a b/"],
)
def test_a_url_that_no_one_could_fetch_is_one_sentence(given: str, sources: Path) -> None:
    with pytest.raises(BroadsheetError, match="URL") as refusal:
        examine(given, sources, 10, StringIO())
    assert "\n" not in str(refusal.value)


def test_a_long_host_makes_a_short_name(site: Site, tmp_path: Path) -> None:
    host = f"{'a' * 60}.{'b' * 18}.{'c' * 60}.one.test"
    points = [{"kind": "feed", "url": FEED}]
    sources = write_sources(
        tmp_path, {"id": "one", "homepage": f"http://{host}/", "entry_points": points}
    )
    site.put(host, "/feed", feed((f"http://{host}/a", "First")), kind="application/rss+xml")
    _, records = told(f"http://{host}/feed", sources)
    source = Source.model_validate(yaml.safe_load(records["summary"][0]["stanza"])[0])
    assert (source.id, source.name) == (f"{'a' * 60}-{'b' * 18}", host[:120])


COMMANDS = "\x1b]0;owned \x9b31m \x85 \u202e \u2066 \u2028"
ACTED_UPON = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printed(given: str, sources: Path) -> str:
    out = StringIO()
    examine(given, sources, 10, out)
    return out.getvalue()


def test_what_a_stranger_wrote_is_no_markup(site: Site, sources: Path) -> None:
    """As rich markup, a closing tag that nothing opened would end the command."""
    locations = "<sitemap><loc>https://one.test/[/evil]</loc></sitemap>"
    site.put("one.test", "/map.xml", f"<sitemapindex>{locations}</sitemapindex>")
    assert "https://one.test/[/evil]" in printed("https://one.test/map.xml", sources)


def test_what_a_stranger_wrote_commands_no_terminal(site: Site, sources: Path) -> None:
    robots = f"User-agent: *\nDisallow:\nSitemap: https://one.test/{COMMANDS}\n"
    site.put("one.test", "/robots.txt", robots)
    listed = feed(("https://one.test/a", "First"), ("https://one.test/\u202efdp", "[red]x\x9b[/]"))
    site.put("one.test", "/feed", listed, kind="application/rss+xml", ETag='"\x9b31m"')
    text = printed("one", sources)
    assert "it names the sitemap https://one.test/" in text
    assert not ACTED_UPON.search(text)
    out = StringIO()
    examine("one", sources, 10, out, as_json=True)
    assert not ACTED_UPON.search(out.getvalue())


def test_the_sample_is_served_for_the_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BROADSHEET_LOCAL_SITE", raising=False)
    sources = PROJECT_ROOT / "config" / "sources.yml"
    source = load_sources(sources).sources[0]
    words = ["sources", "test", source.id, "--sources", str(sources), "--limit", "2"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    assert "2 would be loaded" in result.output
    assert "robots.txt  200" in result.output
    assert f"  - id: {source.id}" in result.output


def test_an_archive_source_and_its_stanza(tmp_path: Path) -> None:
    lines = (
        json.dumps({"id": number, "title": f"Review: {number}", "text": f"{WORDS * 3}{number}"})
        for number in range(3)
    )
    (tmp_path / "records.jsonl").write_text("\n".join(lines))
    points = [{"kind": "jsonl", "path": "records.jsonl"}]
    sources = write_sources(
        tmp_path, {"id": "old", "entry_points": points, "active_from": "2099-01-01"}
    )
    code, records = told("old", sources, limit=2)
    assert code == 0
    assert [row["genre"] for row in records["item"]] == ["review", "review"]
    assert records["summary"][0]["would_load"] == 3
    stanza = yaml.safe_load(records["summary"][0]["stanza"])[0]
    assert stanza["entry_points"] == points
