"""Identities that never depend on when or where they are computed."""

import hashlib
import re
import unicodedata
from functools import lru_cache

ID_HEX_DIGITS = 16


def short_hash(*parts: str) -> str:
    """16 hex digits of the SHA-256 of the parts joined by NUL."""
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[
        :ID_HEX_DIGITS
    ]


def article_id_of_url(canonical_url: str) -> str:
    return short_hash(canonical_url)


def article_id_of_record(source_id: str, record_id: str) -> str:
    """The id of an archived article that has no URL."""
    return short_hash(f"{source_id}{record_id}")


def version_id(title: str, text: str) -> str:
    """The id of one wording of an article; title and text are NFC."""
    return short_hash(title, text)


@lru_cache(maxsize=1 << 16)
def local_entity_id(entity_type: str, name: str) -> str:
    """The id of a name that the gazetteer does not know: `local:<type>:<12 hex>`."""
    normalised = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return f"local:{entity_type}:{hashlib.sha256(normalised.encode()).hexdigest()[:12]}"


_KNOWN = "wd:"


def known_entity_id(qid: str) -> str:
    """The id of an entity that only a knowledge base knows: `wd:<its Wikidata id>`."""
    return f"{_KNOWN}{qid}"


def qid_of_known(entity_id: str) -> str | None:
    """The Wikidata id in such an id; None in any other."""
    return entity_id.removeprefix(_KNOWN) if entity_id.startswith(_KNOWN) else None


# Line ends of every kind; joining the words around one would invent a word.
_LINE_END = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Characters without a glyph that make equal words compare unequal: controls but tab and newline,
# soft hyphen, zero-width space, word joiner, byte-order mark, marks of text direction and of
# annotation, non-characters; and lone surrogates, which no encoder accepts. Zero-width joiners
# stay: Persian, Indic scripts and emoji are spelled with them.
_UNWANTED = re.compile(
    r"[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069"
    r"\ufdd0-\ufdef\ufeff\ufff9-\ufffb\ufffe\uffff\ud800-\udfff]"
)


def clean_text(text: str) -> str:
    """NFC, Unix line ends, no control or invisible characters; offsets count this text."""
    return unicodedata.normalize("NFC", _UNWANTED.sub("", _LINE_END.sub("\n", text))).strip()
