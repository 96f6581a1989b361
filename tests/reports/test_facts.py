"""What a brief states of a night that is made for it: usual, late, shared, alone, moved."""

import re
from datetime import date

import pytest

from core.home import Home
from reports.brief_csv import brief_csv
from reports.facts import Facts, read_facts
from reports.figures import figures_now
from reports.lists import open_publication
from reports.outline import outline
from reports.page import annex, reasons, render
from reports.plain_text import plain_text
from reports.printed import printed_figures
from reports.sentences import three_sentences
from tests.reports.publication import Paper

DAY = date(2026, 10, 16)  # a Friday: it covers a Thursday


@pytest.fixture
def paper() -> Paper:
    return Paper(DAY)


def facts_of(paper: Paper, home: Home) -> Facts:
    with open_publication(paper.publish(home)) as connection:
        return read_facts(connection, "p100000", paper.edition)


def told(facts: Facts) -> list[str]:
    return [sentence.text for sentence in three_sentences(facts)]


def test_a_first_edition_compares_with_nothing(paper: Paper, home: Home) -> None:
    paper.article("Old and new", "A union vote.", hours=200)
    facts = facts_of(paper, home)
    assert facts.is_first
    assert facts.headline["late"] == 0
    assert reasons(facts) == []
    first, second, third = told(facts)
    assert [first, second] == [
        "1 new article tells 1 story (too early to say: 0 of 14 editions known).",
        "The most told theme, Labour, has 1 new story (too early to say: 0 of 14 days known).",
    ]
    assert third.startswith("1 owner reports the most reported new story, “Old and new” (too")


def test_late_is_what_was_published_on_a_day_before_the_last_edition(
    paper: Paper, home: Home
) -> None:
    paper.past(1)  # the last edition is that of the 15th
    paper.article("Of the evening before", "A union vote.", hours=29)  # the 15th, 00:00
    paper.article("Of the day before that", "A union vote.", hours=30)  # the 14th, 23:00
    assert facts_of(paper, home).headline["late"] == 1


@pytest.mark.parametrize(("articles", "is_low"), [(8, False), (7, True)])
def test_volume_is_low_under_four_fifths_of_the_usual(
    paper: Paper, home: Home, articles: int, is_low: bool
) -> None:
    paper.past(*[10] * 14)
    for number in range(articles):
        paper.article(f"News {number}", "A union vote.")
    facts = facts_of(paper, home)
    assert facts.usual["articles"]["usual"] == 10
    assert facts.has_low_volume is is_low
    low = f"Volume is low: {articles} articles, under 80 % of the usual 10."
    assert reasons(facts) == ([low] if is_low else [])
    assert told(facts)[0].endswith("(usual 10 articles an edition).")


def test_thirteen_editions_and_the_first_are_too_few(paper: Paper, home: Home) -> None:
    paper.past(*[10] * 13)
    facts = facts_of(paper, home)
    assert facts.usual["articles"]["usual"] is None
    assert not facts.has_low_volume


def test_a_weekend_is_compared_with_weekends(home: Home) -> None:
    sunday = date(2026, 10, 18)  # covers a Saturday
    counts = [2 if (sunday.toordinal() - ago - 1) % 7 in {0, 6} else 10 for ago in range(28, 0, -1)]
    paper = Paper(sunday)
    paper.past(*counts)
    paper.article("News", "A union vote.")
    paper.article("More news", "A union vote.")
    facts = facts_of(paper, home)
    assert facts.usual["articles"]["usual"] == 2
    assert not facts.has_low_volume


def test_an_outlet_that_is_collected_no_more_is_not_missed(home: Home) -> None:
    paper = Paper(DAY, outlets=2)
    paper.past(*[10] * 14)
    del paper.rows["marts.dim_article"][::2]  # outlet 0 gave one half
    paper.outlets = 1
    for row in paper.rows["marts.dim_article"]:
        row["source_id"] = paper.source(1)
    facts = facts_of(paper, home)
    assert facts.usual["articles"]["counted"] == 0
    assert facts.usual["articles"]["usual"] == 0
    assert not facts.has_low_volume


def test_a_silent_outlet_and_one_without_an_answer_are_named(paper: Paper, home: Home) -> None:
    paper.trouble(1, is_silent=True)
    paper.trouble(2, is_collected=False, feed_status="robots_disallowed")
    paper.verdict("an_expectation", success=False)
    facts = facts_of(paper, home)
    assert (facts.headline["outlets_reached"], facts.headline["outlets_silent"]) == (2, 1)
    assert reasons(facts) == [
        "Silent: Outlet 1.",
        "Not reached: Outlet 2 (robots disallowed).",
        "The gate gave 1 warning.",
    ]


def test_stories_stand_by_their_reporting_owners_whoever_prints_them(
    paper: Paper, home: Home
) -> None:
    paper.outlets = 40
    flood = paper.article("From the agency", "A union vote.", origin="agency")
    paper.copies(flood, 39)
    report = paper.article("Reported twice", "A union vote.", outlet=1)
    paper.article("Reported again", "A union vote, too.", outlet=2, story=report)
    first, second = facts_of(paper, home).stories
    assert first["title"] == "Reported twice"
    assert (second["articles"], second["texts"], second["owners_reporting"]) == (40, 1, 1)
    assert second["owners_printing"] == 40
    assert len(second["printed_by"]) == 39
    assert [row["sentence"] for row in first["evidence"]] == ["A union vote.", "A union vote, too."]


def test_a_brief_cites_few_of_those_who_printed_an_agency(paper: Paper, home: Home) -> None:
    paper.outlets = 200
    for number in range(7):
        paper.copies(paper.article(f"Agency {number}", "A union vote.", origin="agency"), 199)
    assert len(facts_of(paper, home).citations) == 7 * (1 + 4)


def test_sentences_are_verbatim_two_at_most_and_cut_at_forty_words(
    paper: Paper, home: Home
) -> None:
    long = " ".join(str(number) for number in range(60))
    paper.article("One", long, "A short one.", "A third one.")
    (story,) = facts_of(paper, home).stories
    short, cut = [row["sentence"] for row in story["evidence"]]
    assert short == "A short one.", "a whole sentence comes before a cut one"
    assert cut == " ".join(str(number) for number in range(40)) + " …"


def test_of_letters_without_spaces_few_are_quoted_and_of_an_article_three_sentences(
    paper: Paper, home: Home
) -> None:
    paper.article("One", "工" * 900, "A\u00a0no-break " * 60)
    facts = facts_of(paper, home)
    (story,) = facts.stories
    assert sorted(row["sentence"] for row in story["evidence"]) == [
        " ".join(["A", "no-break"] * 20) + " …",
        "工" * 400 + " …",
    ]
    assert len(facts.listings["story_evidence"].values) <= 3


def test_pairs_count_stories_and_share_a_sentence_if_they_must(paper: Paper, home: Home) -> None:
    names = ("Amazon", "Meta", "Studios", "Amazon Studios")
    paper.article("One", "Amazon sues Meta.", names=names)
    paper.article("Two", "Meta and Amazon settle with Studios.", outlet=1, names=names)
    paper.article("Three", "Amazon Studios are Amazon.", outlet=2, names=names)
    told = {row["pair_id"]: row for row in facts_of(paper, home).pairs}
    assert (told["amazon+meta"]["stories"], told["amazon+meta"]["owners"]) == (2, 2)
    assert told["amazon+meta"]["sentence"] == "Amazon sues Meta."
    assert [row["sentence"] for row in told.values()][1:] == [
        "Meta and Amazon settle with Studios."
    ] * 2, "no other sentence has these pairs"
    assert not any("amazon studios+" in pair or "+amazon studios" in pair for pair in told)


def test_a_pair_whose_first_sentence_is_quoted_has_its_next(paper: Paper, home: Home) -> None:
    names = ("Amazon", "Meta", "Sony")
    both = "Amazon, Meta and Sony settle."
    paper.article("One", both, names=names)
    for number in range(3):
        paper.article(f"Copy {number}", both, outlet=1, names=names)
    paper.article("Two", "Amazon sues Sony.", outlet=2, names=names, theme=None)
    paper.article("Three", "Meta sues Sony.", outlet=1, names=names, theme=None)
    assert [(row["pair_id"], row["sentence"]) for row in facts_of(paper, home).pairs] == [
        ("amazon+sony", both),
        ("meta+sony", "Meta sues Sony."),
        ("amazon+meta", both),  # it has no other
    ]


def test_a_part_and_its_owner_are_no_pair(paper: Paper, home: Home) -> None:
    paper.article("One", "Amazon owns Ring.", names=("Amazon", "Ring"))
    paper.kin("ring", "amazon")
    assert facts_of(paper, home).pairs == []


def test_what_one_outlet_and_one_set_of_outlets_has(home: Home) -> None:
    sets = {"outlet-000": "trade-press", "outlet-001": "nationals"}
    paper = Paper(DAY, sets=sets, themes=("labour", "data", "chips"))
    shared = paper.article("Shared", "A union vote.", outlet=0)
    paper.article("Shared, too", "A union vote.", outlet=1, story=shared)
    for number in range(9):
        paper.article(f"Data {number}", "A leak.", outlet=0, theme="data")
    paper.article("Agency", "Chips.", outlet=2, theme="chips", origin="agency")
    paper.article("Opinion", "Chips.", outlet=2, theme="chips", genre="opinion")
    facts = facts_of(paper, home)
    (gap,) = facts.set_gaps
    assert (gap["theme"], gap["set_id"], gap["stories"]) == ("Data", "trade-press", 9)
    assert gap["missing_in"] == "nationals"
    shown = {row["story_id"] for row in (*facts.stories, gap)}
    alone = {row["story_id"] for row in facts.exclusives}
    assert len(facts.set_gaps) + len(facts.exclusives) <= 5
    assert alone.isdisjoint(shown)
    assert all(row["title"].startswith("Data") for row in facts.exclusives)


def test_a_set_that_has_a_sub_theme_has_its_theme(home: Home) -> None:
    sets = {"outlet-000": "trade-press", "outlet-001": "nationals"}
    paper = Paper(DAY, sets=sets, themes=("work", "strikes"), parents={"strikes": "work"})
    for number in range(3):
        paper.article(f"Work {number}", "A job.", outlet=0, theme="work")
    paper.article("Strike", "A strike.", outlet=1, theme="strikes")
    assert facts_of(paper, home).set_gaps == [], "the nationals have work: a strike is work"


def test_a_theme_that_is_all_one_sub_theme_is_told_once(home: Home) -> None:
    sets = {"outlet-000": "trade-press", "outlet-001": "nationals"}
    paper = Paper(DAY, sets=sets, themes=("work", "strikes"), parents={"strikes": "work"})
    for number in range(3):
        paper.article(f"Strike {number}", "A strike.", outlet=0, theme="strikes")
    (gap,) = facts_of(paper, home).set_gaps
    assert (gap["theme_id"], gap["stories"]) == ("strikes", 3)


def test_a_set_that_was_not_reached_misses_nothing(home: Home) -> None:
    paper = Paper(DAY, sets={"outlet-000": "trade-press", "outlet-001": "nationals"})
    paper.trouble(1, is_collected=False)
    for number in range(3):
        paper.article(f"Vote {number}", "A union vote.")
    assert facts_of(paper, home).set_gaps == []


def test_a_change_of_taxonomy_compares_nothing(home: Home) -> None:
    paper = Paper(DAY, taxonomy=("2", "1"))
    paper.article("Vote", "A union vote.")
    paper.usually("labour", None, None, is_burst=None)
    facts = facts_of(paper, home)
    assert facts.has_new_taxonomy
    assert facts.themes[0]["verdict"].startswith("too early to say: themes or names were found")


def test_an_edition_that_nothing_happened_to_is_not_asked_again(paper: Paper, home: Home) -> None:
    """But for its stories, which go on; that later editions were taken in changes nothing else."""
    paper.print_figure("themes[labour].day_stories", "1", "2", 3, is_replayed=False)
    paper.print_figure("stories[story-a].articles", "1", "2", 3, is_replayed=False)
    facts = facts_of(paper, home)
    assert facts.figures_corrected == []
    assert facts.figures_grown == 1


def test_an_edition_before_it_changes_what_was_usual(paper: Paper, home: Home) -> None:
    paper.print_figure("usual[articles].low", "1", "2", 3, is_replayed=False)
    paper.print_figure("headline.articles", "1", "1", 4)
    (changed,) = facts_of(paper, home).figures_corrected
    assert [one.figure for one in changed.figures] == ["usual[articles].low"]
    assert changed.causes[0] == "editions before it were taken in: 2026-10-12"


def test_a_changed_figure_is_said_in_words(paper: Paper, home: Home) -> None:
    story = paper.article("The <vote> in Dublin", "Amazon met Meta.", names=("Amazon", "Meta"))
    for figure in (
        f"stories[story-{story}].articles", "stories[story-x].articles", "themes[data].stories",
        "coverage[outlet-001].fetch_failed", "pairs[amazon+meta].owners", "usual[articles].low",
        "headline.outlets_reached", "coverage[outlet-x].found", "pairs[a+meta].owners",
        "set_gaps[x].stories",
    ):  # fmt: skip
        paper.print_figure(figure, "3", "5")
    facts = facts_of(paper, home)
    said = {f"{row.subject}: {row.measure}" for one in facts.changed_figures for row in one.figures}
    assert said == {
        "The <vote> in Dublin: articles", "a story that is gone now: articles", "Data: stories",
        "Outlet 1: fetch failed", "Amazon and Meta: owners", "usual articles: low",
        "headline: outlets reached", "an outlet that is gone now: found",
        "a pair of names that is gone now: owners", "a theme that is gone now: stories",
    }  # fmt: skip
    mailed = " ".join(plain_text(outline(facts)).split())
    assert "Outlet 1: fetch failed 3, now 5." in mailed
    for page in (render(facts), annex("changes", facts), brief_csv(facts).decode(), mailed):
        shown = re.sub(r"<pre>.*?</pre>", "", page, flags=re.DOTALL)
        assert not re.search(r"stories\[|outlet-001\]|pairs\[|themes\[|fetch_failed<", shown)


def test_figures_of_one_edition_in_two_publications_have_places_of_their_own(
    paper: Paper, home: Home
) -> None:
    story = paper.article("A vote", "A union vote.")
    for number, publication in enumerate(("p099990", "p099991")):
        for figure in (f"stories[story-{story}].articles", "headline.articles"):
            paper.print_figure(figure, "3", f"5 + {number}")
            paper.rows["meta.brief_figure"][-1]["publication_id"] = publication
    facts = facts_of(paper, home)
    assert len(facts.changed_figures) == 4
    page, changes = render(facts), annex("changes", facts)
    ids = re.findall(r' id="([^"]*)"', changes)
    assert len(ids) == len(set(ids))
    assert {one.anchor for one in facts.changed_figures} <= set(ids)
    linked = re.findall(r'href="changes.html#([^"]*)"', page)
    assert linked
    assert set(linked) <= set(ids)


def test_the_figures_of_pairs_can_be_asked_again(paper: Paper, home: Home) -> None:
    paper.article("One", "Amazon sues Meta.", names=("Amazon", "Meta"))
    with open_publication(paper.publish(home)) as connection:
        facts = read_facts(connection, "p100000", DAY)
        queries = {one.sql: one.value for one in printed_figures(facts)}
        assert any("pair_id" in sql for sql in queries)
        assert figures_now(connection, queries) == queries


def test_shares_and_precision_are_figures_too(paper: Paper, home: Home) -> None:
    for number in range(20):
        paper.article(f"Vote {number}", "A union vote.", hours=10)
    paper.measured["labour"] = (0.913, 23)
    with open_publication(paper.publish(home)) as connection:
        facts = read_facts(connection, "p100000", DAY)
        figures = printed_figures(facts)
        told = {one.figure: one.value for one in figures}
        queries = {one.sql: one.value for one in figures}
        assert figures_now(connection, queries) == queries
    assert told["themes[labour].day_percent"] == "50"
    story = facts.stories[0]["story_id"]
    assert told[f"stories[{story}].eval_precision"] == "0.91"
    assert told[f"stories[{story}].eval_n"] == "23"
