"""Labels of sections and folders in several languages."""

import pytest

from core.landed import GENRES
from ingest.kind_words import HEADS, NOT_AFTER, WHOLE, kind_of_label


@pytest.mark.parametrize(
    ("label", "kind"),
    [
        ("Opinion", "opinion"),
        ("US Opinion & Analysis", "opinion"),
        ("Op-Ed", "opinion"),
        ("letters-to-the-editor", "opinion"),
        ("Guest Commentary", "opinion"),
        ("Meinung", "opinion"),
        ("Gastbeiträge", "opinion"),
        ("Politik, Kolumnen, Inland", "opinion"),
        ("opinión", "opinion"),
        ("Éditoriaux", "opinion"),
        ("Editoriali e commenti", "opinion"),
        ("Мнения", "opinion"),
        ("社説", "opinion"),
        ("Film Reviews", "review"),
        ("Testberichte", "review"),
        ("Reseñas", "review"),
        ("press-releases", "press_release"),
        ("Listenseite_Pressemitteilungen", "press_release"),
        ("Communiqués de presse", "press_release"),
        ("Sponsored Content", "sponsored"),
        ("Publireportage", "sponsored"),
        ("Anzeige", "sponsored"),
        ("Public opinion", None),
        ("Opinion polls", None),
        ("Technology Review", None),
        ("Year in Review", None),
        ("Love letters", None),
        ("Werbung und Anzeigenmarkt", None),
        ("Native Advertising Platform", None),
        ("Politics", None),
        ("", None),
        ("/ , ;", None),
    ],
)
def test_kind_of_label(label: str, kind: str | None) -> None:
    assert kind_of_label(label) == kind


def test_the_words_are_of_known_genres_and_of_one_each() -> None:
    assert HEADS.keys() == WHOLE.keys() == NOT_AFTER.keys() == set(GENRES) - {"news"}
    words = [word for genre in HEADS for word in HEADS[genre] | WHOLE[genre]]
    assert len(words) == len(set(words))
    assert all(words)
