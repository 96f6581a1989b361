"""Lands healthy batches out of drawn articles, as the stations of `ingest` would have."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from core.identity import article_id_of_url, version_id
from core.landed import LANDED, write_landed
from core.plan import Run, close_edition
from ingest.page import count_words

type Rows = dict[str, list[dict[str, Any]]]
DATED = ("second", "minute", "day")


@dataclass(frozen=True)
class Drawn:
    """An article that an edition saw first; `published_at` is naive UTC, None where undated."""

    source_id: str
    url: str
    title: str
    text: str
    published_at: datetime | None
    precision: str = "second"
    language: str = "en"
    is_truncated: bool = False


@dataclass(frozen=True)
class End:
    """A discovered URL that gave no new article."""

    source_id: str
    url: str
    status: str
    http_status: int | None = 200


def land_batch(
    run: Run, articles: Sequence[Drawn], ends: Iterable[End] = (), gone: Iterable[Drawn] = ()
) -> None:
    """Land the edition of `run` and close it; `gone` are known articles that answered 404."""
    rows: Rows = {name: [] for name in LANDED}
    for source in run.sources.sources:
        if source.is_active(run.edition):
            rows["source_report"].append(_report(source.id))
    for place, one in enumerate(articles):
        _add_url(rows, run, End(one.source_id, one.url, "loaded"), place)
        _add_article(rows, run, one)
    for place, end in enumerate(ends):
        _add_url(rows, run, end, place)
    for one in gone:
        add_gone(rows, run, one)
    for name in COLLECTED:
        write_landed(pl.DataFrame(rows[name], LANDED[name]), run.landing, name, "part-0")
    close_edition(run)


def add_gone(rows: Rows, run: Run, one: Drawn) -> None:
    """A known article was looked at again and answered 404."""
    _add_url(rows, run, End(one.source_id, one.url, "not_an_article", 404), 0, via="recheck")
    rows["removal"].append(_removal(run, one))


COLLECTED = (
    "discovered", "disposition", "source_report", "removal", "article", "article_url",
    "date_candidate",
)  # fmt: skip


def _report(source_id: str) -> dict[str, Any]:
    return {
        "source_id": source_id,
        "feed_status": "ok",
        "lost_items": False,
        "looks": 1,
        "failed_looks": 0,
        "tls_verified": True,
    }


def _removal(run: Run, one: Drawn) -> dict[str, Any]:
    return {
        "article_id": article_id_of_url(one.url),
        "source_id": one.source_id,
        "url": one.url,
        "seen_at": run.cutoff + timedelta(seconds=3),
        "http_status": 404,
        "is_removed": True,
    }


def _add_url(rows: Rows, run: Run, end: End, place: int, via: str = "feed") -> None:
    rows["discovered"].append(
        {
            "source_id": end.source_id,
            "url": end.url,
            "found_url": end.url,
            "via": via,
            "position": place,
            "title_hint": None,
            "published_hint": None,
            "discovered_at": run.cutoff + timedelta(seconds=1),
        }
    )
    rows["disposition"].append(
        {
            "source_id": end.source_id,
            "url": end.url,
            "status": end.status,
            "reason": None if end.status == "loaded" else end.status.replace("_", " "),
            "http_status": end.http_status,
        }
    )


def published_day(one: Drawn, timezone: str) -> date | None:
    """The calendar day where the outlet is; a date without a time is never shifted."""
    if one.published_at is None or one.precision not in DATED:
        return None
    if one.precision == "day":
        return one.published_at.date()
    return one.published_at.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(timezone)).date()


def _add_article(rows: Rows, run: Run, one: Drawn) -> None:
    ids = {
        "article_id": article_id_of_url(one.url),
        "version_id": version_id(one.title, one.text),
    }
    precision = one.precision if one.published_at else "none"
    rows["article"].append(
        {
            **ids,
            "source_id": one.source_id,
            "url": one.url,
            "fetched_url": one.url,
            "title": one.title,
            "text": one.text,
            "authors": ["A. Writer"],
            "language": one.language,
            "published_at": one.published_at,
            "published_day": published_day(one, run.sources.source(one.source_id).timezone),
            "published_precision": precision,
            "published_method": "json_ld" if one.published_at else None,
            "first_seen_at": run.cutoff + timedelta(seconds=1),
            "fetched_at": run.cutoff + timedelta(seconds=2),
            "word_count": count_words(one.text),
            "is_truncated": one.is_truncated,
            "genre": "news",
            "genre_method": "default",
            "origin": "own",
            "origin_method": "default",
            "robots_ai": "not_stated",
            "tdm_reserved": False,
        }
    )
    rows["article_url"].append(
        {"url": one.url, "article_id": ids["article_id"], "is_canonical": True}
    )
    if one.published_at:
        rows["date_candidate"].append(
            {
                **ids,
                "method": "json_ld",
                "value": one.published_at,
                "precision": precision,
                "is_chosen": True,
            }
        )
