from collections.abc import Sequence
from pathlib import Path

import polars as pl

from enrich.cache import Cache, Component, Row
from enrich.document import Document


class Counter:
    """A component that finds the words of a text and remembers which texts it was asked for."""

    def __init__(self, version: str = "1") -> None:
        self.asked: list[str] = []
        schema = pl.Schema({"word": pl.String, "place": pl.Int32})
        self.component = Component("words", version, schema, self._compute)

    def _compute(self, documents: Sequence[Document]) -> list[list[Row]]:
        self.asked += [one.version_id for one in documents]
        return [list(zip(one.text.split(), range(9), strict=False)) for one in documents]


def document(version_id: str, text: str, language: str = "en") -> Document:
    return Document(version_id, language, "", text)


ONE, TWO, EMPTY = document("1", "a b"), document("2", "c"), document("3", "")


def test_nothing_is_computed_twice_not_even_an_empty_result(tmp_path: Path) -> None:
    counter = Counter()
    first = Cache(tmp_path).rows(counter.component, [ONE, EMPTY])
    second = Cache(tmp_path).rows(counter.component, [EMPTY, ONE, TWO])
    assert counter.asked == ["1", "3", "2"]
    assert first.sort("place").rows() == [("1", "en", "a", 0), ("1", "en", "b", 1)]
    assert set(second.rows()) == {("1", "en", "a", 0), ("1", "en", "b", 1), ("2", "en", "c", 0)}


def test_another_version_or_language_is_another_result(tmp_path: Path) -> None:
    counter = Counter()
    Cache(tmp_path).rows(counter.component, [ONE])
    Cache(tmp_path).rows(counter.component, [document("1", "a b", "de")])
    newer = Counter("2")
    Cache(tmp_path).rows(newer.component, [ONE])
    assert counter.asked == ["1", "1"]
    assert newer.asked == ["1"]


def test_files_of_two_tasks_with_the_same_text_give_it_once(tmp_path: Path) -> None:
    Cache(tmp_path).rows(Counter().component, [ONE])
    Cache(tmp_path / "other").rows(Counter().component, [ONE, TWO])
    folder = Path("words") / "1"
    for file in (tmp_path / "other" / folder).iterdir():
        file.rename(tmp_path / folder / file.name)
    assert Cache(tmp_path).rows(Counter().component, [ONE, TWO]).height == 3


def test_without_a_folder_everything_is_computed() -> None:
    counter = Counter()
    for _ in range(2):
        assert Cache(None).rows(counter.component, [ONE]).height == 2
    assert counter.asked == ["1", "1"]


def test_no_documents_give_an_empty_frame_with_the_columns(tmp_path: Path) -> None:
    frame = Cache(tmp_path).rows(Counter().component, [])
    assert frame.columns == ["version_id", "language", "word", "place"]
    assert frame.height == 0
    assert not list(tmp_path.iterdir())
