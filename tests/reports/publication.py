"""Publications made in a moment: one that names its editions, and ones with all a brief reads.

`Paper` writes rows straight into tables that have the columns of dbt's contracts, as dbt would
have built them of so small a newsroom: stories, days and pairs are counted from its articles, the
usual of a theme is what a test says. So a brief of thousands of articles costs a second.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import yaml

from core.config import PROJECT_ROOT
from core.home import Home
from core.landed import STATUSES
from warehouse.schema import EDITION, ensure_tables

MODELS = PROJECT_ROOT / "dbt_project" / "models"
WORDING = "x"


def publish_nothing_but(home: Home, publication_id: str, *editions: date) -> Path:
    """Write it and point the symlink at it; returns the file."""
    path = home.publication(publication_id)
    path.parent.mkdir(exist_ok=True)
    with duckdb.connect(path) as connection:
        ensure_tables(connection, publication_id)
        for edition in editions:
            connection.execute(
                f"insert into {EDITION.qualified} values (?, 'c', 'hash', 'run')", [edition]
            )
    return _published(home, path)


def _published(home: Home, path: Path) -> Path:
    path.chmod(0o444)
    home.warehouse.unlink(missing_ok=True)
    home.warehouse.symlink_to(path.relative_to(home.root))
    return path


@cache
def contracts() -> dict[str, dict[str, str]]:
    """The columns of every published table that dbt builds, with their types."""
    return {
        f"{folder}.{model['name']}": {one["name"]: one["data_type"] for one in model["columns"]}
        for folder in ("marts", "quality")
        for file in sorted((MODELS / folder).rglob("_*.yml"))
        for model in yaml.safe_load(file.read_text()).get("models", [])
    }


@dataclass
class Paper:
    """A publication of `edition` in the making; the methods add to it, `publish` writes it."""

    edition: date
    outlets: int = 3
    name: str = "Outlet {}"
    sets: dict[str, str] = field(default_factory=dict)
    themes: tuple[str, ...] = ("labour", "data")
    parents: dict[str, str] = field(default_factory=dict)
    taxonomy: tuple[str, str] = ("1", "1")
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    usual: dict[str, dict[str, Any]] = field(default_factory=dict)
    troubles: dict[str, dict[str, Any]] = field(default_factory=dict)
    editions: set[date] = field(default_factory=set)
    replayed: set[date] = field(default_factory=set)
    measured: dict[str, tuple[float, int]] = field(default_factory=dict)

    def source(self, number: int) -> str:
        return f"outlet-{number:03}"

    def article(
        self,
        title: str,
        *sentences: str,
        outlet: int = 0,
        theme: str | None = "labour",
        names: tuple[str, ...] = (),
        story: str | None = None,
        copy_of: str | None = None,
        days_ago: int = 0,
        hours: float = 12,
        **more: Any,
    ) -> str:
        """An article first seen `days_ago`, published `hours` before that cut-off; its id.

        Its theme stands in its first sentence, its names in every sentence that has them; `story`
        is the id of an earlier article of the same story, `copy_of` of the same text.
        """
        number = len(self.rows["marts.dim_article"])
        article_id = f"{number:016x}"
        key = {"article_id": article_id, "version_id": WORDING + article_id}
        edition = self.edition - timedelta(days=days_ago)
        published = datetime.combine(edition, time(5)) - timedelta(hours=hours)
        known = {
            "title": title,
            "url": f"https://{self.source(outlet)}.test/{number}",
            "source_id": self.source(outlet),
            "published_at": published,
            "published_day": published.date(),
            "published_precision": "minute",
            "first_seen_edition": edition,
            "first_seen_at": datetime.combine(edition, time(5)),
            "language": "en",
            "analysis_level": "full",
            "genre": "news",
            "origin": "own",
            "is_truncated": False,
            "story_id": f"story-{story or article_id}",
            "syndication_id": f"syn-{copy_of or article_id}",
            "word_count": 9,
        }
        self._add("marts.dim_article", **key, **known | more)
        self._add_wording(key, known, sentences)
        self._add_mentions(key, (title, *sentences), names)
        if theme:
            self._add_theme(key, theme, sentences)
        return article_id

    def _add_wording(
        self, key: dict[str, str], article: dict[str, Any], sentences: tuple[str, ...]
    ) -> None:
        edition, title = article["first_seen_edition"], article["title"]
        self._add(
            "marts.article_version",
            **key, seen_at=article["published_at"], edition=edition, title=title,
            text=" ".join(sentences), change="first", is_current=True,
        )  # fmt: skip
        for place, text in enumerate((title, *sentences)):
            self._add(
                "marts.article_sentence",
                **key, sentence_no=place, text=text, in_quotation=False,
                first_seen_edition=edition, section="body" if place else "title",
                char_start=0, char_end=len(text),
            )  # fmt: skip

    def _add_mentions(
        self, key: dict[str, str], texts: tuple[str, ...], names: tuple[str, ...]
    ) -> None:
        for place, text in enumerate(texts):
            for name in (one for one in names if one in text):
                self._add(
                    "marts.fct_entity_mention",
                    **key, entity_id=name.lower(), sentence_no=place, surface=name,
                )  # fmt: skip

    def _add_theme(self, key: dict[str, str], theme: str, sentences: tuple[str, ...]) -> None:
        self._add(
            "marts.fct_article_theme",
            **key, theme_id=theme, score=1.0 + len(sentences), evidence_count=1, is_primary=True,
        )  # fmt: skip
        for place, text in enumerate(sentences[:2], start=1):
            self._add(
                "marts.fct_theme_evidence",
                **key, theme_id=theme, sentence_no=place, surface=text.split()[0], weight=1 / place,
            )  # fmt: skip

    def copies(self, article_id: str, count: int) -> None:
        """As many outlets print the text of an article."""
        (first,) = (a for a in self.rows["marts.dim_article"] if a["article_id"] == article_id)
        for number in range(count):
            self.article(
                first["title"],
                outlet=1 + number,
                theme=None,
                story=article_id,
                copy_of=article_id,
                origin=first["origin"],
                hours=11,
            )

    def past(self, *counts: int) -> None:
        """So many articles in each of the editions before, the newest last, after a first one."""
        self.editions.add(self.edition - timedelta(days=len(counts) + 1))
        for days_ago, count in enumerate(reversed(counts), start=1):
            self.editions.add(self.edition - timedelta(days=days_ago))
            for number in range(count):
                self.article(
                    f"Past {days_ago} {number}", days_ago=days_ago, outlet=number % self.outlets
                )

    def usually(self, theme: str, low: float | None, high: float | None, **more: Any) -> None:
        """What is usual of a theme's day; `more` are other columns of fct_theme_daily."""
        expected = None if low is None or high is None else (low + high) / 2
        known = {"baseline_days": 28, "expected": expected, "low": low, "high": high}
        self.usual[theme] = {**known, "is_burst": False, "p_value": 0.5, **more}

    def kin(self, part: str, whole: str) -> None:
        """An entity belongs to another."""
        self._add("marts.bridge_entity_ancestor", entity_id=part, ancestor_id=whole, depth=1)

    def cite(self, article_id: str) -> None:
        """An earlier brief cited it."""
        self._add(
            "meta.brief_citation",
            publication_id="p000000",
            article_id=article_id,
            edition=self.edition - timedelta(days=1),
            version_id=WORDING + article_id,
        )

    def correct(self, article_id: str, text: str, change: str = "correction") -> None:
        """In this edition the article reads otherwise."""
        self._add(
            "marts.article_version",
            article_id=article_id,
            version_id=f"new{article_id}",
            seen_at=datetime.combine(self.edition, time(5)),
            edition=self.edition,
            text=text,
            title="Corrected",
            change=change,
            is_current=True,
        )

    def print_figure(
        self, figure: str, value: str, now: str, days_ago: int = 1, *, is_replayed: bool = True
    ) -> None:
        """An earlier brief printed `value`; the query gives `now`."""
        edition = self.edition - timedelta(days=days_ago)
        self.editions.add(edition)
        self.replayed |= {edition} if is_replayed else set()
        sql = f"select {now} as n, '{figure} {days_ago}' as of"
        self._add(
            "meta.brief_figure",
            publication_id=f"p{90_000 - days_ago:06}",
            figure=figure,
            value=value,
            edition=edition,
            sql=f"select n from ({sql})",
        )

    def verdict(self, expectation: str, *, success: bool, sentence: str = "Mend it.") -> None:
        self._add(
            "quality.expectation_result",
            publication_id="p100000",
            edition=self.edition,
            suite="marts",
            expectation=expectation,
            success=success,
            observed="3 rows",
            sentence=sentence,
        )

    def decide(self, decision: str, why: str) -> None:
        self._add(
            "quality.decision",
            decided_at=datetime.combine(self.edition, time(4)),
            why=why,
            decision=decision,
            edition=self.edition,
            decided_by="Ada",
        )

    def refuse(self, path: str, status: str = "fetch_failed", outlet: int = 0) -> None:
        self._add(
            "quality.fct_disposition",
            edition=self.edition,
            source_id=self.source(outlet),
            url=f"https://{self.source(outlet)}.test/{path}",
            status=status,
            http_status=404,
        )

    def trouble(self, outlet: int, **columns: Any) -> None:
        """Other values of an outlet's row in fct_source_edition."""
        self.troubles[self.source(outlet)] = columns

    def publish(self, home: Home, publication_id: str = "p100000") -> Path:
        """Write what was added, and what follows of it; the symlink points at it."""
        self._derive(publication_id)
        path = home.publication(publication_id)
        path.parent.mkdir(parents=True, exist_ok=True)
        with duckdb.connect(path) as connection:
            ensure_tables(connection, publication_id)
            for table, columns in contracts().items():
                told = ", ".join(f"{name} {kind}" for name, kind in columns.items())
                connection.execute(f"create table {table} ({told})")
            for table, rows in self.rows.items():
                if not rows:
                    continue
                names = sorted({name for row in rows for name in row})
                frame = pl.DataFrame(  # noqa: F841 (DuckDB reads it by its name)
                    {name: [row.get(name) for row in rows] for name in names},
                    infer_schema_length=None,
                )
                connection.execute(f"insert into {table} by name select * from frame")
        return _published(home, path)

    def _add(self, table: str, **columns: Any) -> None:
        self.rows[table].append(columns)

    def _derive(self, publication_id: str) -> None:
        articles = self.rows["marts.dim_article"]
        self.editions.add(self.edition)
        for edition in sorted(self.editions):
            run_id = "run" if edition in {self.edition, *self.replayed} else "an earlier run"
            self._add("meta.edition", edition=edition, content_hash="h", loaded_by_run_id=run_id)
        for number, taxonomy in enumerate(reversed(self.taxonomy)):
            self._add(
                "meta.publication",
                edition=self.edition - timedelta(days=1 - number),
                publication_id=publication_id if number else "p099999",
                dag_run_id="run" if number else "the run before",
                published_at=datetime.combine(self.edition, time(number)),
                gate_result="passed",
                taxonomy_version=taxonomy,
                extractor_version="x1" if articles else None,
            )
        for number in range(self.outlets):
            self._add_outlet(number, [a for a in articles if a["source_id"] == self.source(number)])
        for theme in self.themes:
            precision, of = self.measured.get(theme, (None, None))
            known = {"eval_precision": precision, "eval_n": of, "taxonomy_version": "1"}
            self._add("marts.dim_theme", theme_id=theme, name=theme.capitalize(), **known)
            for depth, above in enumerate(filter(None, (theme, self.parents.get(theme)))):
                self._add(
                    "marts.bridge_theme_ancestor", theme_id=theme, ancestor_id=above, depth=depth
                )
        for name in sorted({row["surface"] for row in self.rows["marts.fct_entity_mention"]}):
            self._add("marts.dim_entity", entity_id=name.lower(), name=name, entity_type="ORG")
        self._derive_stories(articles)
        self._derive_days(articles)

    def _add_outlet(self, number: int, articles: list[dict[str, Any]]) -> None:
        source = self.source(number)
        owner = f"owner-{number}"
        self._add(
            "marts.dim_source",
            source_id=source,
            name=self.name.format(number),
            owner_id=owner,
            owner=owner,
            kind="web",
            may_export_text=False,
            licence="all rights reserved",
        )
        if source in self.sets:
            self._add("marts.bridge_source_set", source_id=source, set_id=self.sets[source])
        new = sum(article["first_seen_edition"] == self.edition for article in articles)
        refused = [r for r in self.rows["quality.fct_disposition"] if r["source_id"] == source]
        counted = {status: sum(r["status"] == status for r in refused) for status in STATUSES}
        known = {
            "edition": self.edition, "source_id": source, "feed_status": "ok", "looks": 1,
            "is_collected": True, "failed_looks": 0, "tls_verified": True, "lost_items": False,
            "is_silent": False, "listed": 9, "median_delay_minutes": 12.0,
            **counted, "loaded": new, "found": new + len(refused),
        }  # fmt: skip
        self._add("quality.fct_source_edition", **known | self.troubles.get(source, {}))

    def _derive_stories(self, articles: list[dict[str, Any]]) -> None:
        stories: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for article in articles:
            stories[article["story_id"]].append(article)
        for story_id, told in stories.items():
            leads = [one for one in told if one["syndication_id"] == f"syn-{one['article_id']}"]
            owners = {
                one["origin"] if one["origin"] != "own" else one["source_id"] for one in leads
            }
            self._add(
                "marts.dim_story",
                story_id=story_id,
                title=told[0]["title"],
                articles=len(told),
                lead_article_id=told[0]["article_id"],
                texts=len(leads),
                first_seen_edition=told[0]["first_seen_edition"],
                last_seen_edition=told[-1]["first_seen_edition"],
                owners_printing=len({one["source_id"] for one in told}),
                owners_reporting=len(owners),
            )

    def _derive_days(self, articles: list[dict[str, Any]]) -> None:
        """The last whole day of every theme; other days are what `usual` is about."""
        day = self.edition - timedelta(days=1)
        themes = {
            row["article_id"]: row["theme_id"] for row in self.rows["marts.fct_article_theme"]
        }
        for theme in self.themes:
            told = {
                article["story_id"]
                for article in articles
                if article["published_day"] == day and themes.get(article["article_id"]) == theme
            }
            few = {"baseline_days": max(0, len(self.editions) - 1), "stories": len(told)}
            of = {"published_day": day, "theme_id": theme, "scope": "with_descendants"}
            counted = {
                "articles": len(told),
                "owners_reporting": len(told),
                "share_of_stories": 0.5,
            }
            self._add("marts.fct_theme_daily", **of, **counted, **few | self.usual.get(theme, {}))
