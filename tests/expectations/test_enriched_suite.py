"""Each fault of an enriched batch fails the expectation that says what is true instead."""

from collections.abc import Callable
from typing import Any

import pytest

from core.plan import Run
from expectations.enriched_suite import enriched_suite
from expectations.validate import validate
from tests.expectations.healthy import Tables, healthy_tables, write_tables


def _failed(run: Run, tables: Tables) -> dict[str, str]:
    write_tables(run, tables)
    verdicts = validate(enriched_suite(run), run.work / "docs")
    return {one.expectation: one.severity for one in verdicts if not one.success}


def _set(table: str, **values: Any) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        tables[table][0].update(values)

    return damage


def _text_changed_under_offsets(tables: Tables) -> None:
    for article in tables["article"]:
        article["text"] = article["text"].encode().decode("latin-1")


def _off_by_one(tables: Tables) -> None:
    for mention in tables["mention"]:
        mention["char_start"] += 1
        mention["char_end"] += 1


def _missing_shard(tables: Tables) -> None:
    tables["analysis"] = tables["analysis"][::2]


def _mixed_versions(tables: Tables) -> None:
    for row in [*tables["analysis"][:3], *tables["mention"][:9]]:
        row["extractor_version"] = "x-0"


def _no_evidence(tables: Tables) -> None:
    tables["theme_evidence"].pop()


def _counted_twice(tables: Tables) -> None:
    tables["mention"].append(dict(tables["mention"][0]))


def _swallowing_entity(tables: Tables) -> None:
    for mention in tables["mention"]:
        mention["entity_id"] = "amazon"
    article = {name: tables["mention"][0][name] for name in ("article_id", "version_id")}
    tables["mention"] += [
        {**tables["mention"][0], **article, "char_start": start, "char_end": start + 1}
        for start in range(200)
    ]


def _stray_pair(tables: Tables) -> None:
    tables["near_duplicate"].append(
        {
            "article_id_a": "a" * 16,
            "version_id_a": "b" * 16,
            "article_id_b": "c" * 16,
            "version_id_b": "d" * 16,
            "jaccard": 0.9,
        }
    )


FAULTS: list[tuple[str, Callable[[Tables], None], str]] = [
    ("mojibake", _text_changed_under_offsets, "enriched_sentence.offsets_exact"),
    ("off by one", _off_by_one, "enriched_mention.offsets_exact"),
    ("missing shard", _missing_shard, "enriched_analysis.every_wording"),
    ("mixed versions", _mixed_versions, "enriched_batch.extractor_versions"),
    ("score", _set("article_theme", score=float("nan")),
     "enriched_article_theme.score_reaches_threshold"),
    ("confidence", _set("mention", confidence=1.7), "enriched_mention.confidence_in_range"),
    ("unknown entity", _set("mention", entity_id="acme"), "enriched_mention.entity_known"),
    ("wrong type", _set("mention", entity_type="PLACE"), "enriched_mention.curated_type_wins"),
    ("unknown theme", _set("theme_evidence", theme_id="acme"),
     "enriched_theme_evidence.theme_known"),
    ("wrong sentence", _set("mention", sentence_no=3),
     "enriched_mention.sentence_contains_it"),
    ("no evidence", _no_evidence, "enriched_article_theme.has_evidence"),
    ("counted twice", _counted_twice, "enriched_mention.key_unique"),
    ("swallowing entity", _swallowing_entity, "enriched_batch.entity_mention_share"),
    ("stray pair", _stray_pair, "enriched_near_duplicate.of_this_batch"),
    ("two primaries", _set("article_theme", is_primary=False),
     "enriched_article_theme.one_primary"),
]  # fmt: skip


def test_a_healthy_batch_passes(run: Run) -> None:
    assert _failed(run, healthy_tables(run)) == {}


@pytest.mark.parametrize(("damage", "expectation"), [fault[1:] for fault in FAULTS],
                         ids=[fault[0] for fault in FAULTS])  # fmt: skip
def test_a_fault_is_found(run: Run, damage: Callable[[Tables], None], expectation: str) -> None:
    tables = healthy_tables(run)
    damage(tables)
    assert _failed(run, tables).get(expectation) == "critical"
