"""How a mention got its entity, and how far to trust that: one rule, one confidence each.

The figures order the rules by how much each is trusted; they are fixed per rule, since neither
the gazetteer nor the recogniser gives a probability of its own, and not yet calibrated on links.
"""

from typing import NamedTuple


class Link(NamedTuple):
    """A rule of linking with the trust in the mention (`confidence`) and in the entity."""

    rule: str
    method: str
    confidence: float
    link_confidence: float


NAME = Link("name", "gazetteer", 0.95, 0.95)
NAME_SEEN = Link("name_and_model", "gazetteer", 0.98, 0.97)
NAME_IN_CONTEXT = Link("name_in_context", "gazetteer", 0.9, 0.9)
SHORT_FORM = Link("short_form", "consistency", 0.92, 0.92)
NEW_NAME = Link("new_name", "model", 0.77, 0.5)
RULES = (NAME, NAME_SEEN, NAME_IN_CONTEXT, SHORT_FORM, NEW_NAME)
