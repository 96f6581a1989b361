"""New names linked to a knowledge base that a real build made, and landed with their owners."""

import csv
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from core.config import PROJECT_ROOT, Entities
from core.identity import local_entity_id, qid_of_known
from core.knowledge_base import KnowledgeBase, KnowledgeBaseError
from core.landed import read_landed
from core.plan import Run, load_run
from core.yaml_files import load_model
from enrich.document import Document
from enrich.gazetteer import Gazetteer
from enrich.knowledge import described, link_known
from enrich.links import KNOWLEDGE_BASE, NEW_NAME, SHORT_FORM
from enrich.mentions import Mention, find_mentions
from enrich.ner import recognise
from enrich.run import enrich_shard
from enrich.spans import Span
from eval.links import read_linked
from ingest.wikidata_build import build
from ingest.wikidata_classes import Classes
from tests.enrich.newsroom import article, land
from tests.support import wikidata as w

CLASSES = load_model(PROJECT_ROOT / "config" / "wikidata-classes.yml", Classes)
FIRM, TOWN, HUMAN = "Q4830453", "Q486972", "Q5"
WORLD = [
    w.entity("Q100", "Syldavia", "Q6256", sitelinks=90, claims={"P297": [w.text("P297", "SY")]}),
    w.entity("Q101", "Klow", TOWN, sitelinks=40, claims={"P17": [w.item("P17", "Q100")]}),
    w.entity("Q102", "Klow", TOWN, sitelinks=3),
    w.entity("Q103", "Lantern", FIRM, sitelinks=25, claims={"P749": [w.item("P749", "Q21708200")]}),
    w.entity("Q104", "Twin", FIRM, sitelinks=90),
    w.entity("Q105", "Twin", FIRM, sitelinks=30),
    w.entity("Q106", "Ottokar Muskar", HUMAN, aliases=["Muskar"], sitelinks=12),
    w.entity("Q107", "Chamber Pictures", FIRM, claims={"P749": [w.item("P749", "Q108")]}),
    w.entity("Q108", "MGM Studios", FIRM, aliases=["MGM Chambers"], sitelinks=8),
    w.entity("Q109", "Wick", FIRM, aliases=["Wick Brothers"], sitelinks=4),
    w.entity("Q21708200", "OpenAI Global", FIRM, aliases=["Open Intelligence"], sitelinks=99),
]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> KnowledgeBase:
    folder = tmp_path_factory.mktemp("kb")
    report = build(w.write_dump(folder / "d.json", WORLD), folder / "kb.parquet", CLASSES)
    return KnowledgeBase(folder / "kb.parquet", report.content_hash)


@pytest.fixture
def link(entities: Entities, base: KnowledgeBase) -> Callable[..., list[Mention]]:
    gazetteer = Gazetteer(entities)

    def linked(text: str, *names: tuple[str, str]) -> list[Mention]:
        document = Document("v", "en", "", text)
        spans = [
            Span("body", start, start + len(name), kind)
            for name, kind in names
            if (start := text.index(name)) >= 0
        ]
        found = find_mentions(document, gazetteer, sorted(spans))
        (mentions,) = link_known([document], [found], base, gazetteer)
        assert [one[:4] for one in mentions] == [one[:4] for one in found]
        return mentions

    return linked


def test_a_name_of_one_entity_of_the_type_seen(link: Callable[..., list[Mention]]) -> None:
    (lantern,) = link("The Lantern closed.", ("Lantern", "ORG"))
    assert (lantern.entity_id, lantern.entity_type) == ("wd:Q103", "ORG")
    assert lantern.link is KNOWLEDGE_BASE
    (place,) = link("The Lantern closed.", ("Lantern", "PLACE"))
    assert (place.entity_id, place.link) == (local_entity_id("PLACE", "Lantern"), NEW_NAME)


def test_the_best_known_of_several_if_it_is_far_ahead(link: Callable[..., list[Mention]]) -> None:
    klow, twin = link("Rain in Klow. Twin closed.", ("Klow", "PLACE"), ("Twin", "ORG"))
    assert klow.entity_id == "wd:Q101"
    assert (twin.entity_id, twin.link) == (local_entity_id("ORG", "Twin"), NEW_NAME)


def test_a_single_word_must_be_well_known(link: Callable[..., list[Mention]]) -> None:
    word, words = link("Wick closed. Wick Brothers did.", ("Wick", "ORG"), ("Wick Brothers", "ORG"))
    assert word.link is NEW_NAME
    assert words.entity_id == "wd:Q109"


def test_curated_entries_beat_the_knowledge_base(link: Callable[..., list[Mention]]) -> None:
    text = "OpenAI, or Open Intelligence, spoke."
    curated, known = link(text, ("OpenAI", "ORG"), ("Open Intelligence", "ORG"))
    assert curated.entity_id == known.entity_id == "openai"
    assert known.link is KNOWLEDGE_BASE
    (same_name,) = link("MGM Chambers closed.", ("MGM Chambers", "ORG"))
    assert same_name.entity_id == "amazon-mgm-studios"  # an entry without a QID


def test_a_person_needs_a_full_name_and_short_forms_follow(
    link: Callable[..., list[Mention]],
) -> None:
    (alone,) = link("Muskar spoke.", ("Muskar", "PERSON"))
    assert alone.link is NEW_NAME
    full, short = link("Ottokar Muskar spoke. Then Muskar left.", ("Ottokar Muskar", "PERSON"))
    assert (full.entity_id, full.link) == ("wd:Q106", KNOWLEDGE_BASE)
    assert (short.entity_id, short.link) == ("wd:Q106", SHORT_FORM)


@pytest.mark.parametrize(
    "text",
    [
        "Klow won the match: their striker scored a goal for the team.",
        "Northern Klow burns.",
        "Klow Rangers won.",
    ],
)
def test_a_place_that_is_not_meant_stays_new(link: Callable[..., list[Mention]], text: str) -> None:
    (klow,) = link(text, ("Klow", "PLACE"))
    assert klow.link is NEW_NAME


def test_what_is_landed_of_an_entity_and_those_above(
    base: KnowledgeBase, entities: Entities
) -> None:
    rows = described(["Q101", "Q103", "Q107"], base, Gazetteer(entities))
    told = rows.select("entity_id", "name", "parent_id", "relation", "country").rows()
    assert sorted(told) == [
        ("wd:Q100", "Syldavia", None, None, None),
        ("wd:Q101", "Klow", "wd:Q100", "located_in", "SY"),
        ("wd:Q103", "Lantern", "openai", "owned_by", None),
        ("wd:Q107", "Chamber Pictures", "amazon-mgm-studios", "owned_by", None),
    ]


def use(run_folder: Path, base: KnowledgeBase, content_hash: str) -> None:
    path = run_folder / "entities.yml"
    named = f'knowledge_base: {{file: {base.path}, content_hash: "{content_hash}"}}\n'
    path.write_text(named + path.read_text(encoding="utf-8"), encoding="utf-8")


def test_an_edition_lands_what_it_names(
    planned: Callable[[str, str], Run], base: KnowledgeBase, tmp_path: Path
) -> None:
    whole = {"label": "all", "index": 0, "count": 1}
    page = article(
        "https://a.example/1", "Talks", "Ottokar Muskar met Sam Altman in Klow on Monday."
    )
    plain = planned("plain", "2026-10-16")
    land(plain, page)
    enrich_shard(plain.run_id, whole)
    assert read_landed(plain.landing, "kb_entity").is_empty()
    use(tmp_path / "config", base, base.content_hash)
    run = planned("known", "2026-10-16")
    enrich_shard(run.run_id, whole)
    mentions = read_landed(run.landing, "mention")
    by_rule = dict(mentions.select("surface", "entity_id").rows())
    assert by_rule == {
        "Ottokar Muskar": "wd:Q106", "Sam Altman": "sam-altman", "Klow": "wd:Q101",
    }  # fmt: skip
    known = read_landed(run.landing, "kb_entity")
    assert sorted(known["entity_id"]) == ["wd:Q100", "wd:Q101", "wd:Q106"]
    assert mentions.filter(pl.col("link_rule") == "knowledge_base").height == 2
    named = load_run(run.run_id).entities.knowledge_base
    assert named is not None
    assert named.content_hash == base.content_hash


def test_another_file_than_the_named_one_is_refused(
    planned: Callable[[str, str], Run], base: KnowledgeBase, tmp_path: Path
) -> None:
    use(tmp_path / "config", base, "0" * 16)
    with pytest.raises(KnowledgeBaseError, match=f"has the content {base.content_hash}"):
        planned("other", "2026-10-16")


def brands_and_countries(corpus: Path) -> list[w.Json]:
    """The real names of the corpus as a dump; it tells no popularity, so countries have more."""
    brands = pl.read_parquet(corpus / "kb" / "brands.parquet")
    with (corpus / "kb" / "country-codes.csv").open(encoding="utf-8") as file:
        countries = [one for one in csv.DictReader(file) if one["wikidata_id"]]
    rows = brands.select("qid", "label", "aliases").iter_rows()
    named = {qid: (label, aliases) for qid, label, aliases in rows}
    found = []
    for one in countries:
        qid = one["wikidata_id"].rpartition("/")[2]
        label, aliases = named.pop(qid, (one["CLDR display name"], ()))  # an id stands there once
        names = [one["UNTERM English Short"], label, *aliases]
        found.append(w.entity(qid, one["CLDR display name"], "Q6256", aliases=names, sitelinks=100))
    return found + [
        w.entity(qid, label, "Q431289", aliases=aliases) for qid, (label, aliases) in named.items()
    ]


def test_links_of_real_news_are_right(corpus: Path, tmp_path: Path, entities: Entities) -> None:
    out = tmp_path / "kb.parquet"
    dump = w.write_dump(tmp_path / "d.json", brands_and_countries(corpus))
    report = build(dump, out, CLASSES)
    assert report.entities > 27_000
    assert report.damaged_lines == 0
    linked = list(read_linked(corpus / "linking" / "msnbc.jsonl"))
    documents = [Document(str(place), "en", "", one.text) for place, one in enumerate(linked)]
    gazetteer = Gazetteer(entities)
    found = [
        find_mentions(one, gazetteer, spans)
        for one, spans in zip(documents, recognise(documents), strict=True)
    ]
    right = wrong = 0
    base = KnowledgeBase(out, report.content_hash)
    for one, mentions in zip(linked, link_known(documents, found, base, gazetteer), strict=True):
        for mention in mentions:
            if mention.link is KNOWLEDGE_BASE and (mention.start, mention.end) in one.gold:
                is_right = qid_of_known(mention.entity_id) == one.gold[mention.start, mention.end]
                right, wrong = right + is_right, wrong + (not is_right)
    assert right >= 20
    assert right / (right + wrong) >= 0.9
