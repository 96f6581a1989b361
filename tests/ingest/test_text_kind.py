"""Genre and origin: what each kind of clue says, and which one wins."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.landed import GENRES, ORIGINS
from ingest.text_kind import Clues, Kind, genre, origin

URL = "https://a.test/2026/10/the-hall"
TEXT = "The council met on Monday to hear how the new hall would be paid for. " * 12
NEWS = Kind("news", "default")


def clues(**given: Any) -> Clues:
    return Clues(**{"url": URL, "title": "The hall", "text": TEXT, **given})


@pytest.mark.parametrize(
    ("linked", "expected"),
    [
        ({"@type": "OpinionNewsArticle"}, ("opinion", "json_ld")),
        ({"@type": ["NewsArticle", "ReviewNewsArticle"]}, ("review", "json_ld")),
        ({"@type": "AdvertiserContentArticle"}, ("sponsored", "json_ld")),
        ({"sponsor": {"name": "Acme"}, "publisher": {"name": "A"}}, ("sponsored", "json_ld")),
        ({"sponsor": {"name": "A"}, "publisher": {"name": "A"}}, NEWS),
        ({"articleSection": ["Culture", "Letters"]}, ("opinion", "section")),
        ({"articleSection": ["Sport", "News", "Partner Content"]}, NEWS),  # filed under everything
        ({"genre": "Kommentar"}, ("opinion", "section")),
        ({"isPartOf": {"@type": "CreativeWork", "name": "Opinion"}}, ("opinion", "section")),
        ({"isPartOf": {"@type": "Periodical", "name": "Technology Review"}}, NEWS),
        ({"isPartOf": {"@type": "WebSite", "name": "La Opinión"}}, NEWS),
        ({"isPartOf": {"name": "L'Opinion"}, "publisher": {"name": "L'Opinion"}}, NEWS),
        ({"articleSection": ["Debate", "Health", "Tests"]}, NEWS),  # topics, not kinds
        ({"articleSection": "Debate"}, ("opinion", "section")),
        ({"@type": "NewsArticle", "articleSection": "Politics"}, NEWS),
        ({"articleSection": {"unexpected": 1}, "genre": 7, "sponsor": None}, NEWS),
    ],
)
def test_genre_by_json_ld(linked: dict[str, Any], expected: tuple[str, str]) -> None:
    assert genre(clues(linked=linked)) == expected


@pytest.mark.parametrize(
    ("meta", "expected"),
    [
        ({"article:opinion": "true"}, ("opinion", "meta")),
        ({"article:opinion": "false"}, NEWS),
        ({"article:section": "Meinung"}, ("opinion", "section")),
        ({"article:section": "All\nPressemitteilungen"}, ("press_release", "section")),
        ({"article.type": "Personal Technology: Review"}, ("review", "section")),
        ({"keywords": "opinion"}, NEWS),
    ],
)
def test_genre_by_meta_tags(meta: dict[str, str], expected: tuple[str, str]) -> None:
    assert genre(clues(meta=meta)) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://a.test/opinion/2026/x", "opinion"),
        ("https://a.test/fr/idees/tribunes/x", "opinion"),
        ("https://opinion.paper.test/2026/x", "opinion"),
        ("https://a.test/presse/meldungen/x", "press_release"),
        ("https://www.opinion.com.bo/politica/x", "news"),
        ("https://tribune.com.pk/politics/x", "news"),
        ("https://a.test/sponsored/x/", "sponsored"),
        ("https://a.test/dm-native-advert/x", "sponsored"),
        ("https://a.test/critiques/x?from=news", "review"),
        ("https://a.test/world/opinion-polls-move/x", "news"),
        ("https://a.test/pressreview/929349", "news"),
        ("https://a.test/opinion", "news"),  # the last part is no folder
        ("record:1", "news"),
        ("", "news"),
    ],
)
def test_genre_by_folder(url: str, expected: str) -> None:
    assert genre(clues(url=url)) == ((expected, "url") if expected != "news" else NEWS)


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Opinion: This is the end", "opinion"),
        ("Kommentar – Das Ende", "opinion"),
        ("Opinion | The end", "opinion"),
        ("The end (Opinion)", "opinion"),
        ("The Guardian view on the end", "opinion"),
        ("Fallen Order review - shoots for the moon", "review"),
        ("Review: a phone", "review"),
        ("Der Roller im Test", "review"),
        ("Press review: arrests in Turkey", "news"),
        ("Peer review: does it work?", "news"),
        ("Opinion polls move", "news"),
        ("Opinions differ on the end", "news"),
        ("The long view on chips", "news"),
        ("Kritik: Minister unter Druck", "news"),
        ("Minister orders a review", "news"),
        ("Anzeige: So schlafen Sie besser", "sponsored"),
        ("Pressemitteilung: Neue Halle", "press_release"),
    ],
)
def test_genre_by_headline(title: str, expected: str) -> None:
    assert genre(clues(title=title)) == ((expected, "title") if expected != "news" else NEWS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("LONDON, Oct. 1, 2026 /PRNewswire/ -- " + TEXT, ("press_release", "dateline")),
        ("Berlin (ots) - " + TEXT, ("press_release", "dateline")),
        ("FOR IMMEDIATE RELEASE\n" + TEXT, ("press_release", "text")),
        (TEXT + "\nMedia contact:\nAnn Other, +1 555", ("press_release", "text")),
        (TEXT + "\nPressekontakt:\nBau AG", ("press_release", "text")),
        (TEXT + "\nAbout the hall\nIt was built in 1900.", ("press_release", "text")),
        (TEXT + "\nAbout the author\nAnn writes.", NEWS),
        (TEXT + "\nThe views expressed in this article are the author's own.", ("opinion", "text")),
        (TEXT + "\nThe views do not necessarily reflect those of the paper.", ("opinion", "text")),
        ("Sponsored by Acme\n" + TEXT, ("sponsored", "text")),
        ("A survey sponsored by Acme says so. " + TEXT, NEWS),
        (TEXT + " Many views were expressed in the hall.", NEWS),
    ],
)
def test_genre_by_the_text_itself(text: str, expected: tuple[str, str]) -> None:
    assert genre(clues(text=text)) == expected


def test_the_strongest_clue_gives_the_method() -> None:
    everywhere = clues(
        url="https://a.test/opinion/x",
        title="Opinion: The hall",
        authors=["The Editorial Board"],
        categories=["Opinion"],
    )
    assert genre(everywhere) == ("opinion", "feed")
    assert genre(clues(authors=["The Editorial Board"])) == ("opinion", "byline")
    labelled = clues(meta={"article:section": "Reviews"}, title="Opinion: The hall")
    assert genre(labelled) == ("review", "section")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"authors": ["Ada L."]}, ("own", "byline")),
        ({}, ("unknown", "default")),
        ({"authors": ["Reuters"]}, ("agency", "byline")),
        ({"linked": {"author": {"name": "Associated Press"}}}, ("agency", "json_ld")),
        ({"linked": {"creditText": "AFP"}, "authors": ["Ada L."]}, ("agency", "json_ld")),
        ({"meta": {"dc.source": "Reuters"}}, ("agency", "meta")),
        ({"text": f"LONDON (Reuters) - {TEXT}"}, ("agency", "dateline")),
        ({"text": f"{TEXT} Reuters said so."}, ("unknown", "default")),
        ({"url": "https://www.reuters.com/world/x", "authors": ["Reuters"]}, ("own", "url")),
        ({"url": "https://a.test/US/wireStory/x-1"}, ("agency", "url")),
    ],
)
def test_origin(given: dict[str, Any], expected: tuple[str, str]) -> None:
    assert origin(clues(**given), NEWS) == expected


def test_a_press_release_is_of_press_release_origin() -> None:
    kind = Kind("press_release", "section")
    assert origin(clues(authors=["Ada L."]), kind) == kind


WORDS = st.text(max_size=200) | st.sampled_from(["opinion", "(dpa)", "/x/", "review:", "AP", "…"])


@given(WORDS, WORDS, WORDS, st.lists(WORDS, max_size=3))
def test_whatever_a_page_says_it_has_a_genre_and_an_origin(
    url: str, title: str, text: str, names: list[str]
) -> None:
    noise = {"@type": names, "articleSection": title, "author": names}
    page = Clues(url, title, text, names, names, noise, {"article:section": text})
    kind = genre(page)
    assert kind.value in GENRES
    assert origin(page, kind).value in ORIGINS
