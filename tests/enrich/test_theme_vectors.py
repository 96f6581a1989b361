from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.taxonomy import Theme, Themes
from enrich.document import Document
from enrich.theme_vectors import (
    Background,
    Prototypes,
    TableVectors,
    TextVectors,
    VectorsError,
    default_vectors,
    prototypes,
    read_background,
)
from enrich.themes import Taxonomy, share_hit
from eval.background import model_file

THEMES = [
    {
        "id": "farming",
        "name": "Farming",
        "description": "Fields, crops, harvests, wheat, cattle and the people who farm.",
    },
    {
        "id": "football",
        "name": "Football",
        "description": "Matches, goals, strikers, clubs, leagues and their coaches.",
    },
]
HARVEST = "The barley ripened early. Growers brought in their tractors and filled the silo."


@pytest.fixture(scope="module")
def nearness() -> Prototypes:
    return prototypes([Theme.model_validate(one) for one in THEMES])


def taxonomy(similarity: float, threshold: float, **more: object) -> Taxonomy:
    themes = [{**one, "threshold": threshold, **more} for one in THEMES]
    return Taxonomy(
        Themes.model_validate(
            {"taxonomy_version": "t", "scoring": {"similarity": similarity}, "themes": themes}
        )
    )


def test_a_text_is_nearer_to_its_theme_without_sharing_a_word(nearness: Prototypes) -> None:
    farming, football = nearness.similarity(HARVEST)
    assert farming > 0.15 > football


@pytest.mark.parametrize("text", ["", "🚜🌾", "x" * 1_000_000, "qzxv qzxv"])
def test_a_text_without_known_words_is_near_to_nothing(nearness: Prototypes, text: str) -> None:
    assert nearness.similarity(text).tolist() == [0, 0]


def test_similarity_does_not_depend_on_what_was_read_before(nearness: Prototypes) -> None:
    alone = nearness.similarity(HARVEST)
    for _ in range(3):
        nearness.similarity("The striker scored twice and the coach praised the whole club.")
    assert np.array_equal(nearness.similarity(HARVEST), alone)


def test_other_vectors_need_their_own_background() -> None:
    class Tiny:
        name = "tiny"
        table = np.eye(2, dtype=np.float32)

        def row(self, word: str) -> int:
            return {"wheat": 0, "goal": 1}.get(word, -1)

    with pytest.raises(VectorsError, match=r"en_core_web_md-3\.8\.0, not with tiny"):
        TextVectors(Tiny(), read_background())
    own = Background(
        "tiny",
        np.ones(2, dtype=np.float32),
        np.zeros(2, dtype=np.float32),
        np.eye(2, dtype=np.float32),
    )
    assert TextVectors(Tiny(), own).vector("wheat wheat").tolist() == [1, 0]


def test_the_background_fits_the_default_vectors() -> None:
    background = read_background()
    assert background.vectors == default_vectors().name
    assert len(background.weight) == len(default_vectors().table)
    assert np.isfinite(background.whitening).all()


def test_the_nearest_sentence_speaks_where_nearness_decides() -> None:
    (found,) = taxonomy(similarity=5, threshold=1).classify(
        Document("v", "en", "", f"It rained in town. {HARVEST}")
    )
    assert found.theme_id == "farming"
    (evidence,) = found.evidence
    assert evidence.rule_id == "farming/similarity"
    assert evidence.weight == pytest.approx(found.score)
    assert evidence.weight >= 1
    assert evidence.sentence_no in {2, 3}


def test_nearness_is_not_told_where_the_rules_suffice() -> None:
    rules = [{"id": "silo", "phrases": ["silo"]}]
    (found,) = [
        one
        for one in taxonomy(similarity=1, threshold=1, rules=rules).classify(
            Document("v", "en", "", HARVEST)
        )
        if one.theme_id == "farming"
    ]
    assert [one.rule_id for one in found.evidence] == ["farming/silo"]
    assert found.score > 1


@pytest.mark.parametrize(("language", "found"), [("en", True), ("de", False)])
def test_nearness_counts_in_the_language_of_the_vectors(language: str, *, found: bool) -> None:
    themes = taxonomy(similarity=5, threshold=1).classify(Document("v", language, "", HARVEST))
    assert bool(themes) == found


def test_focus_counts_the_share_of_sentences_hit_early_ones_more() -> None:
    themes = Themes.model_validate(
        {
            "taxonomy_version": "t",
            "scoring": {"focus": 2},
            "themes": [{**THEMES[0], "rules": [{"id": "silo", "phrases": ["silo"]}]}],
        }
    )
    parts = Taxonomy(themes).scores(Document("v", "en", "", f"{HARVEST} It rained. It rained."))
    share = (1 / 2) / (1 + 1 / 2 + 1 / 3 + 1 / 4)
    assert parts["farming"].focus == pytest.approx(2 * share)
    assert parts["farming"].total == pytest.approx(1 + 2 * share)


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.data())
def test_the_share_hit_is_a_share_and_falls_as_a_hit_comes_later(
    hits: list[bool], data: st.DataObject
) -> None:
    assert 0 <= share_hit(hits) <= 1 + 1e-9
    assert share_hit([True] * len(hits)) == pytest.approx(1)
    place = data.draw(st.integers(0, len(hits) - 1))
    moved = [True, *hits[:place], *hits[place + 1 :]]
    if hits[place]:
        assert share_hit(moved) >= share_hit(hits) - 1e-9


LAX = taxonomy(similarity=20, threshold=0.1)
PIECES = st.sampled_from(
    ["The wheat", " goal.", "\n", "🚜 ", "café ", "naïve. ", "A coach ", "!", " "]
)


@given(st.lists(PIECES, max_size=12).map("".join), st.lists(PIECES, max_size=40).map("".join))
def test_every_theme_has_a_sentence_and_every_sentence_is_there(title: str, text: str) -> None:
    document = Document("v", "en", title.strip(), text.strip())
    for theme in LAX.classify(document):
        assert theme.evidence
        for one in theme.evidence:
            words = document.section(one.section)[one.start : one.end]
            assert words
            assert words == words.strip()
            assert one.weight > 0
            sentence = next(s for s in document.sentences if s.number == one.sentence_no)
            assert (one.section, one.start, one.end) == (
                sentence.section,
                sentence.start,
                sentence.end,
            )


def write_vectors(path: Path, words: str) -> Path:
    table = np.random.default_rng(1).normal(size=(3, 4)).astype(np.float16)
    written = np.frombuffer(words.encode(), dtype=np.uint8)
    np.savez(path, name=np.array("three-words"), words=written, table=table)
    return path


def test_other_vectors_come_out_of_the_model_file_that_was_measured_with_them(
    tmp_path: Path, corpus: Path
) -> None:
    vectors = write_vectors(tmp_path / "vectors.npz", "the\nfarm\ngoal")
    model = tmp_path / "model.npz"
    model.write_bytes(model_file(vectors))
    words = default_vectors(model)
    assert words.name == "three-words"
    assert [words.row(word) for word in ("goal", "farm", "barley")] == [2, 1, -1]
    assert np.allclose(np.linalg.norm(words.table, axis=1), 1)
    texts = TextVectors(words, read_background(model))
    assert texts.vector("The farm").any()
    assert not texts.vector("Barley").any()


def test_a_file_without_a_vector_for_each_word_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VectorsError, match="has 2 words and 3 vectors"):
        TableVectors(write_vectors(tmp_path / "vectors.npz", "the\nfarm"))
