"""An article taken down: the next edition's tables are those of a newsroom that never had it."""

import io
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import polars as pl

from cli.forget import forget
from core.decisions import read_decisions
from core.home import Home
from tests.dbt.editions import three_editions
from tests.dbt.newsroom import Article, Edition
from tests.dbt.runs import copy_home, publish_editions, rows, table_hashes
from warehouse.publications import list_publications
from warehouse.rollback import rollback

EDITIONS = three_editions()
GONE = EDITIONS[0].articles[0]
_DISPOSITIONS = {"quality.fct_disposition", "quality.fct_source_edition"}


def _without(edition: Edition, article: Article) -> Edition:
    """The edition as if it had never held the article."""
    return replace(
        edition,
        articles=tuple(one for one in edition.articles if one.url != article.url),
        duplicates=tuple(
            pair for pair in edition.duplicates if article.url not in [one.url for one in pair]
        ),
        links=tuple(
            link for link in edition.links if article.url not in (link[0].url, link[1].url)
        ),
        removals=tuple(one for one in edition.removals if one[0].url != article.url),
    )


def _forget(home: Home) -> str:
    out = io.StringIO()
    forget(GONE.url, "Asked for.", "ada", [], out, dry_run=False, home=home)
    return out.getvalue()


_KILLED = """
import io, os, sys
from pathlib import Path
from cli import forget, taking_down
from core.decisions import read_decisions
from core.home import Home

name, calls = sys.argv[3], int(sys.argv[4])
original, count = getattr(taking_down, name), [0]

def dies(*args, **more):
    count[0] += 1
    if count[0] == calls:
        os._exit(9)
    return original(*args, **more)

setattr(taking_down, name, dies)
home = Home(Path(sys.argv[1]))
forget.forget(sys.argv[2], "Asked for.", "ada", [], io.StringIO(), dry_run=False, home=home)
"""


def _kill(home: Home, name: str, calls: int) -> None:
    """Give the command, and end its process at the given call of a function of `taking_down`."""
    command = [sys.executable, "-c", _KILLED, str(home.root), GONE.url, name, str(calls)]
    assert subprocess.run(command, check=False, timeout=120).returncode == 9


def _landed_texts(home: Home) -> list[str]:
    files = [*home.root.glob("landing/*/*/article/*"), *home.root.glob("sealed/*/*/article/*")]
    return [text for file in files for text in pl.read_parquet(file)["text"]]


def _marts(published: Path) -> dict[str, str]:
    hashes = table_hashes(published)
    return {table: told for table, told in hashes.items() if table not in _DISPOSITIONS}


def test_the_next_edition_is_as_if_it_had_never_been(newsroom: Home, tmp_path: Path) -> None:
    never = copy_home(newsroom, tmp_path / "never")
    expected = publish_editions(never, "never", *(_without(one, GONE) for one in EDITIONS))
    home = copy_home(newsroom, tmp_path / "home")
    before = publish_editions(home, "before", *EDITIONS[:2])
    figures = rows(before, "from marts.fct_theme_daily order by all")
    _kill(home, "fsync_folder", 1)  # the publication's new file is in its place
    assert rows(before, f"from marts.article_text where article_id = '{GONE.article_id}'") == []
    assert GONE.text in _landed_texts(home)
    _kill(home, "fsync_folder", 4)  # some seals and landings, not all
    assert "erased from landing/" in _forget(home)
    assert GONE.text not in _landed_texts(home)
    assert len([one for one in read_decisions(home) if one.decision == "takedown"]) == 1
    assert not list(home.root.rglob("*.erasing*"))
    assert rows(before, "from marts.fct_theme_daily order by all") == figures
    after = publish_editions(home, "after", EDITIONS[2])
    assert _marts(after) == _marts(expected)
    ended = f"from quality.fct_disposition where url = '{GONE.url}'"
    ends = set(rows(after, f"select status, reason {ended}"))
    assert ends == {("quarantined", "taken down")}

    back = rollback(home, "p000001", why="A test.", by="ada")
    assert back["publication_id"] == "p000003"
    assert [row["is_kept"] for row in list_publications(home)] == [True, True, True]
    again = publish_editions(home, "again", EDITIONS[2])
    texts = f"select 1 from marts.article_sentence where article_id = '{GONE.article_id}'"
    assert rows(again, texts) == []
    assert rows(again, f"select 1 from marts.dim_article where url = '{GONE.url}'") == []
