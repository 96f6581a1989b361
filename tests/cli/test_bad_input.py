"""Bad input: each is one clear sentence and a non-zero exit, or a disposition; nothing is lost."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl
import pytest

from core.config import PROJECT_ROOT
from core.files import exclusive_lock
from core.home import Home
from core.landed import read_landed
from core.plan import plan_run
from ingest.collect import collect_shard
from ingest.extract_shard import extract_shard
from ingest.land import land_edition
from tests.support.serving import serve_site

SAMPLE = PROJECT_ROOT / "config" / "sources.yml"
WORDS = "The café at the hôtel in Genève, naïve as it was, paid “£5” for each façade. " * 6


def refused(root: str | Path, *words: str) -> str:
    """The sentence that `broadsheet …` refuses with, quickly and without a traceback."""
    ended = subprocess.run(
        [sys.executable, "-m", "cli.main", *words],
        cwd=PROJECT_ROOT, env={**os.environ, "BROADSHEET_HOME": str(root)},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert ended.returncode == 1, ended.stdout + ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""
    assert ended.stderr.startswith("broadsheet: ")
    return ended.stderr.removeprefix("broadsheet: ")


# The command line ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("entry_points:", "entry_pionts:", "'sources.0.entry_pionts' is not a known key"),
        ("timezone: Europe/London", "timezone: Europe/Londen", "is not an IANA time zone"),
        ('url: "http://www.albion', 'url: "htp://www.albion', "is not an http or https URL"),
        ("id: reel-ledger", "id: albion-post", "source id 'albion-post' is used twice"),
        ("sources:\n", "sources: [\n", "not valid YAML"),
    ],
)
def test_a_typo_in_the_sources_file(
    home: Home, tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    path = tmp_path / "typo.yml"
    text = SAMPLE.read_text("utf-8")
    assert right in text
    path.write_text(text.replace(right, wrong, 1), encoding="utf-8")
    told = refused(home.root, "run", "--sources", str(path))
    assert says in told
    file, line, _ = told.split(":", 2)
    assert file == str(path)
    assert 1 <= int(line) <= len(text.splitlines()) + 1
    assert list(home.root.iterdir()) == []


def test_a_sources_file_that_is_not_there(home: Home, tmp_path: Path) -> None:
    told = refused(home.root, "run", "--sources", str(tmp_path / "none.yml"))
    assert "none.yml does not exist" in told


@pytest.mark.parametrize(
    ("edition", "says"),
    [
        ("2999-01-01", "lies in the future"),
        ("16.10.2026", "is no date; write it as 2026-10-16"),
        ("2026-02-30", "is no date"),
    ],
)
def test_an_edition_that_cannot_be(home: Home, edition: str, says: str) -> None:
    assert says in refused(home.root, "run", "--edition", edition)
    assert not home.airflow.exists()


def test_a_home_that_cannot_be_made(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("not a folder")
    told = refused(file / "home", "run")
    assert str(file / "home") in told
    assert "name a folder that you may write" in told
    assert file.read_text() == "not a folder"


def test_a_home_that_is_read_only(tmp_path: Path) -> None:
    """A folder on a read-only mount, which refuses root, too."""
    if not Path("/proc/sys").is_dir():
        pytest.skip("no read-only file system to try: this is no Linux")
    told = refused("/proc/sys/broadsheet", "run")
    assert "BROADSHEET_HOME" in told
    if os.getuid() != 0:
        tmp_path.chmod(0o555)
        assert "Permission denied" in refused(tmp_path, "run")


def test_asking_a_home_that_is_missing(tmp_path: Path) -> None:
    missing = tmp_path / "new" / "home"
    assert "nothing is published" in refused(missing, "sql", "select 1")
    assert not missing.exists()


@pytest.mark.parametrize("command", ["run", "up"])
def test_a_second_run_at_the_same_moment(home: Home, command: str) -> None:
    with exclusive_lock(home.run_lock):
        told = refused(home.root, command)
    assert f"another run or 'make up' is using {home.root}" in told
    assert not home.airflow.exists()


# Feeds and pages ----------------------------------------------------------------------------


def article(charset: str, declared: str) -> bytes:
    page = (
        f'<!doctype html><html lang="en"><head><meta charset="{declared}"><title>A café</title>'
        f"</head><body><article><h1>A café</h1><p>{WORDS}</p></article></body></html>"
    )
    return page.encode(charset, "xmlcharrefreplace")


PAGES = {
    "right": article("utf-8", "utf-8"),
    "windows-named-utf-8": article("cp1252", "utf-8"),
    "utf-8-named-latin": article("utf-8", "iso-8859-1"),
    "utf-16": article("utf-16", "utf-16"),
    "unknown-charset": article("utf-8", "x-none-such"),
    "empty": b"",
    "spaces": b" \n" * 500,
    "zeros": b"\0" * 5_000,
    "picture": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40,
    "no-text": b"<html><body><script>var a = 1</script></body></html>",
}
READABLE = ("right", "windows-named-utf-8", "utf-8-named-latin", "utf-16", "unknown-charset")
FEEDS = {
    "albionpost": "<!doctype html><html><body><h1>Log in</h1><a href='/a'>a</a></body></html>",
    "reelledger": "",
    "kazinabiashara": "<rss version='2.0'><channel><title>cut off</title><item><title>never en",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three outlets whose feeds are no feeds, and one with pages that are no pages."""
    folder = tmp_path_factory.mktemp("bad")
    text = SAMPLE.read_text("utf-8")
    (folder / "sources.yml").write_text(text.replace("../samples/site", "site"), "utf-8")
    hosts = {"albionpost": "www.albionpost.example"}
    names = ("rss.xml", "sitemap-news.xml", "feed/atom.xml")
    for outlet, body in FEEDS.items():
        for name in names:
            path = folder / "site" / hosts.get(outlet, f"{outlet}.example") / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(body)
    taktwerk = folder / "site" / "taktwerk.example"
    taktwerk.mkdir()
    links = "".join(f"<item><link>http://taktwerk.example/{name}</link></item>" for name in PAGES)
    (taktwerk / "feed.json").write_text(f"<rss version='2.0'><channel>{links}</channel></rss>")
    for name, body in PAGES.items():
        (taktwerk / f"{name}.html").write_bytes(body)
    return folder


@pytest.fixture(scope="module")
def landing(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What collecting, extracting and landing make of that site."""
    with (
        pytest.MonkeyPatch.context() as patch,
        contextmanager(serve_site)(site / "site") as address,
    ):
        patch.setenv("BROADSHEET_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("BROADSHEET_LOCAL_SITE", address)
        run = plan_run("bad", sources=str(site / "sources.yml"))
        for shard in run.shards:
            collect_shard("bad", shard.model_dump())
            extract_shard("bad", shard.model_dump())
        land_edition("bad")
        yield run.landing


def test_a_feed_that_is_html_is_said_and_stops_no_other_outlet(landing: Path) -> None:
    reports = dict(
        read_landed(landing, "source_report").select("source_id", "feed_status").iter_rows()
    )
    assert reports["albion-post"] == "not_a_feed"
    assert reports["reel-ledger"] == "not_a_feed"
    assert reports["kazi-na-biashara"] in {"not_a_feed", "ok"}
    assert reports["taktwerk"] in {"ok", "unreachable"}  # its sitemap is missing
    found = read_landed(landing, "discovered")
    assert set(found["source_id"]) == {"taktwerk"}


def test_a_page_that_is_no_page_has_its_disposition(landing: Path) -> None:
    ends = dict(
        read_landed(landing, "disposition")
        .select(pl.col("url").str.split("/").list.last(), "status")
        .iter_rows()
    )
    assert ends == {name: "loaded" if name in READABLE else "not_an_article" for name in PAGES}


def test_a_wrong_charset_is_seen_through(landing: Path) -> None:
    texts = dict(
        read_landed(landing, "article")
        .select(pl.col("url").str.split("/").list.last(), "text")
        .iter_rows()
    )
    for name in READABLE:
        assert WORDS.strip() in texts[name], name
