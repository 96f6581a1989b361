"""Whether a text was cut short: by a paywall, by an outlet's teaser, or on the way to us."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from lxml.html import HtmlElement

from ingest.jsonld import text_of

_INVITATION = re.compile(
    r"(?:\[\s*(?:…|\.\.\.)\s*\]|(?:…|\.\.\.)\s*(?:\(?more\)?|weiter|suite)"
    r"|\b(?:continue|keep) reading|\bread (?:more|on|the (?:full|rest|whole)[^\n]{0,40})"
    r"|(?:subscribe|sign ?(?:in|up)|log ?in|register|join)[^\n]{0,40}? (?:to|and) "
    r"(?:read|continue|keep|unlock|access|view|see)\b[^\n]{0,60}"
    r"|to (?:continue|keep) reading[^\n]{0,80}|unlock (?:this|the full) [^\n]{0,60}"
    r"|(?:this|the full|full) (?:article|story|content|text) is (?:only )?"
    r"(?:for|available to|reserved for|exclusive to|locked)[^\n]{0,60}"
    r"|already (?:a|have a) (?:subscriber|member|subscription)\b[^\n]{0,60}"
    r"|you(?:['’]ve| have) (?:reached|read) (?:your|the)[^\n]{0,60}(?:limit|articles?)[^\n]{0,40}"
    r"|weiterlesen[^\n]{0,40}|jetzt (?:freischalten|abonnieren und weiterlesen)[^\n]{0,40}"
    r"|(?:den )?(?:ganzen|vollständigen|kompletten) (?:artikel|beitrag|text)[^\n]{0,40}"
    r"|bereits (?:abonnent|registriert|ein abo)\b[^\n]{0,60}"
    r"|(?:artikel|beitrag|inhalt) ist (?:nur |exklusiv )?für (?:abonnent|mitglieder)[^\n]{0,60}"
    r"|lire la suite|la suite (?:est|de cet article)[^\n]{0,60}|il vous reste [^\n]{0,60}"
    r"|réservée?s? (?:aux|à nos) abonnés[^\n]{0,60}|déjà abonnée?[^\n]{0,40}"
    r"|(?:seguir|sigue|continuar|continúe) leyendo[^\n]{0,60}|ya (?:soy|eres) suscript[^\n]{0,40}"
    r"|(?:exclusivo|solo) para suscriptores[^\n]{0,40}|suscríbe(?:te|se) para [^\n]{0,60}"
    r"|continua a leggere[^\n]{0,60}|leggi (?:tutto|l'articolo completo)"
    r"|riservat[oi] agli abbonati[^\n]{0,40}|abbonati per [^\n]{0,40}"
    r"|continu(?:e|ar) (?:lendo|a ler)[^\n]{0,60}|(?:exclusivo )?para assinantes[^\n]{0,40}"
    r"|(?:lees|verder) (?:verder|lezen)[^\n]{0,40}|logga in för att läsa[^\n]{0,40}"
    r"|читать (?:далее|дальше|полностью)|阅读全文|続きを読む[^\n]{0,20}|残り\s?\d+文字[^\n]{0,40}"
    r"|전체 기사 보기)[^\w:]*$"
)
_DOTS = re.compile(r"(?:…|\.{3,})[\"”»'’)]*\s*$")
_INVITATION_CHARACTERS = 200
_FEW_WORDS = 3
_SHORT_WORDS = 150  # of a text that a paywall or trailing dots can have left
_WHOLE_SHARE, _LOST_SHARE = 0.6, 0.5
_FALSE = {"false", "no", "http://schema.org/false", "https://schema.org/false"}
_LAST_SELECTOR = re.compile(r"([.#])([\w-]+)\s*$")


def is_truncated(
    tree: HtmlElement | None,
    linked: Mapping[str, Any],
    meta: Mapping[str, str],
    text: str,
    word_count: int,
) -> bool:
    """Whether only a part of the article's text was had.

    It ends in an invitation to read on or, if short, in dots; or much less of it is there than the
    page states; or it is stated to be locked, and the locked part is not in the page.
    """
    if _INVITATION.search(text[-_INVITATION_CHARACTERS:].lower()):
        return True
    if word_count < _SHORT_WORDS and _ends_in_dots(text):
        return True
    return _is_partial(linked, word_count) or (
        _is_locked(linked, meta) and not _is_unlocked(tree, linked, text, word_count)
    )


def _ends_in_dots(text: str) -> bool:
    """Whether the last line does, or the last but a word or two ("Back to top")."""
    *_, before, last = ("", *text.split("\n"))
    return bool(_DOTS.search(last) or (len(last.split()) <= _FEW_WORDS and _DOTS.search(before)))


def _is_partial(linked: Mapping[str, Any], word_count: int) -> bool:
    """Whether the page's data hold far more of the article than was extracted."""
    body = len(text_of(linked, "articleBody").split())
    return body * _LOST_SHARE > max(word_count, _SHORT_WORDS)


def _is_unlocked(
    tree: HtmlElement | None, linked: Mapping[str, Any], text: str, word_count: int
) -> bool:
    """Whether an article that is stated to be locked is in the page nevertheless."""
    body = len(text_of(linked, "articleBody").split())
    stated = body or _stated_words(linked, text)
    if stated:
        return word_count >= _WHOLE_SHARE * stated
    selectors = list(_locked_selectors(linked))
    if selectors and tree is not None and not any(_is_in(tree, one) for one in selectors):
        return False
    return word_count >= _SHORT_WORDS


def _is_locked(linked: Mapping[str, Any], meta: Mapping[str, str]) -> bool:
    return (
        text_of(linked, "isAccessibleForFree").lower() in _FALSE
        or meta.get("article:content_tier", "").strip().lower() == "locked"
    )


def _stated_words(linked: Mapping[str, Any], text: str) -> int:
    """The article's own count of words, 0 where it gives none or has counted characters."""
    given = text_of(linked, "wordCount")
    stated = int(given) if given.isdecimal() and len(given) < 9 else 0
    return 0 if stated * 4 > len(text) * 3 else stated


def _locked_selectors(linked: Mapping[str, Any]) -> Iterator[str]:
    parts = linked.get("hasPart")
    for part in parts if isinstance(parts, list) else [parts]:
        if isinstance(part, dict) and text_of(part, "isAccessibleForFree").lower() in _FALSE:
            given = part.get("cssSelector")
            for one in given if isinstance(given, list) else [given]:
                yield from str(one or "").split(",")


def _is_in(tree: HtmlElement, selector: str) -> bool:
    """Whether an element of the selector's last class or id is there; others count as there."""
    found = _LAST_SELECTOR.search(selector)
    if found is None:
        return True
    mark, name = found.groups()
    if mark == "#":
        return any(True for _ in tree.xpath("//*[@id=$name]", name=name))
    return any(
        name in classes.split()
        for classes in tree.xpath("//*[contains(@class, $name)]/@class", name=name)
    )
