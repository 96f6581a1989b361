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


def _set(table: str, row: int, **values: Any) -> Callable[[Tables], None]:
    def damage(tables: Tables) -> None:
        tables[table][row].update(values)

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


# Damage that can be done to one batch at once, and the critical expectations that find it.
FAULTS: dict[str, tuple[list[Callable[[Tables], None]], set[str]]] = {
    "text changed": ([_text_changed_under_offsets], {"enriched_sentence.offsets_exact"}),
    "off by one": ([_off_by_one], {"enriched_mention.offsets_exact"}),
    "swallowing entity": ([_swallowing_entity], {"enriched_batch.entity_mention_share"}),
    "values": (
        [_set("article_theme", 0, score=float("nan")),
         _set("article_theme", 1, is_primary=False),
         _set("mention", 0, confidence=1.7),
         _set("mention", 1, entity_id="acme"),
         _set("mention", 3, entity_type="PLACE"),
         _set("mention", 4, sentence_no=3),
         _set("theme_evidence", 0, theme_id="acme")],
        {"enriched_article_theme.score_reaches_threshold", "enriched_article_theme.one_primary",
         "enriched_mention.confidence_in_range", "enriched_mention.entity_known",
         "enriched_mention.curated_type_wins", "enriched_mention.sentence_contains_it",
         "enriched_theme_evidence.theme_known"},
    ),
    "rows": (
        [_mixed_versions, _missing_shard, _no_evidence, _counted_twice, _stray_pair],
        {"enriched_batch.extractor_versions", "enriched_analysis.every_wording",
         "enriched_article_theme.has_evidence", "enriched_mention.key_unique",
         "enriched_near_duplicate.of_this_batch"},
    ),
}  # fmt: skip


def test_a_healthy_batch_passes(run: Run) -> None:
    assert _failed(run, healthy_tables(run)) == {}


@pytest.mark.parametrize("group", FAULTS)
def test_faults_are_found(run: Run, group: str) -> None:
    damage, expectations = FAULTS[group]
    tables = healthy_tables(run)
    for one in damage:
        one(tables)
    failed = _failed(run, tables)
    assert expectations <= failed.keys()
    assert {failed[one] for one in expectations} == {"critical"}
