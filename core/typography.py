"""One written form for signs that print alike; the length of a text never changes."""

import unicodedata

TYPOGRAPHY = (
    ("’", "'"),
    ("‘", "'"),
    ("ʼ", "'"),
    ("‐", "-"),
    ("‑", "-"),
    ("\xa0", " "),
)


def fold_typography(text: str) -> str:
    """One apostrophe, one hyphen, one space; as long as `text`."""
    if not text.isascii():
        for written, plain in TYPOGRAPHY:
            text = text.replace(written, plain)
    return text.replace("\n", " ")


def name_key(name: str) -> str:
    """The form in which names are compared: NFC, folded for typography, with their case."""
    return fold_typography(unicodedata.normalize("NFC", name))
