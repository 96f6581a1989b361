"""`broadsheet explain`: of a published article by id and address, and of a file on the spot."""

import gzip
import io
import json
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli.explain import ExplainError, explain
from cli.json_lines import InputError
from core.config import PROJECT_ROOT
from core.content_hash import content_hash
from core.decisions import append_decision
from core.errors import BroadsheetError, HomeError, PublishError
from core.home import Home
from core.knowledge_base import KnowledgeBaseError
from core.yaml_files import load_model
from ingest.wikidata_build import build
from ingest.wikidata_classes import Classes
from tests.cli.test_extract import PAGE
from tests.dbt.newsroom import CONFIG, Article, Edition, write_config
from tests.dbt.runs import plan_edition, publish_editions
from tests.enrich.newsroom import small_configuration
from tests.reports.conftest import FIRST, NEWS, SECOND, STRIKE, UNION, VOICE
from tests.support.wikidata import entity, write_dump

CLASSES = PROJECT_ROOT / "config" / "wikidata-classes.yml"

pytestmark = pytest.mark.xdist_group("explain")

COPY = replace(NEWS, path="copy", source="ledger")
SECOND_WITH_COPY = replace(
    SECOND, articles=(*SECOND.articles, COPY), duplicates=((NEWS, COPY),),
    sources=("gazette", "courier", "ledger"),
)  # fmt: skip
HELD = Article("held", "gazette", "Held", ("Meta was held.",), NEWS.published)
LATER = Article("later", "gazette", "Later", ("Meta is later.",), NEWS.published)


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """Two published editions, one that is held back and one that nobody published yet."""
    folder = tmp_path_factory.mktemp("explained")
    home = Home(folder / "home")
    home.root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        patch.setenv("BROADSHEET_CONFIG", str(write_config(folder / "config")))
        publish_editions(home, "first", FIRST)
        publish_editions(home, "second", SECOND_WITH_COPY)
        held = plan_edition(home, "held", Edition(date(2026, 10, 17), (HELD,)))
        why = "3 expectations failed."
        append_decision(home, "hold", held.edition, content_hash(held.landing), "gate", why)
        plan_edition(home, "later", Edition(date(2026, 10, 18), (LATER,)))
    return home


@pytest.fixture
def published(newsroom: Home, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("BROADSHEET_CONFIG", str(newsroom.root.parent / "config"))
    return newsroom


@pytest.fixture
def small(tmp_path: Path, home: Home, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty home, a small configuration, and a folder for files."""
    small_configuration(tmp_path)
    monkeypatch.setenv("BROADSHEET_CONFIG", str(tmp_path))
    return tmp_path


def told(target: str | Path, **options: Any) -> str:
    out = io.StringIO()
    assert explain(str(target), out, **options) == 0
    return out.getvalue()


def record(target: str | Path, **options: Any) -> dict[str, Any]:
    (line,) = told(target, as_json=True, **options).splitlines()
    found: dict[str, Any] = json.loads(line)
    return found


def refused(kind: type[BroadsheetError], target: str | Path, **options: Any) -> str:
    with pytest.raises(kind) as caught:
        told(target, **options)
    message = str(caught.value)
    assert message.endswith(".")
    assert "\n" not in message
    return message


# published articles -----------------------------------------------------------------------


def test_an_article_by_its_id(published: Home) -> None:
    page = told(STRIKE.article_id, home=published, publication_id="p000001")
    assert "{union vote}¹" in page
    assert "Labour (labour, primary): score 1, threshold 1" in page
    assert "union 1" in page
    assert "1  union, weight 1: “union vote” (sentence 1)" in page
    assert "Published: 2026-10-14 11:00 UTC (minute, by meta)" in page
    assert "First seen: 2026-10-15 05:01 UTC (edition 2026-10-15)" in page
    assert "Genre: news (by default)" in page
    assert "!" not in page, "nothing to warn of"


def test_the_same_by_its_address_however_it_is_written(published: Home) -> None:
    one = told(NEWS.url, home=published)
    assert one == told(NEWS.article_id, home=published)
    assert one == told(f"{NEWS.url.upper().replace('/NEWS', '/news')}?utm_source=x", home=published)


def test_names_with_their_links(published: Home) -> None:
    found = record(VOICE.article_id, home=published, publication_id="p000001")
    names = {one["surface"]: one for one in found["mentions"]}
    assert names["MGM"]["entity_id"] == "amazon-mgm-studios"
    assert names["MGM"]["name"] == "Amazon MGM Studios"
    assert names["MGM"]["link_rule"] == "alias"
    assert names["Jane Doe"]["entity_id"].startswith("local:PERSON:")
    for one in found["mentions"]:
        section = found["title"] if one["section"] == "title" else found["text"]
        assert section[one["start"] : one["end"]] == one["surface"]
    page = told(VOICE.article_id, home=published, publication_id="p000001")
    assert re.search(r"\[Jane Doe\] .*PERSON.*nobody known \(NIL\).*0\.90", page)


def test_copies_and_story_with_outlet_and_time(published: Home) -> None:
    found = record(NEWS.article_id, home=published)
    (copy,) = found["duplicates"]
    assert (copy["article_id"], copy["outlet"]) == (COPY.article_id, "The Ledger")
    assert copy["first_seen_at"] == "2026-10-16 05:01:00"
    assert found["story"]["story_id"].startswith("story-")
    assert NEWS.article_id in [one["article_id"] for one in found["story"]["members"]]


def test_a_correction_says_so(published: Home) -> None:
    found = record(VOICE.article_id, home=published)
    assert found["notes"][0] == (
        "It was corrected (seen 2026-10-16 05:01 UTC); 2 wordings were seen, and this explains the "
        "current one."
    )
    assert found["title"] == "Studio used a voice clone of an actor"
    assert "changed without a notice" in record(STRIKE.article_id, home=published)["notes"][0]


def test_a_removal_says_so(published: Home) -> None:
    note = record(UNION.article_id, home=published)["notes"][0]
    assert note.startswith("The outlet took it down (seen 2026-10-16 05:01 UTC)")


def test_scores_that_todays_rules_do_not_give_are_told(published: Home) -> None:
    found = record(VOICE.article_id, home=published, publication_id="p000001")
    (theme,) = found["themes"]
    assert theme["score"] == 2.0
    assert theme["parts"] is None
    assert "give another score for likeness" in found["notes"][-1]


def test_another_taxonomy_is_told_and_what_nearly_was(published: Home, tmp_path: Path) -> None:
    other = tmp_path / "themes.yml"
    text = CONFIG["themes.yml"].replace('taxonomy_version: "1"', 'taxonomy_version: "2"')
    other.write_text(
        text + "  - {id: votes, name: Votes, description: What is put to a vote., threshold: 2.0,\n"
        "     rules: [{id: vote, phrases: [vote]}]}\n"
    )
    found = record(STRIKE.article_id, home=published, themes=other)
    assert "found by taxonomy 1; what nearly was is told by today's, 2" in found["notes"][-1]
    (near,) = found["nearly"]
    assert (near["theme_id"], near["score"], near["threshold"]) == ("votes", 1.0, 2.0)
    assert near["evidence"][0]["sentence"] == "A union vote is over."
    assert near["parts"]["rules"] == {"votes/vote": 1.0}
    page = told(STRIKE.article_id, home=published, themes=other)
    assert "Votes (votes): score 1, threshold 2" in page


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("0" * 16, "no edition collected an article of that id"),
        (HELD.article_id, "2026-10-17, which collected it, is held back (3 expectations failed)"),
        (HELD.url, "is held back (3 expectations failed)"),
        (LATER.article_id, "2026-10-18 collected it, and no publication has that edition yet"),
        ("https://courier.test/a", "the edition 2026-10-16 found it and ended with deferred (404)"),
        ("https://gazette.test/none", "of gazette.test it has 3 articles (The Gazette), first"),
        ("https://nobody.test/x", "nothing of nobody.test was ever collected"),
        ("http://[", "as an address it is not a URL"),
    ],
)
def test_what_is_not_published(published: Home, target: str, says: str) -> None:
    message = refused(ExplainError, target, home=published)
    assert message.startswith(f"{target} is not in publication p000002")
    assert says in message


def test_neither_id_nor_address_nor_file(published: Home) -> None:
    assert "no article id (16 hex digits)" in refused(ExplainError, "nonsense", home=published)


def test_nothing_published(home: Home) -> None:
    assert "nothing is published" in refused(PublishError, "0" * 16, home=home)


def test_a_publication_that_is_not_there(published: Home) -> None:
    message = refused(PublishError, STRIKE.article_id, home=published, publication_id="p9")
    assert "there is no publication 'p9'" in message


# files ------------------------------------------------------------------------------------


def test_a_text_is_read_on_the_spot(small: Path) -> None:
    path = small / "text.txt"
    path.write_text(
        "\ufeffOpenAI 😀 and a voice clone\n\nSam Altman’s digital replica.\nAltman spoke.\r\n"
    )
    found = record(path)
    assert found["title"] == "OpenAI 😀 and a voice clone"
    (theme,) = found["themes"]
    assert theme["parts"]["rules"] == {"likeness/replica": 1.75}
    assert theme["score"] == 1.75
    assert [one["surface"] for one in theme["evidence"]] == ["voice clone", "digital replica"]
    names = {one["surface"]: one for one in found["mentions"]}
    assert names["OpenAI"]["qid"] == "Q21708200"
    assert names["Altman"]["entity_id"] == "sam-altman"
    assert found["publication_id"] is None


def test_themes_that_nearly_were_say_what_spoke_for_them(small: Path) -> None:
    path = small / "text.txt"
    path.write_text("Workers went on strike against an AI.")
    found = record(path)
    assert found["themes"] == []
    (near,) = found["nearly"]
    assert (near["theme_id"], near["score"], near["threshold"]) == ("labour", 1.0, 1.5)
    assert near["evidence"][0]["surface"] == "went on strike"
    page = told(path)
    assert "No theme reached its threshold." in page
    assert "strike, “went on strike”: Workers went on strike against an AI." in page


def test_what_is_below_half_of_the_threshold_is_not_told(small: Path) -> None:
    (small / "themes.yml").write_text(
        (small / "themes.yml").read_text().replace("threshold: 1.5", "threshold: 2.01")
    )
    path = small / "text.txt"
    path.write_text("Workers went on strike against an AI.")
    assert record(path)["nearly"] == []


@pytest.mark.parametrize("name", ["page.html", "page", "page.html.gz"])
def test_a_saved_page_is_extracted_first(small: Path, name: str) -> None:
    path = small / name
    body = PAGE.encode() if name != "page" else b"<!doctype html>" + PAGE.encode()
    path.write_bytes(gzip.compress(body) if name.endswith("gz") else body)
    found = record(path)
    assert found["text"]
    assert "<" not in found["text"]
    assert found["about"]["genre_method"]


def test_documents_of_json_lines_are_explained_one_by_one(small: Path) -> None:
    path = small / "docs.jsonl"
    path.write_text(
        '{"id": 7, "title": "A", "text": "OpenAI and a voice clone."}\n\n{"id": 8, "text": "B."}\n'
    )
    first, second = (json.loads(line) for line in told(path, as_json=True).splitlines())
    assert (first["id"], second["id"]) == ("7", "8")
    assert [one["theme_id"] for one in first["themes"]] == ["likeness"]
    assert "holds 2 documents" in refused(InputError, path, html=small / "x.html")


def test_a_right_to_left_text_keeps_its_places(small: Path) -> None:
    path = small / "text.txt"
    path.write_text("שלום OpenAI עולם é 👩‍👩‍👧 " * 20)
    found = record(path)
    assert found["analysis_level"] == "gazetteer_only"
    assert len(found["mentions"]) == 20
    for one in found["mentions"]:
        assert found["text"][one["start"] : one["end"]] == "OpenAI"
    assert "only names of the gazetteer were looked for" in told(path)


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("empty.txt", b"", "is empty; give a text"),
        ("blank.txt", b" \n ", "is empty; give a text"),
        ("empty.gz", b"\x1f\x8b", "broken or too large gzip"),
        ("picture.png", b"\x89PNG\r\n\x1a\n", "is not UTF-8 text (byte 0)"),
        ("zeros.bin", b"a\0b", "is no text"),
        ("bad.jsonl", b"{", "line 1 on"),
        ("none.jsonl", b'{"id": 1}', "document 1 has no 'text'"),
        ("short.html", b"<html><p>Too short.</p>", "is no article: fewer than 25 words"),
    ],
)
def test_a_file_that_cannot_be_explained(small: Path, name: str, content: bytes, says: str) -> None:
    path = small / name
    path.write_bytes(content)
    assert says in refused(BroadsheetError, path)


def test_a_folder_is_no_file(small: Path) -> None:
    assert "cannot be read" in refused(BroadsheetError, small)


def test_the_page_is_a_file_of_its_own(small: Path) -> None:
    path, page = small / "text.txt", small / "page.html"
    path.write_text("OpenAI and a voice clone.")
    assert told(path, html=page) == f"{page}\n"
    html = page.read_text(encoding="utf-8")
    assert "<script" not in html
    assert re.findall(r'(?:src|href)="(?!#|https://www\.wikidata\.org/)[^"]*"', html) == []
    assert '<mark id="evidence-1" data-n="1">voice clone</mark>' in html


# options ----------------------------------------------------------------------------------


def test_a_page_never_takes_the_place_of_its_text(small: Path) -> None:
    path, link = small / "text.txt", small / "link.html"
    path.write_text("OpenAI and a voice clone.")
    link.symlink_to(path)
    for page in (path, small / "." / "text.txt", link):
        message = refused(ExplainError, path, html=page)
        assert message == f"the page would take the place of {path}; name another with --html."
    assert path.read_text() == "OpenAI and a voice clone."


def test_a_page_that_cannot_be_written(small: Path) -> None:
    path = small / "text.txt"
    path.write_text("OpenAI and a voice clone.")
    for missing in (small / "none" / "page.html", path / "page.html"):
        message = refused(ExplainError, path, html=missing)
        assert message == f"there is no folder {missing.parent} for the page; make it first."
    assert not (small / "none").exists()
    (small / "folder").mkdir()
    message = refused(HomeError, path, html=small / "folder")
    assert message.startswith(f"{small / 'folder'} cannot be written: Is a directory; name another")
    assert "edition" not in message


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"html": Path("page.html"), "as_json": True}, "give one of them"),
        ({"publication_id": "p000001"}, "--publication is for an article's id or address"),
    ],
)
def test_an_option_that_would_be_ignored(small: Path, options: dict[str, Any], says: str) -> None:
    path = small / "text.txt"
    path.write_text("OpenAI and a voice clone.")
    assert says in refused(ExplainError, path, **options)


def test_names_of_a_published_article_are_not_looked_for_anew(published: Home) -> None:
    message = refused(
        ExplainError, STRIKE.article_id, home=published, entities=Path("entities.yml")
    )
    assert "--entities is for a FILE" in message


def test_an_id_in_capitals_is_the_same(published: Home) -> None:
    assert told(STRIKE.article_id.upper(), home=published) == told(
        STRIKE.article_id, home=published
    )


@pytest.mark.parametrize("target", ["", " ", "x" * 5_000, "a\0b"])
def test_what_names_nothing(home: Home, target: str) -> None:
    assert "no article id (16 hex digits)" in refused(ExplainError, target, home=home)


def test_the_date_of_a_document_is_shown(small: Path) -> None:
    path = small / "docs.jsonl"
    one = {"id": 1, "text": "OpenAI.", "published_at": "2026-10-16T10:30:00+02:00"}
    two = {"id": 2, "text": "OpenAI.", "published_at": "2026-10-16", "url": "https://a.test/"}
    path.write_text("\ufeff" + json.dumps(one) + "\n" + json.dumps(two))
    page = told(path)
    assert "Published: 2026-10-16 08:30 UTC (minute, by published_at)" in page
    assert "Published: 2026-10-16 (day, by published_at)" in page
    assert "https://a.test/" in page
    path.write_text(json.dumps(one | {"published_at": "soon"}))
    assert "'published_at' is 'soon'; write a time such as" in refused(InputError, path)


def test_another_knowledge_base_than_the_one_that_is_named(small: Path, home: Home) -> None:
    dump = write_dump(small / "dump.json", [entity("Q1", "Ann", "Q5")])
    build(dump, home.kb / "base.parquet", load_model(CLASSES, Classes))
    entities, path = small / "entities.yml", small / "text.txt"
    named = 'knowledge_base: {file: base.parquet, content_hash: "0123456789abcdef"}\n'
    entities.write_text(named + entities.read_text())
    path.write_text("Ann spoke.")
    assert "but entities.yml names 0123456789abcdef" in refused(KnowledgeBaseError, path, home=home)
