"""What kind of text a page is, its genre and its origin, each with what spoke for it.

The strongest label wins: what the page states for machines, then its section, the feed's
categories, the folders of its URL, the byline, the headline, and last its own wording.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, NamedTuple

from ingest import agencies
from ingest.jsonld import kinds, texts_of
from ingest.kind_words import NOT_AFTER, folded, kind_of_label

_GENRE_OF_TYPE = {
    "AdvertiserContentArticle": "sponsored",
    "OpinionNewsArticle": "opinion",
    "ReviewNewsArticle": "review",
    "Review": "review",
    "CriticReview": "review",
    "EmployerReview": "review",
}
_SECTION_TAGS = (
    "article:section",
    "og:section",
    "og:article:section",
    "section",
    "articlesection",
    "parsely-section",
    "prism.section",
    "prism.genre",
    "category",
    "genre",
    "article.type",
    "article:content_type",
    "page.content.type",
)
_SOURCE_TAGS = (
    "author",
    "article:author",
    "article:author_name",
    "byl",
    "dc.source",
    "dcterms.source",
    "source",
    "article:source",
    "page.content.source",
    "parsely-author",
    "sailthru.author",
)
_OUTLETS = {"WebSite", "Product", "Newspaper", "Periodical", "NewsMediaOrganization"}
_LONGEST_SUFFIX = 3  # of the label before a country's: com, co, org
_TRUE = {"true", "yes", "1"}
_BYLINES = {
    "sponsored": re.compile(
        r"\b(?:brand ?studio|brand ?voice|sponsored|advertorial|partner content|paid program)\b",
        re.IGNORECASE,
    ),
    "press_release": re.compile(
        r"^(?:pr ?newswire|business ?wire|globe ?newswire|news aktuell|accesswire"
        r"|ein ?presswire)\b",
        re.IGNORECASE,
    ),
    "opinion": re.compile(
        r"\b(?:opinion (?:contributor|columnist|writer|editor)|editorial board|guest columnist"
        r"|columnist|contributing columnist)\b",
        re.IGNORECASE,
    ),
}
_HEADLINES = {
    "sponsored": re.compile(
        r"^[\[(]?(?:sponsored(?: content| post)?|advertorial|paid post|anzeige|publirreportaje"
        r"|publireportage)[\])]?\s*[:|–—\])-]",
        re.IGNORECASE,
    ),
    "press_release": re.compile(
        r"^(?:press release|pressemitteilung|medienmitteilung|communiqué de presse"
        r"|comunicado de prensa|comunicato stampa)\b",
        re.IGNORECASE,
    ),
    "opinion": re.compile(
        r"^[\[(]?(?:opinion|op-ed|editorial|commentary|column|letters?|letter to the editor"
        r"|kommentar|gastkommentar|leitartikel|kolumne|meinung|glosse|opinión|tribuna|tribune"
        r"|éditorial|édito|chronique|opinione|l'editoriale|opinião|commento|opinie|мнение"
        r"|колонка|社説|社论|사설)[\])]?\s*(?:[:：|–—\])]|-\s)|(?:\||\()\s*(?:opinion|comment|commentary|column|editorial)\s*\)?\s*$"
        r"|^the (?:guardian|observer) view on\b",
        re.IGNORECASE,
    ),
    "review": re.compile(
        r"^[\[(]?(?:review|rezension|rezi|filmkritik|buchkritik|im test"
        r"|reseña|recensione|resenha|recensie|рецензия)[\])]?\s*(?:[:：|–—\])]|-\s)"
        r"|\sim test\s*(?:[:|–—]|-\s|$)",
        re.IGNORECASE,
    ),
}
_REVIEWED = re.compile(r"([^\W_]+)\s+review(?:ed)?\s*(?:[:|–—]|-\s)", re.IGNORECASE)
# What the text says above its first and below its last paragraph, searched for in lower case.
_OPINION_NOTE = re.compile(
    r"\b(?:views?|opinions?)(?: and (?:views?|opinions?|conclusions))?,? "
    r"(?:expressed|presented|stated) (?:here|above|in (?:this|the) "
    r"(?:article|commentary|column|piece|op-?ed|essay|post|blog))"
    r"|\bdo(?:es)? not necessarily (?:reflect|represent) (?:the (?:official )?"
    r"(?:views?|opinions?|position|editorial)|those of)"
    r"|\bthis (?:is an opinion (?:column|piece|article)|column (?:does not|reflects))"
    r"|\bopinions? expressed (?:are|is) (?:those of the author|his|her|their|my)\b"
    r"|\bgibt die meinung de[sr] (?:autor|verfasser)"
    r"|\bn'engage(?:nt)? que (?:son|leurs?) auteurs?",
)
_SPONSOR_NOTE = re.compile(
    r"\b(?:this (?:article|post|content|story|feature) (?:is|was) (?:sponsored|paid for|produced"
    r" (?:in partnership|by [^.\n]{1,40} brand studio))|paid (?:for and presented|content) by"
    r"|dies(?:er|e|es) (?:artikel|beitrag) (?:ist|wurde|enthält)"
    r" (?:eine )?(?:bezahlte |gesponsert|werbung|anzeige))"
    r"|^[ \t]*(?:sponsored|presented|paid for) by\b",
    re.MULTILINE,
)
_RELEASE_LINE = re.compile(
    r"\s*(?:(?:(?:press|media|medien|presse) ?-?(?:contacts?|kontakte?|enquiries|inquiries"
    r"|anfragen|rückfragen)|contacts? presse|contacto de prensa|contatti stampa"
    r"|rückfrage(?:n|hinweis)?(?: bitte an)?)\s*(?:$|:)|original-content von:"
    r"|forward-looking statements\b|view source version on businesswire)"
)
_FOR_RELEASE = re.compile(r"\bfor immediate release\b|\bzur sofortigen veröffentlichung\b")
_ABOUT = re.compile(
    r"^(?:About|Über|À propos de|Acerca de)[ \t]{1,3}(\S[^\n]{1,49}?) ?:?$", re.MULTILINE
)
_NOTE_CHARACTERS, _TAIL_CHARACTERS, _TITLE_CHARACTERS, _NAME_CHARACTERS = 600, 2_500, 500, 200
_FEW_LABELS, _MOST_LABELS = 2, 50


class Kind(NamedTuple):
    """A genre or an origin, and what spoke for it."""

    value: str
    method: str


@dataclass(frozen=True)
class Clues:
    """What a page says that bears on its kind.

    `linked` is its JSON-LD article, `meta` its meta tags by lower-case name (several of one name
    a line each), `categories` what the feed filed it under.
    """

    url: str
    title: str
    text: str
    authors: Sequence[str] = ()
    categories: Sequence[str] = ()
    linked: Mapping[str, Any] = field(default_factory=dict)
    meta: Mapping[str, str] = field(default_factory=dict)


def genre(clues: Clues) -> Kind:
    """One of core.landed.GENRES."""
    return next(_genres(clues), Kind("news", "default"))


def origin(clues: Clues, kind: Kind) -> Kind:
    """One of core.landed.ORIGINS; `kind` is the text's genre."""
    if kind.value == "press_release":
        return kind
    if agencies.is_own_site(clues.url):
        return Kind("own", "url")
    method = agencies.sign(clues.url, clues.text, _names(clues))
    if method:
        return Kind("agency", method)
    return Kind("own", "byline") if clues.authors else Kind("unknown", "default")


def _genres(clues: Clues) -> Iterator[Kind]:
    """What speaks for another genre than news, the strongest first."""
    yield from _genres_of_data(clues)
    for method, labels in _labels(clues):
        value = _genre_of_labels(labels, is_tags=method == "feed" or len(labels) > _FEW_LABELS)
        if value:
            yield Kind(value, method)
    for value, pattern in _BYLINES.items():
        if any(pattern.search(author[:_NAME_CHARACTERS]) for author in clues.authors):
            yield Kind(value, "byline")
    yield from _genres_of_title(clues.title[:_TITLE_CHARACTERS])
    yield from _genres_of_text(clues)


def _genres_of_data(clues: Clues) -> Iterator[Kind]:
    """What the page's JSON-LD and meta tags state outright."""
    for kind in kinds(clues.linked):
        if kind in _GENRE_OF_TYPE:
            yield Kind(_GENRE_OF_TYPE[kind], "json_ld")
    if set(texts_of(clues.linked, "sponsor")) - set(texts_of(clues.linked, "publisher")):
        yield Kind("sponsored", "json_ld")
    if _TRUE & set(clues.meta.get("article:opinion", "").lower().split()):
        yield Kind("opinion", "meta")


def _genres_of_title(title: str) -> Iterator[Kind]:
    for value, pattern in _HEADLINES.items():
        if pattern.search(title):
            yield Kind(value, "title")
    if any(folded(word) not in NOT_AFTER["review"] for word in _REVIEWED.findall(title)):
        yield Kind("review", "title")


def _labels(clues: Clues) -> Iterator[tuple[str, list[str]]]:
    """The labels of the text by where they stand; each place may have several."""
    yield "section", texts_of(clues.linked, "articleSection")
    yield "section", texts_of(clues.linked, "genre")
    yield "section", _collections(clues.linked)
    for tag in _SECTION_TAGS:
        if clues.meta.get(tag):
            yield "section", clues.meta[tag].split("\n")[:_MOST_LABELS]
    yield "feed", list(clues.categories[:_MOST_LABELS])
    host, _, path = clues.url.partition("://")[2].partition("?")[0].partition("/")
    folders = path.rstrip("/").split("/")[:-1]
    pairs = [f"{one} {other}" for one, other in pairwise(folders)]  # presse/meldungen
    yield "url", [*folders, *pairs]
    first, *rest = host.split(".")
    if len(rest) > 1 and len(rest[-2]) > _LONGEST_SUFFIX:  # opinion.paper.test, not opinion.com.bo
        yield "url", [first]


def _collections(linked: Mapping[str, Any]) -> list[str]:
    """What the article is a part of, but for the outlet itself (La Opinión is no opinion)."""
    given = linked.get("isPartOf")
    parts = given if isinstance(given, list) else [given]
    named = [part for part in parts if isinstance(part, dict) and not _OUTLETS & {*kinds(part)}]
    outlet = texts_of(linked, "publisher")
    return [name for part in named for name in texts_of(part, "name") if name not in outlet]


def _genre_of_labels(labels: Sequence[str], *, is_tags: bool) -> str | None:
    """The genre of the first label that names one; none where the text is also filed under news."""
    found = [kind_of_label(label, is_tag=is_tags) for label in labels]
    if len(labels) > _FEW_LABELS and any(label.strip().casefold() == "news" for label in labels):
        return None
    return next((genre for genre in found if genre), None)


def _genres_of_text(clues: Clues) -> Iterator[Kind]:
    """What the text itself says above its first and below its last paragraph."""
    head, last = clues.text[:_NOTE_CHARACTERS].lower(), clues.text[-_TAIL_CHARACTERS:]
    tail = last.lower()
    if _SPONSOR_NOTE.search(head):
        yield Kind("sponsored", "text")
    if agencies.is_release_wire(head):
        yield Kind("press_release", "dateline")
    is_signed = any(map(_RELEASE_LINE.match, tail.split("\n")))
    if is_signed or _FOR_RELEASE.search(head) or _is_about_itself(clues, last):
        yield Kind("press_release", "text")
    if _OPINION_NOTE.search(tail[-_NOTE_CHARACTERS:]):
        yield Kind("opinion", "text")


def _is_about_itself(clues: Clues, tail: str) -> bool:
    """Whether the text closes with a portrait of whom its headline names, as releases do."""
    return any(name.casefold() in clues.title.casefold() for name in _ABOUT.findall(tail))


def _names(clues: Clues) -> Iterator[tuple[str, str]]:
    """Whom byline and data name as author or source of the text, with where."""
    for author in clues.authors:
        yield "byline", author[:_NAME_CHARACTERS]
    for key in ("author", "creator", "sourceOrganization", "creditText", "provider"):
        for name in texts_of(clues.linked, key):
            yield "json_ld", name[:_NAME_CHARACTERS]
    for tag in _SOURCE_TAGS:
        yield "meta", clues.meta.get(tag, "")[:_NAME_CHARACTERS]
