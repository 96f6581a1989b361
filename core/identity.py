"""Identities that never depend on when or where they are computed."""

import hashlib
import re
import unicodedata

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


def local_entity_id(entity_type: str, name: str) -> str:
    """The id of a name that the gazetteer does not know: `local:<type>:<12 hex>`."""
    normalised = " ".join(unicodedata.normalize("NFKC", name).casefold().split())
    return f"local:{entity_type}:{hashlib.sha256(normalised.encode()).hexdigest()[:12]}"


# Cc without tab and newline, and lone surrogates, which no encoder accepts.
_UNWANTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean_text(text: str) -> str:
    """NFC, Unix line ends, no control characters or lone surrogates; offsets count this text."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return unicodedata.normalize("NFC", _UNWANTED.sub("", unified)).strip()
