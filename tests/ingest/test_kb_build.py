"""A knowledge base from a dump of a few hundred entities, in every form a dump may have."""

import bz2
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.config import PROJECT_ROOT
from core.knowledge_base import KnowledgeBase, KnowledgeBaseError, content_hash_of
from core.yaml_files import load_model
from ingest.wikidata_build import Choice, Report, build
from ingest.wikidata_classes import Classes, closed
from ingest.wikidata_dump import DumpError, blocks
from tests.support import wikidata as w

CLASSES = load_model(PROJECT_ROOT / "config" / "wikidata-classes.yml", Classes)
PEOPLE = 300


def world() -> list[w.Json | str]:
    """Firms with owners, places in countries, classes below classes, and many people."""
    company = {"P279": [w.item("P279", "Q4830453")]}
    bought = w.item("P749", "Q10", P580="+2012-04-09T00:00:00Z")
    sold = w.item("P749", "Q30", P582="+2012-04-09T00:00:00Z")
    return [
        w.entity("Q5", "human", sitelinks=200),
        w.entity("Q900", "social network firm", sitelinks=0, claims=company),
        w.entity(
            "Q10", "Harbour Group", "Q900", aliases=["Harbour", "The Harbour’s"], sitelinks=50,
            claims={"P17": [w.item("P17", "Q30")],
                    "P571": [w.time("P571", "+1976-00-00T00:00:00Z", 9)],
                    "P576": [w.time("P576", "+2020-02-00T00:00:00Z", 10)]},
        ),
        w.entity("Q11", "Lantern", "Q900", claims={"P749": [sold, bought]}),
        w.entity("Q12", "Harbour", "Q486972", sitelinks=3, claims={"P17": [w.item("P17", "Q30")]}),
        w.entity("Q30", "Borduria", "Q6256", sitelinks=180,
                 claims={"P297": [w.text("P297", "BO")], "P17": [w.item("P17", "Q30")]}),
        w.entity("Q13", "Unlinked Firm", "Q900", sitelinks=0),
        w.entity("Q14", "Nur Deutsch", "Q5", language="de"),
        w.entity("Q15", "Ring A", "Q4830453", claims={"P127": [w.item("P127", "Q16")]}),
        w.entity("Q16", "Ring B", "Q4830453", claims={"P127": [w.item("P127", "Q15")]}),
        w.entity("Q17", "Two Owners", "Q4830453",
                 claims={"P127": [w.item("P127", "Q10"), w.item("P127", "Q16")]}),
        w.entity("Q18", "A Paper on Lamps", "Q13442814", sitelinks=4),
        w.entity("Q19", "Mul Name", "Q5", language="mul"),
        *(w.entity(f"Q{1000 + number}", f"Person {number}", "Q5") for number in range(PEOPLE)),
    ]  # fmt: skip


DUMP = b"[\n" + b",\n".join(
    w.line(one).encode() for one in world() if isinstance(one, dict)
) + b"\n]\n"  # fmt: skip


def made(folder: Path, dump: Path, **more: Any) -> tuple[pl.DataFrame, Report]:
    report = build(dump, folder / "kb.parquet", CLASSES, **more)
    return pl.read_parquet(folder / "kb.parquet"), report


def row(frame: pl.DataFrame, qid: str) -> dict[str, Any]:
    return frame.filter(pl.col("qid") == qid).row(0, named=True)


def test_types_names_owners_and_popularity(tmp_path: Path) -> None:
    frame, report = made(tmp_path, w.write_dump(tmp_path / "d.json", world()))
    harbour = row(frame, "Q10")
    assert sorted(frame.filter(pl.col("qid") == "Q10")["name"]) == [
        "Harbour", "Harbour Group", "The Harbour's",
    ]  # fmt: skip
    assert (harbour["label"], harbour["entity_type"], harbour["popularity"]) == (
        "Harbour Group", "ORG", 50,
    )  # fmt: skip
    assert (harbour["country"], harbour["parent_qid"]) == ("BO", None)
    assert (harbour["existed_from"], harbour["existed_to"]) == (date(1976, 1, 1), date(2020, 2, 29))
    lantern = row(frame, "Q11")
    assert (lantern["parent_qid"], lantern["relation"]) == ("Q10", "owned_by")
    assert (lantern["parent_from"], lantern["parent_to"]) == (date(2012, 4, 9), None)
    town = row(frame, "Q12")
    assert (town["parent_qid"], town["relation"], town["country"]) == ("Q30", "located_in", "BO")
    assert row(frame, "Q30")["parent_qid"] is None
    assert report.items == len(world())
    assert report.by_type == {"PERSON": PEOPLE + 1, "ORG": 5, "PLACE": 2}
    assert (report.names, report.damaged_lines) == (frame.height, 0)
    assert report.content_hash == content_hash_of(tmp_path / "kb.parquet")


def test_what_is_left_out(tmp_path: Path) -> None:
    frame, _ = made(tmp_path, w.write_dump(tmp_path / "d.json", world()))
    assert {"Q5", "Q900", "Q13", "Q14", "Q18"}.isdisjoint(frame["qid"])
    assert row(frame, "Q15")["parent_qid"] is row(frame, "Q16")["parent_qid"] is None  # a cycle
    assert row(frame, "Q17")["parent_qid"] is None  # nobody owns it alone
    assert row(frame, "Q19")["label"] == "Mul Name"


def test_languages_and_links_are_chosen(tmp_path: Path) -> None:
    dump = w.write_dump(tmp_path / "d.json", world())
    frame, _ = made(tmp_path, dump, choice=Choice(("de",), 0))
    assert frame["qid"].to_list() == ["Q14"]
    (tmp_path / "kb.parquet").unlink()
    frame, _ = made(tmp_path, dump, choice=Choice(least_links=0))
    assert row(frame, "Q13")["popularity"] == 0
    (tmp_path / "kb.parquet").unlink()
    frame, _ = made(tmp_path, dump, choice=Choice(least_links=100))
    assert frame["qid"].to_list() == ["Q30"]


@pytest.mark.parametrize("form", ["gz", "bz2", "lines", "export", "printed", "members"])
def test_every_form_of_a_dump_gives_the_same(tmp_path: Path, form: str) -> None:
    plain = w.write_dump(tmp_path / "plain.json", world())
    wanted, _ = made(tmp_path, plain)
    content, entities = plain.read_bytes(), world()
    dump = tmp_path / {"gz": "d.json.gz", "bz2": "d.json.bz2", "members": "m.json.gz"}.get(
        form, "d.json"
    )
    export = {"entities": {one["id"]: one for one in entities if isinstance(one, dict)}}
    half = len(content) // 2
    dump.write_bytes(
        {
            "gz": gzip.compress(content),
            "bz2": bz2.compress(content),
            "members": gzip.compress(content[:half]) + gzip.compress(content[half:]),
            "lines": "\n".join(map(json.dumps, entities)).encode(),
            "export": w.line(export).encode(),
            "printed": json.dumps(export, indent=2).encode(),
        }[form]
    )
    (tmp_path / "again").mkdir()
    found, report = made(tmp_path / "again", dump)
    assert found.equals(wanted)
    assert (report.items, report.damaged_lines) == (len(entities), 0)


def test_workers_and_blocks_change_nothing(tmp_path: Path) -> None:
    people = (w.entity(f"Q{number}", f"Person {number}", "Q5") for number in range(1, 12_001))
    crowd = [one | {"pageid": "x" * 500} for one in people]  # three blocks
    crowd[7_000] |= {"labels": 5}
    dump = w.write_dump(tmp_path / "d.json", crowd)
    (tmp_path / "two").mkdir()
    seen: list[tuple[int, int]] = []
    one, report = made(tmp_path, dump, workers=1)
    two, again = made(tmp_path / "two", dump, workers=2, progress=lambda *at: seen.append(at))
    assert len(seen) > 1
    assert seen[-1] == (dump.stat().st_size, report.items)
    assert two.equals(one)
    assert again == report
    assert report.damaged[0].line == 7_002


def test_of_repeated_ids_the_first_is_kept_and_the_others_are_told(tmp_path: Path) -> None:
    entities = [
        w.entity("Q10", "First", "Q4830453"),
        *(w.entity(f"Q{number}", f"Person {number}", "Q5") for number in range(11, 14)),
        w.entity("Q10", "Second", "Q4830453", sitelinks=9),
        w.entity("Q12", "Person 12", "Q5"),
        w.entity("Q10", "Third", "Q5"),
    ]
    frame, report = made(tmp_path, w.write_dump(tmp_path / "d.json", entities))
    assert frame.select("qid", "label").rows() == [
        ("Q10", "First"), ("Q11", "Person 11"), ("Q12", "Person 12"), ("Q13", "Person 13"),
    ]  # fmt: skip
    assert (report.entities, report.repeated) == (4, 3)
    assert report.repeated_ids == ["Q10", "Q12"]


def test_damaged_lines_are_counted_and_named(tmp_path: Path) -> None:
    whole = w.line(w.entity("Q77", "Whole", "Q5"))
    lines = [
        whole[:-20],
        "not json",
        whole.replace('"Whole"', '"\\ud800"'),
        "[" * 100_000,
        whole.replace('"labels":{', '"labels":{"en":7,'),
        '{"type":"property","id":"P31"}',
        '{"id":"Q404","missing":""}',
        whole,
    ]
    frame, report = made(tmp_path, w.write_dump(tmp_path / "d.json", lines))
    assert frame["name"].to_list() == ["Whole"]
    assert report.damaged_lines == len(report.damaged) == 5
    assert [(one.line, one.qid) for one in report.damaged] == [
        (2, "Q77"), (3, "no id"), (4, "Q77"), (5, "no id"), (6, "Q77"),
    ]  # fmt: skip
    assert [one.reason for one in report.damaged] == [
        "it is no JSON, or only a part of it",
        "it is no JSON, or only a part of it",
        "it is no JSON, or only a part of it",
        "it is not made as Wikidata makes an entity",
        "it is not made as Wikidata makes an entity at 'labels.en'",
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("d.json.gz", gzip.compress(b"[\n" + b"x" * 100_000)[:-30], "damaged or was cut off"),
        ("d.json.gz", b"plain text", "damaged or was cut off"),
        ("d.json.bz2", bz2.compress(b"[\n" * 1_000)[:-9], "cut off|cannot be read"),
        ("d.json.bz2", b"plain text", "cannot be read"),
        ("d.json", b"", "is empty; give a Wikidata JSON dump"),
        ("d.json", b"[\n]\n", "no entity to keep among 0 items; give a Wikidata JSON dump"),
        (
            "d.json",
            b"<html>\n<p>Not found\n",
            r"2 damaged lines \(line 1: it is no JSON, or only a part of it, line 2: ",
        ),
        ("d.json", b"\x89PNG\r\n\0\0", "is no text"),
        ("d.json", gzip.compress(b"[\n]\n"), "is packed; give it a name that ends in .gz"),
        ("d.json", DUMP[: DUMP.rindex(b"]")], "was cut off: it opens an array"),
        ("d.json", DUMP[: len(DUMP) // 2], "was cut off: it opens an array"),
        ("d.json", DUMP[: DUMP.rindex(b"[]") + 2], "was cut off: it opens an array"),
        ("d.json.gz", gzip.compress(DUMP[: DUMP.rindex(b"]")]), "was cut off: it opens an array"),
    ],
    ids=[
        *("cut gzip", "no gzip", "cut bzip2", "no bzip2", "empty", "no entity", "a page"),
        *("a picture", "packed", "cut before the end", "cut in half", "cut after a bracket"),
        "cut, then packed",
    ],
)
def test_a_file_that_is_no_dump_leaves_nothing(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    dump = tmp_path / name
    dump.write_bytes(content)
    out = tmp_path / "kb" / "kb.parquet"
    with pytest.raises(DumpError, match=message):
        build(dump, out, CLASSES)
    assert list(out.parent.iterdir()) == []


def test_an_interrupted_build_leaves_nothing(tmp_path: Path) -> None:
    dump = w.write_dump(tmp_path / "d.json", world())

    def interrupt(_bytes: int, _items: int) -> None:
        raise KeyboardInterrupt

    out = tmp_path / "kb" / "kb.parquet"
    with pytest.raises(KeyboardInterrupt):
        build(dump, out, CLASSES, progress=interrupt)
    assert list(out.parent.iterdir()) == []


def test_blocks_are_whole_lines(tmp_path: Path) -> None:
    dump = w.write_dump(tmp_path / "d.json", world())
    packed = w.write_dump(tmp_path / "d.json.gz", world())
    for path in (dump, packed):
        pieces = [one.read() for one in blocks(path, 1_000)]
        assert len(pieces) > 100
        assert b"".join(pieces) == dump.read_bytes()
        assert all(piece.endswith(b"\n") for piece in pieces)


@given(st.sets(st.tuples(st.integers(1, 30), st.integers(1, 30)), max_size=60))
@settings(max_examples=60, deadline=None)
def test_every_class_has_the_type_of_the_nearest_above_it(edges: set[tuple[int, int]]) -> None:
    table = Classes.model_validate(
        {"classes": {"ORG": {"Q1": "a"}, "PLACE": {"Q2": "b", "Q3": "c"}}}
    )
    frame = pl.DataFrame(
        [(f"Q{a}", f"Q{b}") for a, b in edges], schema=["child", "parent"], orient="row"
    ).cast({"child": pl.String, "parent": pl.String})
    found = {row["class"]: row for row in closed(table.table(), frame).iter_rows(named=True)}
    for name, kept in found.items():
        above = [found[f"Q{b}"]["depth"] for a, b in edges if f"Q{a}" == name and f"Q{b}" in found]
        assert kept["depth"] == (0 if name in {"Q1", "Q2", "Q3"} else min(above) + 1)
    missing = {f"Q{a}" for a, b in edges if f"Q{b}" in found} - found.keys()
    assert not missing


def test_another_file_is_no_knowledge_base(tmp_path: Path) -> None:
    with pytest.raises(KnowledgeBaseError, match="there is no knowledge base at"):
        KnowledgeBase.opened(tmp_path / "absent.parquet")
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "other.parquet")
    with pytest.raises(KnowledgeBaseError, match="version None"):
        KnowledgeBase.opened(tmp_path / "other.parquet")
    (tmp_path / "text.parquet").write_text("no", encoding="utf-8")
    with pytest.raises(KnowledgeBaseError, match="is no knowledge base"):
        KnowledgeBase.opened(tmp_path / "text.parquet")
