"""The station: put an edition's texts beside each other and those of the days around it."""

from core.companions import runs_of_all
from core.plan import load_run
from enrich.stories import pair_landed
from enrich.story_links import link_landed


def group_edition(run_id: str) -> dict[str, dict[str, int]]:
    """Land `near_duplicate` and `story_link`; returns what each counted of the run's edition.

    Of the editions that the run makes anew beside its own, too.
    """
    counts: dict[str, dict[str, int]] = {}
    for run in runs_of_all(load_run(run_id)):
        counts = {"near_duplicates": pair_landed(run), "stories": link_landed(run)}
    return counts
