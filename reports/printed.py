"""Every number that a brief prints, as figures with their queries, in the order of the page."""

from collections.abc import Iterator, Mapping
from itertools import chain

from core.landed import STATUSES
from reports.facts import MIN_EDITIONS, MOST_THEMES, Facts, is_judged
from reports.figures import Figure, figure_of_length, figures_of_row
from reports.filters import share
from reports.lists import Row

_ALL = 2**31 - 1  # whoever stands beyond the page's end now still has a figure
_HEADLINE = (
    "articles",
    "stories",
    "owners",
    "outlets",
    "outlets_configured",
    "outlets_reached",
    "outlets_silent",
    "undated",
)


def printed_figures(facts: Facts) -> list[Figure]:
    """The figures of the page made of `facts`."""
    these: Mapping[str, object] = {"edition": facts.edition}
    own = {"publication_id": facts.publication["publication_id"]}
    told = _HEADLINE if facts.is_first else (*_HEADLINE, "late")
    return list(
        chain(
            figures_of_row("headline", these, facts.headline, told),
            chain.from_iterable(_of_usual(row, these) for row in facts.usual.values()),
            (
                figure_of_length(name, rows, parameters)
                for name, rows, parameters in (
                    ("themes", facts.themes, these),
                    ("coverage", facts.coverage, these),
                    ("refusals", facts.refusals, these),
                    ("refused_runs", facts.refused_runs, these),
                    ("verdicts", facts.verdicts, own),
                )
            ),
            *_of_lists(facts, these),
        )
    )


def _of_usual(row: Row, these: Mapping[str, object]) -> Iterator[Figure]:
    is_early = row["editions_known"] < MIN_EDITIONS
    known = ["low", "usual", "high"] if row["usual"] is not None else ["editions_known"] * is_early
    return figures_of_row("usual", these, row, ["counted", *known], key="measure")


def _of_lists(facts: Facts, these: Mapping[str, object]) -> Iterator[Iterator[Figure]]:
    """The figures of each row that the page shows."""
    most = {**these, "most": _ALL}
    for row in facts.stories:
        measured = [] if row["eval_precision"] is None else ["eval_precision", "eval_n"]
        columns = ["articles", "texts", "owners_reporting", *measured]
        yield figures_of_row("stories", most, row, columns, key="story_id")
    for row in facts.themes[:MOST_THEMES]:
        percent = ["day_percent"] if share(row) else []
        columns = ["stories", "day_stories", *percent, *_band(row)]
        yield figures_of_row("themes", these, row, columns, key="theme_id")
    for row in facts.pairs:
        yield figures_of_row("pairs", most, row, ["stories", "owners"], key="pair_id")
    for row in facts.set_gaps:
        yield figures_of_row("set_gaps", most, row, ["stories"], key="theme_id")
    for row in facts.coverage:
        columns = ["looks", "found", *STATUSES]
        yield figures_of_row("coverage", these, row, columns, key="source_id")


def _band(theme: Row) -> list[str]:
    return ["low", "high"] if is_judged(theme) else ["baseline_days"]
