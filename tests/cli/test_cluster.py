import io
import json
from typing import Any

import pytest

from cli.cluster import cluster
from cli.json_lines import InputError

TEXT = " ".join(f"word{number}" for number in range(200))
OTHER = " ".join(f"term{number}" for number in range(200))


def run(*documents: dict[str, Any]) -> dict[str, str]:
    out = io.StringIO()
    cluster(io.StringIO("\n".join(map(json.dumps, documents))), out)
    lines = [json.loads(line) for line in out.getvalue().splitlines()]
    return {one["id"]: one["syndication_id"] for one in lines}


def test_the_earliest_of_equal_texts_names_the_group() -> None:
    assert run(
        {"id": "late", "text": TEXT, "published_at": "2026-10-16T08:00:00Z"},
        {"id": "undated", "text": TEXT},
        {"id": "early", "text": f"Agency: {TEXT}", "published_at": "2026-10-16T09:30:00+02:00"},
        {"id": "other", "text": OTHER, "published_at": "2026-10-16"},
        {"id": "short", "text": "A word."},
    ) == {
        "late": "early",
        "undated": "undated",
        "early": "early",
        "other": "other",
        "short": "short",
    }


def test_reports_of_one_event_are_a_story_and_their_texts_stay_apart() -> None:
    reports = (
        "Workers at the Riverton data centre voted on Friday to form a union, the board said.",
        "A union will represent workers at Riverton's data centre after Friday's vote.",
        "The film festival opened with a comedy about two sisters who inherit a vineyard.",
    )
    out = io.StringIO()
    lines = [
        {"id": str(place), "title": "", "text": text, "published_at": f"2026-10-0{9 - place}"}
        for place, text in enumerate(reports)
    ]
    cluster(io.StringIO("\n".join(map(json.dumps, lines))), out)
    found = [json.loads(line) for line in out.getvalue().splitlines()]
    assert [one["story_id"] for one in found] == ["1", "1", "2"]
    assert [one["syndication_id"] for one in found] == ["0", "1", "2"]


def test_a_wrong_time_is_named() -> None:
    with pytest.raises(InputError, match="write a time such as"):
        run({"id": "x", "text": TEXT, "published_at": "yesterday"})
