"""A brief says what became of the articles that earlier ones cited, and how outlets fared."""

import re
from html import unescape

import polars as pl

from cli.headlines import headlines
from tests.dbt.runs import rows
from tests.reports.conftest import FIRST, UNION, Briefs
from warehouse.publications import current


def section(page: str, name: str) -> str:
    """The words of one section, without its tags."""
    (found,) = re.findall(rf'<section aria-labelledby="{name}">(.*?)</section>', page, re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found)).split())


def test_what_a_brief_cites_is_kept_with_its_wording(briefs: Briefs) -> None:
    publication = current(briefs.home)
    assert publication is not None
    told = rows(publication, "select edition, article_id, version_id from meta.brief_citation")
    assert {(FIRST.day, one.article_id, one.version_id) for one in FIRST.articles} == set(told)


def test_the_first_brief_has_nothing_to_correct(briefs: Briefs) -> None:
    assert 'id="corrections"' not in briefs.first.read_text()


def test_themes_found_are_those_of_the_headlines(briefs: Briefs) -> None:
    """A theme that is listed for its sub-themes alone is not counted."""
    listed = pl.read_csv(briefs.first.parent / "numbers" / "themes.csv")
    found = listed.filter("has_own_articles")["theme_id"].to_list()
    assert sorted(listed["theme_id"]) == ["authorship", "labour", "likeness"]
    assert sorted(found) == ["labour", "likeness"], "Authorship is there for Likeness"
    assert headlines(briefs.home, "p000001", FIRST.day)["themes with evidence"] == len(found)


def test_a_correction_is_shown_with_both_wordings(briefs: Briefs) -> None:
    page = briefs.second.read_text()
    told = section(page, "since")
    assert "The Gazette · cited on Thursday, 15 October 2026 · corrected as of" in told
    assert "in nine scenes of the film." in told
    assert "in two scenes of the film." in told
    assert "Correction: an earlier text spoke of nine scenes." in told
    assert "<del>nine</del> scenes" in page
    assert "<ins>two</ins> scenes" in page
    assert "agent" not in told, "what did not change is not repeated"


def test_a_removal_is_told_with_what_stood_there(briefs: Briefs) -> None:
    told = section(briefs.second.read_text(), "since")
    assert f"{UNION.title} taken down The Courier · cited on Thursday, 15 October 2026" in told


def test_a_change_without_a_notice_is_named(briefs: Briefs) -> None:
    told = section(briefs.second.read_text(), "since")
    assert "Changed without a notice: A strike (The Gazette, why )." in told


def test_an_article_that_is_new_is_no_correction(briefs: Briefs) -> None:
    assert "Another union vote" not in section(briefs.second.read_text(), "since")


def test_source_health_names_what_went_wrong(briefs: Briefs) -> None:
    told = section(briefs.second.read_text(), "coverage")
    assert (
        "The Courier : 1 of 3 looks failed ; may have lost items between two looks; "
        "2 pages deferred to a later look ; its certificate is not checked" in told
    )
    assert "The Ledger : not asked in this edition." in told
    assert "The Gazette :" not in told
    first = section(briefs.first.read_text(), "coverage")
    assert "Source health. The Ledger : has never listed anything yet (feed ok)." in first
