"""One written form for signs that print alike; the length of a text never changes."""

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
