"""What a brief states: rows of one publication, each list from one file of `reports/sql`."""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb

from reports.changed_figures import ChangedEdition, changed_figures
from reports.lists import Listing, Row, grouped, query, read_list

MOST_STORIES = 7
MOST_THEMES = 8
MOST_PAIRS = 8
MOST_EXCLUSIVES = 5
MOST_GAPS = 2
EVIDENCE_PER_STORY = 2
MOST_PRINTERS = 4
READ_PER_STORY = 4
MIN_BASELINE_DAYS = 14
MIN_EDITIONS = 14
LOW_VOLUME = 0.8


@dataclass(frozen=True)
class Facts:
    """All that the brief, its mail, its text and its table are made of.

    Every row comes from the publication named in `publication`. Lists are in the order in which
    they are told; those that the page cuts are whole here, but for `stories`, `pairs`,
    `exclusives` and `set_gaps`. `listings` has the query and the values of each list by its name.
    """

    publication: Row
    headline: Row
    usual: dict[str, Row]
    stories: list[Row]
    themes: list[Row]
    pairs: list[Row]
    exclusives: list[Row]
    set_gaps: list[Row]
    changed: list[Row]
    changed_figures: list[ChangedEdition]
    coverage: list[Row]
    refusals: list[Row]
    verdicts: list[Row]
    refused_runs: list[Row]
    decisions: list[Row]
    licences: list[Row]
    listings: dict[str, Listing]

    @property
    def edition(self) -> date:
        edition: date = self.publication["edition"]
        return edition

    @property
    def day(self) -> date:
        """The last whole day before the cut-off, which the usual bands are about."""
        return self.edition - timedelta(days=1)

    @property
    def is_first(self) -> bool:
        return self.headline["edition_before"] is None

    @property
    def warnings(self) -> list[Row]:
        return [row for row in self.verdicts if not row["success"]]

    @property
    def has_low_volume(self) -> bool:
        """Whether there are under 80 % of the articles that an edition usually has."""
        row = self.usual["articles"]
        return row["usual"] is not None and row["counted"] < LOW_VOLUME * row["usual"]

    @property
    def risen(self) -> list[Row]:
        """The themes that rose beyond their usual."""
        return [row for row in self.themes if row["is_burst"]]

    @property
    def fallen(self) -> list[Row]:
        """The themes that have fewer stories than usual."""
        return [row for row in self.themes if is_judged(row) and row["day_stories"] < row["low"]]

    @property
    def has_new_taxonomy(self) -> bool:
        """Whether the publication before this one was made with other themes or rules."""
        before = self.publication["taxonomy_before"]
        return before is not None and before != self.publication["taxonomy_version"]

    @property
    def corrections(self) -> list[Row]:
        """Articles cited before that were corrected or taken down."""
        return [row for row in self.changed if row["change"] != "minor"]

    @property
    def changed_quietly(self) -> list[Row]:
        """Articles cited before whose words changed without a notice."""
        return [row for row in self.changed if row["change"] == "minor"]

    @property
    def figures_corrected(self) -> list[ChangedEdition]:
        """Figures of earlier briefs that are others now, but for stories that only went on."""
        return [one for one in self.changed_figures if not one.only_grew]

    @property
    def figures_grown(self) -> int:
        """How many figures of stories went up only because later editions added to them."""
        return sum(len(one.figures) for one in self.changed_figures if one.only_grew)

    @property
    def explained(self) -> list[str]:
        """The articles that the page leads on to the explanation of."""
        quiet = {row["article_id"] for row in self.changed_quietly}
        return sorted(quiet | {article_id for article_id, _ in self.citations})

    @property
    def citations(self) -> list[tuple[str, str]]:
        """The articles that the page quotes or links, each with its wording."""
        leads = {(one["lead_article_id"], one["lead_version_id"]) for one in self.stories}
        printed = [row for one in self.stories for row in one["printed_by"][:MOST_PRINTERS]]
        told = (*printed, *(row for one in self.stories for row in one["evidence"]))
        shown = (*told, *self.pairs, *self.exclusives, *self.set_gaps, *self.corrections)
        return sorted(leads | {(row["article_id"], row["version_id"]) for row in shown})


class _Reader:
    """Reads lists and keeps them."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, publication_id: str, edition: date
    ) -> None:
        self.listings: dict[str, Listing] = {}
        self._connection = connection
        self._known = {"publication_id": publication_id, "edition": edition}

    def __call__(self, name: str, **parameters: object) -> list[Row]:
        listing = read_list(self._connection, name, {**self._known, **parameters})
        self.listings[name] = listing
        return listing.rows


def read_facts(connection: duckdb.DuckDBPyConnection, publication_id: str, edition: date) -> Facts:
    """Every list of the brief of `edition`, as `publication_id` has it."""
    read = _Reader(connection, publication_id, edition)
    stories = _stories(read)
    gaps = read("set_gaps", most=MOST_GAPS)
    shown = [row["story_id"] for row in (*stories, *gaps)]
    return Facts(
        publication={**read("publication")[0], "edition": edition},
        headline=read("headline")[0],
        usual={row["measure"]: row for row in read("usual")},
        stories=stories,
        themes=[{**row, "verdict": verdict(row)} for row in read("themes")],
        pairs=_pairs(read),
        exclusives=read("exclusives", story_ids=shown, most=MOST_EXCLUSIVES - len(gaps)),
        set_gaps=gaps,
        changed=_with_texts(connection, read("corrections")),
        changed_figures=changed_figures(connection, publication_id, edition),
        coverage=read("coverage"),
        refusals=read("refusals"),
        verdicts=read("verdicts"),
        refused_runs=read("refused_runs"),
        decisions=read("decisions"),
        licences=read("licences"),
        listings=read.listings,
    )


def _stories(read: _Reader) -> list[Row]:
    """The new stories, each with its `evidence` by sentence, and where else it is `printed_by`.

    That is the first article of each other outlet.
    """
    stories = read("stories", most=MOST_STORIES)
    story_ids = [row["story_id"] for row in stories]
    told = grouped("story_id", read("story_outlets", story_ids=story_ids))
    stories = [{**row, "printed_by": _elsewhere(row, told[row["story_id"]])} for row in stories]
    readable = [
        one
        for row in stories
        for one in (row["lead_article_id"], *(other["article_id"] for other in row["printed_by"]))[
            :READ_PER_STORY
        ]
    ]
    evidence = grouped("story_id", read("story_evidence", article_ids=readable))
    return [
        {**row, "evidence": by_sentence(evidence[row["story_id"]])[:EVIDENCE_PER_STORY]}
        for row in stories
    ]


def _pairs(read: _Reader) -> list[Row]:
    """The first pairs, each with a sentence that no pair before it has, where it has one."""
    ranked = read("pairs", most=MOST_PAIRS)
    places = sorted({one for row in ranked for one in row["article_ids"]})
    pair_ids = [row["pair_id"] for row in ranked]
    sentences = grouped("pair_id", read("pair_sentences", article_ids=places, pair_ids=pair_ids))
    told: list[Row] = []
    quoted: set[str] = set()
    for row in ranked:
        of_pair = sentences[row["pair_id"]]
        if not of_pair:  # nothing of it may be quoted
            continue
        one = next((each for each in of_pair if each["sentence"] not in quoted), of_pair[0])
        quoted.add(one["sentence"])
        told.append({**row, **one})
    return told


def _elsewhere(story: Row, articles: list[Row]) -> list[Row]:
    first: dict[str, Row] = {}
    for row in articles:
        first.setdefault(row["outlet"], row)
    return [row for outlet, row in first.items() if outlet != story["outlet"]]


def _with_texts(connection: duckdb.DuckDBPyConnection, changed: list[Row]) -> list[Row]:
    """The corrections with both texts, which enter no list that leaves the newsroom."""
    wanted = {row[name] for row in changed for name in ("cited_version_id", "version_id")}
    texts = {
        row["version_id"]: row["text"]
        for row in query(connection, "wordings", {"version_ids": sorted(wanted)})
    }
    return [
        {
            **row,
            "old_text": texts[row["cited_version_id"]],
            "new_text": texts[row["version_id"]],
        }
        for row in changed
    ]


def by_sentence(evidence: list[Row]) -> list[Row]:
    """Evidence rows with equal sentences made one, with all their themes and marked words."""
    merged: dict[str, Row] = {}
    for row in evidence:
        one = merged.setdefault(row["sentence"], {**row, "themes": [], "surfaces": []})
        one["themes"].append(row)
        one["surfaces"] += [word for word in row["surfaces"] if word not in one["surfaces"]]
    return list(merged.values())


def is_judged(theme: Row) -> bool:
    """Whether it is known what is usual for the theme."""
    return theme["expected"] is not None


def verdict(theme: Row) -> str:
    """Whether a theme moved on the last whole day, in words."""
    if not is_judged(theme):
        if theme["baseline_days"] >= MIN_BASELINE_DAYS:
            return "too early to say: themes or names were found in another way before"
        return f"too early to say: {theme['baseline_days']} of {MIN_BASELINE_DAYS} days known"
    if theme["is_burst"]:
        return "more than usual"
    if theme["day_stories"] > theme["high"]:
        return "above its usual band, but that may be chance"
    return "fewer than usual" if theme["day_stories"] < theme["low"] else "within the usual"


def usual_band(row: Row) -> str:
    """`4 to 9`, or one number where both ends are the same."""
    low, high = f"{row['low']:.0f}", f"{row['high']:.0f}"
    return low if low == high else f"{low} to {high}"
