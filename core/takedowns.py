"""Articles that were taken down: what the tombstones in `decisions/` say, for whoever meets one.

Collecting asks for none of their URLs, extraction lands none of their wordings, the warehouse
loads none. Their URLs end as `quarantined`, with `TAKEN_DOWN` as the reason.
"""

from dataclasses import dataclass

from core.decisions import read_decisions
from core.home import Home

TAKEN_DOWN = "taken down"


@dataclass(frozen=True)
class Takedowns:
    """The ids of all articles taken down, and every URL that they were known by."""

    article_ids: frozenset[str] = frozenset()
    urls: frozenset[str] = frozenset()


def read_takedowns(home: Home) -> Takedowns:
    found = [one for one in read_decisions(home) if one.decision == "takedown"]
    return Takedowns(
        frozenset(one.article_id for one in found if one.article_id),
        frozenset(url for one in found for url in one.urls),
    )
