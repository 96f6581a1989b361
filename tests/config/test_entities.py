"""config/entities.yml: the shipped gazetteer is rich, consistent and checked where it can be."""

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import polars as pl
import pytest
import yaml

from core.config import Entities, Entity, load_entities
from enrich.gazetteer import Gazetteer, longest

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
CHAINS = {
    "amazon-mgm-studios": ["amazon"],
    "aws": ["amazon"],
    "audible": ["amazon"],
    "twitch": ["amazon"],
    "instagram": ["meta"],
    "whatsapp": ["meta"],
    "facebook": ["meta"],
    "deepmind": ["google", "alphabet"],
    "youtube": ["google", "alphabet"],
    "linkedin": ["microsoft"],
    "github-copilot": ["github", "microsoft"],
    "chatgpt": ["openai"],
    "claude-ai": ["anthropic"],
    "pixar": ["disney"],
    "harpercollins": ["news-corp"],
    "abilene-texas": ["texas", "united-states"],
}
MUST_BE_AMBIGUOUS = [
    "meta",
    "amazon",
    "apple",
    "oracle",
    "claude-ai",
    "google-gemini",
    "microsoft-copilot",
    "grok-ai",
    "sora-video",
    "llama-model",
    "arm",
    "intel",
    "tesla",
    "x-platform",
    "ring",
    "snap",
    "sky-group",
    "turkey",
    "georgia-us",
]


@pytest.fixture(scope="module")
def entities() -> Entities:
    return load_entities(ROOT / "config" / "entities.yml")


@pytest.fixture(scope="module")
def by_id(entities: Entities) -> dict[str, Entity]:
    return {entity.id: entity for entity in entities.entities}


def test_covers_the_field(entities: Entities) -> None:
    kinds = Counter(entity.type for entity in entities.entities)
    assert sum(kinds.values()) >= 420
    assert kinds["ORG"] >= 200
    assert kinds["PERSON"] >= 100
    assert kinds["PRODUCT"] >= 60
    assert kinds["PLACE"] >= 80
    assert min(kinds["WORK"], kinds["EVENT"], kinds["OTHER"]) >= 15


@pytest.mark.parametrize(("entity_id", "ancestors"), CHAINS.items())
def test_owners_and_makers(by_id: dict[str, Entity], entity_id: str, ancestors: list[str]) -> None:
    chain, parent = [], by_id[entity_id].parent
    while parent:
        chain.append(parent)
        parent = by_id[parent].parent
    assert chain == ancestors


def test_the_seed_case_has_its_entities(by_id: dict[str, Entity]) -> None:
    seeds = [by_id[one] for one in ("amazon", "amazon-mgm-studios", "openai", "meta")]
    assert {entity.type for entity in seeds} == {"ORG"}
    assert by_id["amazon-mgm-studios"].parent_relation == "owned_by"
    assert by_id["amazon-mgm-studios"].parent_from == date(2022, 3, 17)


@pytest.mark.parametrize(
    ("alias", "entity_id", "until"),
    [
        ("Facebook, Inc.", "meta", date(2021, 10, 28)),
        ("Facebook Inc.", "meta", date(2021, 10, 28)),
        ("Twitter", "x-platform", date(2023, 7, 23)),
    ],
)
def test_a_renamed_firm_is_one_entity(
    entities: Entities, alias: str, entity_id: str, until: date
) -> None:
    hit = longest(Gazetteer(entities).find(f"{alias} grew."))[0]
    assert hit.name.entity_id == entity_id
    names = next(one.names for one in entities.entities if one.id == entity_id)
    assert {name.alias: name.valid_to for name in names}[hit.name.alias] == until


def test_relations_fit_the_types(by_id: dict[str, Entity]) -> None:
    for entity in by_id.values():
        if entity.type == "PERSON":
            assert entity.parent is None, entity.id
        if entity.type == "ORG" and entity.parent in {"european-union", "us-congress", "pentagon"}:
            assert entity.parent_relation == "part_of", entity.id
        if entity.type == "PRODUCT":
            assert entity.parent, entity.id
            assert by_id[entity.parent].type in {"ORG", "PRODUCT"}, entity.id
        if entity.type == "PLACE" and entity.parent:
            assert by_id[entity.parent].type == "PLACE", entity.id


def test_no_name_belongs_to_two_entities(entities: Entities) -> None:
    owners: dict[str, set[str]] = defaultdict(set)
    for entity in entities.entities:
        aliases = [name.alias for name in entity.names]
        assert [one for one, number in Counter(aliases).items() if number > 1] == [], entity.id
        for name in entity.names:
            owners[name.alias.casefold()].add(entity.id)
    assert {alias: ids for alias, ids in owners.items() if len(ids) > 1} == {}


def test_names_that_are_other_things_too_need_a_context(by_id: dict[str, Entity]) -> None:
    for entity_id in MUST_BE_AMBIGUOUS:
        entity = by_id[entity_id]
        assert entity.names[0].context, entity_id
    for entity in by_id.values():
        assert entity.ambiguous == bool(entity.context), entity.id
        for name in entity.names:
            is_plain_word = name.alias.isalpha() and name.alias.islower()
            assert name.context or not is_plain_word, f"{entity.id}: '{name.alias}'"


def test_an_ambiguous_name_waits_for_its_context(entities: Entities) -> None:
    gazetteer = Gazetteer(entities)
    tale = "The priest told the Oracle that a Meta stone lay by the Amazon."
    hits = gazetteer.find(tale)
    assert {hit.name.entity_id for hit in hits} == {"oracle", "meta", "amazon"}
    agrees = gazetteer.context_check(tale)
    assert all(hit.needs_agreement and not agrees(hit.name) for hit in hits)
    news = "Meta and Oracle will rent data centres from Amazon, the company said."
    agrees = gazetteer.context_check(news)
    assert all(agrees(hit.name) for hit in gazetteer.find(news))


def test_every_qid_is_given_once(entities: Entities) -> None:
    qids = Counter(entity.qid for entity in entities.entities if entity.qid)
    assert len(qids) >= 1_200
    assert [qid for qid, number in qids.items() if number > 1] == []


def test_no_qid_is_something_else_in_the_knowledge_base(entities: Entities) -> None:
    """The knowledge base has a part of our ids; a name of ours may have a word more or less."""
    folder = CORPUS / "kb"
    if not folder.exists():
        pytest.skip("needs the knowledge base of ../shared/corpus")
    known = known_names(folder)
    checked = [entity for entity in entities.entities if entity.qid and entity.qid in known]
    assert len(checked) >= 400
    for entity in checked:
        ours = [set(name.alias.casefold().split()) for name in entity.names]
        theirs = [set(name.split()) for name in known[str(entity.qid)] if name]
        agree = any(a <= b or b <= a for a in ours for b in theirs)
        assert agree, f"{entity.id}: {entity.qid} is something else"


def known_names(folder: Path) -> dict[str, set[str]]:
    """Case-folded names by QID of brands, countries and legislators."""
    known: dict[str, set[str]] = defaultdict(set)
    brands = pl.read_parquet(folder / "brands.parquet", columns=["qid", "label", "aliases"])
    for qid, label, aliases in brands.iter_rows():
        known[qid] |= {one.casefold() for one in (label, *(aliases or [])) if one}
    with (folder / "country-codes.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            qid = row["wikidata_id"].rsplit("/", 1)[-1]
            forms = (row["CLDR display name"], row["official_name_en"], row["UNTERM English Short"])
            known[qid] |= {form.casefold() for form in forms}
    text = (folder / "legislators-current.yaml").read_bytes()
    for person in yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
        name = person["name"]
        forms = {f"{name['first']} {name['last']}", name.get("official_full", "")}
        forms |= {person["id"].get("wikipedia", ""), f"{name.get('nickname')} {name['last']}"}
        known[person["id"].get("wikidata", "")] |= {form.casefold() for form in forms}
    return known
