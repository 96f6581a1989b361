"""Real days of the corpus as the JSON lines that an outlet's archive would be.

The dates are left as dirty as they were published.
"""

import json
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from core.config import PROJECT_ROOT

FILE = "dated/newsarticles_to_2017_03_09.parquet"
LAST_DAY = date(2017, 3, 9)
OUTLETS = {
    "abc-news": ("abcnews.go.com", "US", "America/New_York"),
    "cnn": ("www.cnn.com", "US", "America/New_York"),
    "dw": ("www.dw.com", "DE", "Europe/Berlin"),
    "rte": ("www.rte.ie", "IE", "Europe/Dublin"),
}


def write_archives(corpus: Path, folder: Path, *, per_day: int) -> list[dict[str, Any]]:
    """Write `dated/<outlet>.jsonl` into `folder`, at most `per_day` articles of an outlet and day.

    Returns the sources that read them.
    """
    articles = pl.read_parquet(corpus / FILE).with_columns(
        host=pl.col("article_source_link").str.extract(r"^https?://([^/]+)")
    )
    (folder / "dated").mkdir(parents=True, exist_ok=True)
    for outlet, (host, _, _) in OUTLETS.items():
        own = articles.filter(pl.col("host") == host)
        few = own.group_by("publish_date", maintain_order=True).head(per_day)
        lines = [json.dumps(_record(row), ensure_ascii=False) for row in few.iter_rows(named=True)]
        (folder / "dated" / f"{outlet}.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    return [_source(outlet, *about) for outlet, about in OUTLETS.items()]


def write_newsroom(path: Path, sources: list[dict[str, Any]], **more: Any) -> Path:
    """A sources file, without a fixed edition."""
    agent = {"user_agent": "Broadsheet-Test/1.0 (+mailto:test@example.org)"}
    path.write_text(yaml.safe_dump({**agent, **more, "sources": sources}, sort_keys=False), "utf-8")
    return path


def sample_sources() -> list[dict[str, Any]]:
    """The sources of the sample newsroom."""
    newsroom = yaml.safe_load((PROJECT_ROOT / "config" / "sources.yml").read_text("utf-8"))
    sources: list[dict[str, Any]] = newsroom["sources"]
    return sources


def _record(row: dict[str, Any]) -> dict[str, str | None]:
    return {
        "url": row["article_source_link"],
        "title": row["title"],
        "text": "\n\n".join(part.strip() for part in (row["subtitle"], row["text"]) if part),
        "published_at": row["publish_date"],
    }


def _source(outlet: str, host: str, country: str, timezone: str) -> dict[str, Any]:
    return {
        "id": outlet,
        "name": outlet.upper(),
        "owner": {"id": outlet, "name": outlet.upper()},
        "homepage": f"http://{host}/",
        "country": country,
        "language": "en",
        "timezone": timezone,
        "active_to": LAST_DAY,
        "max_age_days": 1,
        "entry_points": [{"kind": "jsonl", "path": f"dated/{outlet}.jsonl"}],
    }
