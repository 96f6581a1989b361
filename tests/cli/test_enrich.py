import io
import json
from pathlib import Path
from typing import Any

import pytest

from cli.enrich import enrich, language_of
from cli.json_lines import InputError
from tests.enrich.newsroom import small_entities, small_themes


def run(folder: Path, *documents: dict[str, Any] | str) -> list[dict[str, Any]]:
    small_entities(folder)
    small_themes(folder)
    lines = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in documents)
    out = io.StringIO()
    enrich(folder / "themes.yml", folder / "entities.yml", io.StringIO(lines), out)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_entities_and_themes_of_each_document_in_order(tmp_path: Path) -> None:
    first, second = run(
        tmp_path,
        {"id": 7, "title": "OpenAI", "text": "😀 A digital replica of Sam Altman."},
        {"id": "b"},
    )
    openai, altman = first["entities"]
    assert first["id"] == 7
    assert (openai["section"], openai["start"], openai["end"]) == ("title", 0, 6)
    assert (openai["entity_id"], openai["qid"], openai["type"]) == ("openai", "Q21708200", "ORG")
    assert (altman["surface"], altman["start"], altman["qid"]) == ("Sam Altman", 23, None)
    (theme,) = first["themes"]
    assert theme["theme_id"] == "likeness"
    assert theme["evidence"] == [
        {"section": "body", "start": 4, "end": 19, "rule_id": "likeness/replica"}
    ]
    assert second == {"id": "b", "analysis_level": "none", "entities": [], "themes": []}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('{"id": 1,, }', "line 1 on stdin is not JSON"),
        ("{", "opens a document that goes on below; write one document a line"),
        ("[1]", "line 1 on stdin is no document"),
        ('{"title": "x"}', "write an object with an 'id'"),
        ('{"id": 1, "text": 5}', "'text' must be a string"),
    ],
)
def test_a_wrong_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        run(tmp_path, line)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("OpenAI spricht", "en"),
        ("שלום עולם", "he"),
        ("Die Regierung hat am Montag ein neues Gesetz vorgestellt. " * 5, "de"),
        ("", "en"),
    ],
)
def test_the_language_is_told_where_it_can_be(text: str, language: str) -> None:
    assert language_of({"title": "", "text": text}) == language
    assert language_of({"title": "", "text": text, "language": "fr"}) == "fr"
