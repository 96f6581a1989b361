"""The station: put an edition's texts beside each other and those of the days around it."""

from enrich.stories import pair_edition
from enrich.story_links import link_edition


def group_edition(run_id: str) -> dict[str, dict[str, int]]:
    """Land `near_duplicate` and `story_link`; returns what each counted."""
    return {"near_duplicates": pair_edition(run_id), "stories": link_edition(run_id)}
