"""The station `extract`: the archived pages of a shard become articles, each page in the cage."""

import json
import logging
import os
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
import py3langid

from core.identity import article_id_of_record, article_id_of_url, clean_text, version_id
from core.landed import LANDED, write_landed
from core.plan import Run, load_run
from core.takedowns import TAKEN_DOWN, read_takedowns
from ingest import archives, urls
from ingest.cage import Cage, CageError
from ingest.dates import Candidate, Moment, choose
from ingest.encoding import EncodingError, TooLargeError
from ingest.erase import erase
from ingest.page import Article, NotAnArticleError, article_of_text, extract_html, extract_page
from ingest.reservations import header_lines
from ingest.robots import product_token
from ingest.tables import PAGES, pages_path, part_name, read_pages, write_table
from ingest.warc import read_response

LOGGER = logging.getLogger(__name__)
_PROGRESS_SECONDS = 5.0
Row = dict[str, Any]


@dataclass(frozen=True)
class Job:
    """One archived page to extract, small enough to be sent to a worker."""

    kind: str
    file: str
    offset: int
    url: str
    timezone: str
    cutoff: datetime
    max_bytes: int
    agent: str
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    """A page that is no article: its disposition and the reason."""

    status: str
    reason: str


def extract_shard(run_id: str, shard: dict[str, Any]) -> dict[str, Any]:
    """Extract the pages that `collect_shard` archived for the same shard and land the articles.

    Returns:
        {"part", "articles", "statuses": {status: count}}.

    Raises:
        HomeError: the disk refused a landed file.
    """
    run = load_run(run_id)
    part = part_name(list(shard["sources"]))
    collected = read_pages(run, "collected", part).sort("source_id", maintain_order=True)
    pages = list(collected.iter_rows(named=True))
    landing = Landing(run)
    for row, outcome in _extracted(run, [row for row in pages if row["status"] is None]):
        landing.settle(row, outcome)
    landing.write(part)
    write_table(pages_path(run, "extracted", part), pl.DataFrame(pages, PAGES), PAGES)
    return {
        "part": part,
        "articles": len(landing.articles),
        "statuses": dict(Counter(row["status"] for row in pages)),
    }


def _extracted(run: Run, rows: list[Row]) -> Iterator[tuple[Row, Article | Refused]]:
    """Every page with what the cage made of it."""
    if not rows:
        return
    py3langid.classify("load the model before the workers are forked")
    jobs = {id(row): _job(run, row) for row in rows}
    last = time.monotonic()
    with Cage(_workers(run)) as cage:
        results = cage.map(extract_job, (jobs[id(row)] for row in rows))
        for number, (row, (_, result)) in enumerate(zip(rows, results, strict=True), 1):
            if isinstance(result, CageError):
                LOGGER.warning("%s: %s", row["url"], result)
                yield row, Refused("extract_failed", str(result))
            else:
                yield row, result
            if time.monotonic() - last >= _PROGRESS_SECONDS:
                last = time.monotonic()
                LOGGER.info("%d of %d pages extracted", number, len(rows))


def _workers(run: Run) -> int:
    """Two shards run side by side, each with one worker; a single shard uses every core."""
    return 1 if len(run.shards) > 1 else os.cpu_count() or 1


def _job(run: Run, row: Row) -> Job:
    source = run.sources.source(row["source_id"])
    return Job(
        kind=row["kind"],
        file=row["file"],
        offset=row["offset"],
        url=row["fetched_url"],
        timezone=source.timezone,
        cutoff=run.cutoff,
        max_bytes=run.sources.fetching_of(source).max_page_bytes,
        agent=product_token(run.sources.user_agent),
        categories=tuple((row["categories"] or "").split("\n")),
    )


def extract_job(job: Job) -> Article | Refused:
    """Extract one archived page or record; runs in the cage."""
    path = Path(job.file)
    try:
        response = read_response(path.parent, path.name, job.offset)
        body = response.decoded(job.max_bytes)
        if job.kind == "record":
            return _of_record(json.loads(body), job)
        return extract_page(
            body,
            header_lines(response.headers),
            job.url,
            job.timezone,
            job.cutoff,
            categories=job.categories,
            agent=job.agent,
        )
    except TooLargeError:
        return Refused("too_large", "larger than the limit when decoded")
    except EncodingError as error:
        return Refused("extract_failed", str(error))
    except NotAnArticleError as error:
        return Refused("not_an_article", str(error))


def _of_record(record: Row, job: Job) -> Article:
    """A record's own text, else its HTML; its title, authors, language and date win."""
    published = archives.record_date(record, ZoneInfo(job.timezone))
    dated = [Candidate("record", published)] if published else []
    authors = record.get("authors") or []
    given = [authors] if isinstance(authors, str) else [str(name) for name in authors]
    if record.get("text"):
        title, text = str(record.get("title") or ""), str(record["text"])
        article = article_of_text(title, text, given, job.url)
    else:
        url = "" if job.url.startswith(archives.RECORD_SCHEME) else job.url
        article = extract_html(str(record.get("html") or ""), url, job.timezone, job.cutoff)
    return Article(
        **{
            **vars(article),
            "title": clean_text(str(record.get("title") or "")) or article.title,
            "authors": [clean_text(name) for name in given] or article.authors,
            "language": str(record.get("language") or "") or article.language,
            "candidates": [*dated, *article.candidates],
        }
    )


class Landing:
    """Gathers the landed rows of a shard and settles each page's row."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.articles: dict[tuple[str, str], Row] = {}  # by article and wording
        self._pages: dict[str, Row] = {}  # the page that each article is of
        self.urls: dict[str, Row] = {}
        self.dates: list[Row] = []
        self._taken_down = read_takedowns(run.paths)

    def settle(self, row: Row, outcome: Article | Refused) -> None:
        """Give the page its disposition, and its article a row if it is loaded."""
        if row["url"] in self._taken_down.urls:
            self._refuse_taken_down(row)
            return
        if isinstance(outcome, Refused):
            row["status"], row["reason"] = outcome.status, outcome.reason
            return
        canonical = outcome.canonical or _canonical(row)
        article_id = (
            article_id_of_record(row["source_id"], canonical.removeprefix(archives.RECORD_SCHEME))
            if canonical.startswith(archives.RECORD_SCHEME)
            else article_id_of_url(canonical)
        )
        if article_id in self._taken_down.article_ids:
            self._refuse_taken_down(row)
            return
        candidates = _with_hint(outcome.candidates, row)
        source = self._run.sources.source(row["source_id"])
        chosen = choose(candidates, self._run.cutoff, ZoneInfo(source.timezone))
        oldest = self._run.edition - timedelta(days=self._run.sources.max_age_of(source))
        if chosen and chosen.moment.last_possible_day() < oldest:
            row["status"] = "out_of_window"
            row["reason"] = f"published {chosen.moment.value.date()}"
            return
        title = outcome.title or row["title_hint"] or outcome.text.split("\n")[0][:120]
        version = version_id(title, outcome.text)
        row["article_id"], row["version_id"] = article_id, version
        for url in dict.fromkeys((row["url"], row["permanent_url"], canonical)):
            self.urls[url] = {
                "url": url,
                "article_id": article_id,
                "is_canonical": url == canonical,
            }
        page = self._pages.setdefault(article_id, row)
        if (page["source_id"], page["url"]) != (row["source_id"], row["url"]):
            row["status"] = "duplicate"
            row["reason"] = f"the same page as one of {page['source_id']}"
            return
        if version == row["known_version"] or (article_id, version) in self.articles:
            row["status"], row["reason"] = "unchanged", "fetched again, the text is the same"
            return
        row["status"] = "loaded"
        article = self._article(row, outcome, title, canonical, chosen)
        self.articles[article_id, version] = article
        self._land_dates(row, candidates, chosen)

    def _refuse_taken_down(self, row: Row) -> None:
        """An article taken down came by another URL, or since this run fetched it."""
        row["status"], row["reason"] = "quarantined", TAKEN_DOWN
        row["title_hint"] = None
        erase(Path(row["file"]), {row["url"], row["found_url"], row["fetched_url"]})

    def _article(
        self, row: Row, page: Article, title: str, canonical: str, chosen: Candidate | None
    ) -> Row:
        zone = ZoneInfo(self._run.sources.source(row["source_id"]).timezone)
        moment = chosen.moment if chosen else None
        day: date | None = moment.day_in(zone) if moment else None
        return {
            "article_id": row["article_id"],
            "version_id": row["version_id"],
            "source_id": row["source_id"],
            "url": canonical,
            "fetched_url": row["fetched_url"],
            "title": title,
            "text": page.text,
            "authors": page.authors,
            "language": page.language,
            "published_at": moment.value if moment else None,
            "published_day": day,
            "published_precision": moment.precision if moment else "none",
            "published_method": chosen.method if chosen else None,
            # A run that was killed may have fetched what the next one only then found listed.
            "first_seen_at": min(row["first_seen_at"], row["fetched_at"]),
            "fetched_at": row["fetched_at"],
            "word_count": page.word_count,
            "is_truncated": page.is_truncated,
            "genre": page.genre,
            "genre_method": page.genre_method,
            "origin": page.origin,
            "origin_method": page.origin_method,
            "robots_ai": _robots_ai(row, page),
            "tdm_reserved": page.tdm_reserved,
        }

    def _land_dates(self, row: Row, found: list[Candidate], chosen: Candidate | None) -> None:
        for candidate in dict.fromkeys(found):
            self.dates.append(
                {
                    "article_id": row["article_id"],
                    "version_id": row["version_id"],
                    "method": candidate.method,
                    "value": candidate.moment.value,
                    "precision": candidate.moment.precision,
                    "is_chosen": candidate == chosen,
                }
            )

    def write(self, part: str) -> None:
        """Land the gathered rows."""
        for table, rows in (
            ("article", list(self.articles.values())),
            ("article_url", list(self.urls.values())),
            ("date_candidate", self.dates),
        ):
            write_landed(pl.DataFrame(rows, LANDED[table]), self._run.landing, table, part)


def _robots_ai(row: Row, page: Article) -> str:
    """What the publisher said about use by AI: in robots.txt, else on the page, else nothing."""
    if row["refuses_ai"]:
        return "disallowed"
    return "noai" if page.forbids_ai else "not_stated"


def _canonical(row: Row) -> str:
    """The URL that the publisher gives the page: the discovered one, moved for good or not."""
    if row["permanent_url"].startswith(archives.RECORD_SCHEME):
        return str(row["permanent_url"])
    try:
        return urls.canonical_url(row["permanent_url"])
    except urls.UrlRefusedError:
        return str(row["url"])


def _with_hint(candidates: list[Candidate], row: Row) -> list[Candidate]:
    if row["hint_value"] is None:
        return candidates
    moment = Moment(row["hint_value"], row["hint_precision"])
    return [*candidates, Candidate(row["hint_method"], moment)]
