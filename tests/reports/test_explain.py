"""The brief leads to an explanation of every article it cites, told from the same publication."""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from core.config import load_themes
from core.errors import PublishError
from core.home import Home
from enrich.account import TaxonomyReader
from enrich.links import RULES
from reports.brief import write_brief
from reports.explain import read_explanations
from reports.explain_words import link_rule
from reports.lists import open_publication
from tests.reports.conftest import FIRST, NEWS, STRIKE, UNION, VOICE, Briefs
from tests.reports.test_explain_marks import named, shown


def links_of(brief: Path) -> set[str]:
    found = re.findall(r'href="(explain/[^"]+)"', brief.read_text(encoding="utf-8"))
    assert found
    return set(found)


def explained(brief: Path, article_id: str) -> str:
    return (brief.parent / "explain" / f"{article_id}.html").read_text(encoding="utf-8")


def test_every_cited_article_is_explained_beside_the_brief(briefs: Briefs) -> None:
    cited = {f"explain/{one.article_id}.html" for one in FIRST.articles}
    assert links_of(briefs.first) == cited
    changed = {f"explain/{one.article_id}.html" for one in (VOICE, UNION, STRIKE, NEWS)}
    assert links_of(briefs.second) == changed
    for brief in (briefs.first, briefs.second):
        pages = {f"explain/{path.name}" for path in (brief.parent / "explain").iterdir()}
        assert links_of(brief) == pages


def test_the_explanation_leads_back_and_is_of_the_briefs_publication(briefs: Briefs) -> None:
    first = explained(briefs.first, VOICE.article_id)
    second = explained(briefs.second, VOICE.article_id)
    assert '<a href="../brief.html">back to the brief</a>' in first
    assert "publication <b>p000001</b>" in first
    assert "publication <b>p000002</b>" in second
    assert shown(first, "body") == VOICE.text
    assert "in two scenes of the film" in shown(second, "body")
    assert "It was corrected" in second
    assert "<del>nine</del> scenes" in second
    assert "took it down" in explained(briefs.second, UNION.article_id)


def test_without_a_taxonomy_the_page_says_that_nothing_nearly_was_is_told(briefs: Briefs) -> None:
    page = explained(briefs.first, STRIKE.article_id)
    assert "Not told here: no taxonomy was at hand." in page


def test_a_brief_written_again_keeps_no_page_that_it_does_not_lead_to(
    briefs: Briefs, tmp_path: Path
) -> None:
    home = Home(tmp_path)
    home.publications.mkdir()
    shutil.copy(briefs.home.publication("p000001"), home.publication("p000001"))
    stale = home.report(FIRST.day) / "explain" / f"{'0' * 16}.html"
    stale.parent.mkdir(parents=True)
    stale.write_text("an earlier brief's")
    reader = TaxonomyReader(load_themes(briefs.home.root.parent / "config" / "themes.yml"))
    brief = write_brief("p000001", FIRST.day.isoformat(), home, reader)
    assert not stale.exists()
    page = explained(brief, STRIKE.article_id)
    assert "No other theme came half way to its threshold." in page
    assert '<p class="by">union 1</p>' in page


def test_a_publication_without_a_table_says_so(briefs: Briefs, tmp_path: Path) -> None:
    old = tmp_path / "p000001.duckdb"
    shutil.copy(briefs.home.publication("p000001"), old)
    old.chmod(0o644)
    with duckdb.connect(str(old)) as connection:
        connection.execute("drop table marts.article_date_candidate")
    with (
        open_publication(old) as connection,
        pytest.raises(PublishError, match=r"publication p000001 cannot be explained.*candidate"),
    ):
        read_explanations(connection, "p000001", [VOICE.article_id])


def test_an_article_that_is_not_there_has_no_explanation(briefs: Briefs) -> None:
    with open_publication(briefs.home.publication("p000001")) as connection:
        found = read_explanations(connection, "p000001", ["0" * 16, VOICE.article_id])
    assert list(found) == [VOICE.article_id]


@pytest.mark.parametrize("rule", [one.rule for one in RULES])
def test_every_rule_of_linking_has_words(rule: str) -> None:
    mention = named("title", 0, 1, "x")
    words = link_rule(type(mention)(**{**vars(mention), "link_rule": rule}))
    assert words != rule.replace("_", " ")
