"""Genre, origin and truncation."""

import pytest

from ingest.text_kind import genre, is_truncated, origin


@pytest.mark.parametrize(
    ("article", "url", "section", "expected"),
    [
        ({"@type": "OpinionNewsArticle"}, "https://a.test/x", "", "opinion"),
        ({"@type": ["NewsArticle", "ReviewNewsArticle"]}, "https://a.test/x", "", "review"),
        ({}, "https://a.test/opinion/2026/x", "", "opinion"),
        ({}, "https://a.test/x", "Press releases", "press_release"),
        ({}, "https://a.test/sponsored/x", "", "sponsored"),
        ({}, "https://a.test/world/opinion-polls-move", "", "news"),
    ],
)
def test_genre(article: dict[str, object], url: str, section: str, expected: str) -> None:
    assert genre(article, url, section) == expected


@pytest.mark.parametrize(
    ("authors", "text", "kind", "expected"),
    [
        (["Ada L."], "Text.", "news", "own"),
        (["Reuters"], "Text.", "news", "agency"),
        (["Ada L.", "Associated Press"], "Text.", "news", "agency"),
        ([], "LONDON (Reuters) - Text.", "news", "agency"),
        ([], "LONDON, Oct. 1, 2026 /PRNewswire/ -- Text.", "news", "press_release"),
        (["Ada L."], "Text.", "press_release", "press_release"),
        ([], "Text about Reuters.", "news", "unknown"),
    ],
)
def test_origin(authors: list[str], text: str, kind: str, expected: str) -> None:
    assert origin(authors, text, kind) == expected


@pytest.mark.parametrize(
    ("article", "text", "words", "expected"),
    [
        ({}, "It ends here.", 500, False),
        ({}, "It went on and [...]", 500, True),
        ({}, "Then he said.\nSubscribe to continue reading", 500, True),
        ({"isAccessibleForFree": "False"}, "A start.", 60, True),
        ({"isAccessibleForFree": False}, "All of it.", 900, False),
        ({"isAccessibleForFree": True}, "A short note.", 60, False),
    ],
)
def test_is_truncated(article: dict[str, object], text: str, words: int, expected: bool) -> None:
    assert is_truncated(article, text, words) is expected
