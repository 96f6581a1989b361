"""The unit of enrichment: one wording of an article, split into sentences on demand."""

from dataclasses import dataclass
from functools import cached_property

from enrich.sentences import Sentence, split_document


@dataclass(frozen=True)
class Document:
    """One wording; `title` and `text` are NFC, every offset counts their code points."""

    version_id: str
    language: str
    title: str
    text: str

    @cached_property
    def sentences(self) -> list[Sentence]:
        """The title as sentence 0 (if there is one), then the sentences of the text."""
        return split_document(self.title, self.text)

    def section(self, name: str) -> str:
        """The string that the offsets of section `title` or `body` count in."""
        return self.title if name == "title" else self.text
