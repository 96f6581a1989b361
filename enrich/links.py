"""How a mention got its entity, and how far to trust that: one rule, one confidence each.

`link_confidence` of a name that the model sees too is the share of right ones on labelled links
(KORE50 and MSNBC, 69 of 78); rules too rare there to be measured are not trusted more. A short form
is as sure as its long form times how often it means that (.94). A name of nobody known has an id
of its own, which is right where all of that name are one. Of the links that a small knowledge base
added on MSNBC 7 of 8 were right: too few to trust them more than that.
"""

from typing import NamedTuple


class Link(NamedTuple):
    """A rule of linking with the trust in the mention (`confidence`) and in the entity."""

    rule: str
    method: str
    confidence: float
    link_confidence: float


NAME = Link("name", "gazetteer", 0.95, 0.88)
NAME_SEEN = Link("name_and_model", "gazetteer", 0.98, 0.88)
NAME_IN_CONTEXT = Link("name_in_context", "gazetteer", 0.9, 0.85)
SHORT_FORM = Link("short_form", "consistency", 0.92, 0.83)
NEW_NAME = Link("new_name", "model", 0.77, 0.5)
KNOWLEDGE_BASE = Link("knowledge_base", "model", 0.77, 0.8)
RULES = (NAME, NAME_SEEN, NAME_IN_CONTEXT, SHORT_FORM, NEW_NAME, KNOWLEDGE_BASE)
