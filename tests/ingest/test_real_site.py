"""The corpus' real pages as outlets on loopback: everything found, ended once, replayed alike."""

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from core.home import Home
from tests.ingest.test_collect import TABLES, collect, landed
from tests.support.news_site import build_real_site
from tests.support.serving import serve_site


@pytest.fixture(scope="module")
def real_site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, str]]:
    folder = tmp_path_factory.mktemp("real-site")
    sources = build_real_site(corpus, folder)
    for address in serve_site(folder):
        yield sources, address


def test_the_real_pages_are_loaded_and_replayed(
    home: Home, real_site: tuple[Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sources, address = real_site
    monkeypatch.setenv("BROADSHEET_LOCAL_SITE", address)
    run = collect(sources)
    first = landed(run)
    settled = first["disposition"]
    assert settled.height == first["discovered"].height == 181
    assert settled.select("source_id", "url").is_unique().all()
    assert (settled["status"] == "loaded").sum() >= 178
    assert first["source_report"].height == 126
    articles = first["article"]
    assert (articles["title"].str.len_chars() > 0).all()
    assert articles.filter(pl.col("published_day").is_null()).height < 10
    chosen = first["date_candidate"].group_by("article_id").agg(pl.col("is_chosen").sum())
    assert (chosen["is_chosen"] <= 1).all()

    monkeypatch.setenv("BROADSHEET_LOCAL_SITE", "127.0.0.1:9")  # nobody answers there
    second = landed(collect(sources, "replay"))
    assert all(second[table].equals(first[table]) for table in TABLES)


def test_copies_are_other_texts_of_the_same_outlets(corpus: Path, tmp_path: Path) -> None:
    sources = build_real_site(corpus, tmp_path, copies=2)
    assert sources == tmp_path / "sources.yml"
    copies = sorted((tmp_path / "copies").iterdir())
    assert len(copies) == 181
    assert len({path.read_bytes() for path in copies}) == 181
