"""Each fault of a landed batch fails the expectation that says what is true instead."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from core.identity import version_id
from core.plan import Run, close_edition
from expectations.landed_suite import landed_suite
from expectations.validate import validate
from expectations.verdicts import Verdict
from tests.expectations.healthy import (
    ARTICLES_PER_SOURCE,
    EDITION,
    Tables,
    healthy_tables,
    plan,
    write_tables,
)


def _judge(run: Run, tables: Tables) -> dict[str, Verdict]:
    write_tables(run, tables)
    verdicts = validate(landed_suite(run), run.work / "docs")
    return {one.expectation: one for one in verdicts}


def _failed(verdicts: dict[str, Verdict]) -> dict[str, str]:
    return {name: one.severity for name, one in verdicts.items() if not one.success}


def _mojibake(tables: Tables) -> None:
    for article in tables["article"]:
        article["text"] = article["text"].encode().decode("latin-1")


def _truncated(tables: Tables) -> None:
    for article in tables["article"]:
        article["text"] = article["text"][:80]
        article["word_count"] = 13


def _cookie_wall(tables: Tables) -> None:
    for article in tables["article"]:
        article["text"] = "We and our partners store cookies. " * 20


def _markup(tables: Tables) -> None:
    tables["article"][0]["text"] = "<p>One</p><div>Two</div>"


def _future(tables: Tables) -> None:
    tables["article"][0]["published_at"] = datetime(2027, 1, 1)
    tables["article"][0]["published_day"] = date(2027, 1, 1)


def _epoch(tables: Tables) -> None:
    tables["article"][0]["published_at"] = datetime(1970, 1, 1)


def _shifted_day(tables: Tables) -> None:
    for article in tables["article"]:
        if article["source_id"] == "reel-trade":
            article["published_day"] += timedelta(days=1)


def _undated(tables: Tables) -> None:
    for article in tables["article"][:9]:
        article.update(published_at=None, published_day=None, published_precision="none")
    tables["date_candidate"] = tables["date_candidate"][9:]


def _duplicate_rows(tables: Tables) -> None:
    tables["article"].append(dict(tables["article"][0]))


def _two_ends(tables: Tables) -> None:
    tables["disposition"].append({**tables["disposition"][0], "status": "deferred"})


def _lost_end(tables: Tables) -> None:
    tables["disposition"].pop()


def _lost_article(tables: Tables) -> None:
    tables["article"].pop()


def _wrong_source(tables: Tables) -> None:
    tables["article"][0]["source_id"] = "nobody"


def _empty_title(tables: Tables) -> None:
    tables["article"][0]["title"] = " "


def _unknown_status(tables: Tables) -> None:
    tables["disposition"][-1]["status"] = "vanished"


def _all_failed(tables: Tables) -> None:
    for disposition in tables["disposition"]:
        disposition["status"] = "fetch_failed"


def _silent_source(tables: Tables) -> None:
    for name in ("discovered", "disposition", "article"):
        tables[name] = [row for row in tables[name] if row["source_id"] != "werkbank"]
    kept = {row["article_id"] for row in tables["article"]}
    for name in ("article_url", "date_candidate"):
        tables[name] = [row for row in tables[name] if row["article_id"] in kept]


def _two_silent_sources(tables: Tables) -> None:
    _silent_source(tables)
    for name in ("discovered", "disposition", "article"):
        tables[name] = [row for row in tables[name] if row["source_id"] != "reel-trade"]


def _only_rechecked(tables: Tables) -> None:
    """The outlet's entry points listed nothing; its known pages were looked at again."""
    for row in tables["discovered"]:
        if row["source_id"] == "werkbank":
            row["via"] = "recheck"


def _unwell_source(tables: Tables) -> None:
    tables["source_report"][0].update(lost_items=True, tls_verified=False, looks=4, failed_looks=1)
    gone = next(row for row in tables["disposition"] if row["status"] == "fetch_failed")
    gone["status"] = "deferred"
    url = "https://harbour.example/later"
    found = {**tables["discovered"][0], "url": url, "found_url": url, "via": "deferred"}
    tables["discovered"].append(found)
    tables["disposition"].append(
        {**tables["disposition"][0], "url": url, "status": "deferred", "http_status": 429}
    )


def _unknown_kinds(tables: Tables) -> None:
    tables["article"][0].update(genre="essay", origin="somebody", robots_ai="maybe")
    tables["article"][1]["genre_method"] = None


def _false_removal(tables: Tables) -> None:
    gone = tables["article"][0]
    tables["removal"] += [
        {
            "article_id": gone["article_id"],
            "source_id": source_id,
            "url": gone["url"],
            "seen_at": seen_at,
            "http_status": 503,
            "is_removed": True,
        }
        for source_id, seen_at in (("nobody", gone["fetched_at"]), (gone["source_id"], None))
    ]
    tables["source_report"][0]["failed_looks"] = 2


def _other_language(tables: Tables) -> None:
    for article in tables["article"][:ARTICLES_PER_SOURCE]:
        article["language"] = "fi"


# Damage that can be done to one batch at once, and what finds it, at which severity.
FAULTS: list[tuple[list[Callable[[Tables], None]], str, set[str]]] = [
    ([_mojibake], "critical",
     {"edition.garbled_share", "landed_article.version_id_follows_wording"}),
    ([_truncated], "critical",
     {"edition.short_text_share", "landed_article.version_id_follows_wording"}),
    ([_cookie_wall], "critical", {"edition.repeated_text_share"}),
    ([_shifted_day, _undated, _future, _markup], "critical",
     {"landed_article.published_day_is_the_outlets", "edition.undated_share",
      "landed_article.published_in_range", "edition.markup_share"}),
    ([_epoch], "critical", {"landed_article.published_in_range"}),
    ([_lost_end, _lost_article, _wrong_source], "critical",
     {"landed_disposition.conserves_discovered", "landed_disposition.loaded_has_article",
      "landed_article_url.article_landed", "landed_article.source_known",
      "landed_article.has_loaded_end"}),
    ([_duplicate_rows, _two_ends, _empty_title, _unknown_status], "critical",
     {"landed_article.key_unique", "landed_disposition.one_end_each",
      "landed_article.has_wording", "landed_disposition.status_known"}),
    ([_all_failed], "critical", {"edition.fetch_failed_share", "edition.articles_known"}),
    ([_silent_source, _other_language], "warning",
     {"source.not_silent", "source.writes_its_language"}),
    ([_only_rechecked, _unwell_source], "warning",
     {"source.not_silent", "source.lost_no_items", "source.tls_verified",
      "source.mostly_fetched"}),
    ([_unknown_kinds], "critical",
     {"landed_article.genre_known", "landed_article.origin_known",
      "landed_article.robots_ai_known", "landed_article.kind_has_method"}),
    ([_false_removal], "critical",
     {"landed_removal.source_known", "landed_removal.gone_is_gone",
      "landed_removal.nothing_missing", "source.looks_counted"}),
    ([_two_silent_sources], "critical", {"edition.silent_source_share"}),
]  # fmt: skip


def test_a_healthy_batch_passes(run: Run) -> None:
    verdicts = _judge(run, healthy_tables(run))
    assert _failed(verdicts) == {}
    assert "0 of the 14 earlier editions" in verdicts["volume.usual_in_all"].observed


def test_two_wordings_of_an_article_and_a_removal_are_healthy(run: Run) -> None:
    """An article that changed between two looks, only in its headline, and one that is gone."""
    tables = healthy_tables(run)
    for article in tables["article"][: 2 * ARTICLES_PER_SOURCE]:
        later = {**article, "title": f"{article['title']} (update)"}
        later["version_id"] = version_id(later["title"], later["text"])
        tables["article"].append(later)
        candidate = next(
            row for row in tables["date_candidate"] if row["version_id"] == article["version_id"]
        )
        tables["date_candidate"].append({**candidate, "version_id": later["version_id"]})
    gone = {name: tables["article"][0][name] for name in ("article_id", "source_id", "url")}
    tables["removal"].append(
        {**gone, "seen_at": run.cutoff, "http_status": 410, "is_removed": True}
    )
    assert _failed(_judge(run, tables)) == {}


@pytest.mark.parametrize(("damage", "severity", "expectations"), FAULTS)
def test_faults_are_found(
    run: Run, damage: list[Callable[[Tables], None]], severity: str, expectations: set[str]
) -> None:
    tables = healthy_tables(run)
    for one in damage:
        one(tables)
    failed = _failed(_judge(run, tables))
    assert expectations <= failed.keys()
    assert {failed[one] for one in expectations} == {severity}
    if severity == "warning":
        assert "critical" not in failed.values()


def test_volume_is_judged_against_the_last_editions(
    run: Run, config: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for days in range(1, 15):
        earlier = plan(f"earlier-{days}", config, EDITION - timedelta(days=days))
        write_tables(earlier, healthy_tables(earlier))
        close_edition(earlier)
    tables = healthy_tables(run)
    assert _failed(_judge(run, tables)) == {}
    few = {name: rows[:2] for name, rows in tables.items()}
    failed = _failed(_judge(run, few))
    assert failed["volume.usual_in_all"] == "critical"
    assert failed["volume.usual_of_each_outlet"] == "warning"
