"""A newsroom on paper: articles written down in a few words become landed tables.

An `Article` is written with its sentences; entities and themes are found where their phrases
stand in them. `land` writes what the stations would have landed for it, with exact offsets.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path

import polars as pl

from core.identity import article_id_of_url, local_entity_id, version_id
from core.landed import LANDED, write_landed

CONFIG = {
    "sources.yml": """
user_agent: "Broadsheet-Test (+https://example.org/bot)"
sources:
  - {id: gazette, name: The Gazette, owner: {id: north, name: North Press}, country: GB,
     homepage: "https://gazette.test/", language: en, timezone: Europe/London, sets: [nationals],
     entry_points: [{kind: feed, url: "https://gazette.test/feed"}]}
  - {id: courier, name: The Courier, owner: {id: north, name: North Press}, country: GB,
     homepage: "https://courier.test/", language: en, timezone: Europe/London,
     entry_points: [{kind: feed, url: "https://courier.test/feed"}]}
  - {id: ledger, name: The Ledger, owner: {id: south, name: South Media}, country: US,
     homepage: "https://ledger.test/", language: en, timezone: America/New_York, sets: [trade],
     entry_points: [{kind: feed, url: "https://ledger.test/feed"}]}
""",
    "themes.yml": """
taxonomy_version: "1"
themes:
  - {id: authorship, name: Authorship, description: Who made a work and who may use it.}
  - {id: likeness, name: Likeness, parent: authorship,
     description: Who may use a face or a voice., rules: [{id: voice, phrases: [voice clone]}]}
  - {id: labour, name: Labour, description: Work and those who do it in halls of machines.,
     rules: [{id: union, phrases: [union vote]}]}
""",
    "entities.yml": """
entities_version: "1"
entities:
  - {id: amazon, name: Amazon, type: ORG}
  - {id: amazon-mgm-studios, name: Amazon MGM Studios, type: ORG, parent: amazon,
     parent_from: 2022-03-17, aliases: [MGM]}
  - {id: meta, name: Meta, type: ORG}
""",
    "thresholds.yml": "{}\n",
}
THEMES = {"voice clone": ("likeness", "likeness/voice"), "union vote": ("labour", "labour/union")}
ENTITIES = {"Amazon": "amazon", "MGM": "amazon-mgm-studios", "Meta": "meta"}
LOCAL = ("Jane Doe", "JANE DOE", "Rio Roe")


@dataclass(frozen=True)
class Article:
    """A wording of an article as one edition saw it; `body` is a list of sentences.

    `hours_before` the closing look an earlier look of the edition fetched it.
    """

    path: str
    source: str
    title: str
    body: tuple[str, ...]
    published: datetime | None
    precision: str = "minute"
    analysis_level: str = "full"
    is_truncated: bool = False
    hours_before: int = 0

    @property
    def url(self) -> str:
        return f"https://{self.source}.test/{self.path}"

    @property
    def article_id(self) -> str:
        return article_id_of_url(self.url)

    @property
    def text(self) -> str:
        return " ".join(self.body)

    @property
    def version_id(self) -> str:
        return version_id(self.title, self.text)

    @property
    def key(self) -> dict[str, str]:
        return {"article_id": self.article_id, "version_id": self.version_id}


@dataclass(frozen=True)
class Edition:
    """What one edition landed.

    `links` are articles of this edition, an earlier one that is like it, when that was seen, and
    how like it is. `failed` are URLs (source, path) that gave no article; `removals` are articles
    that were gone, or (False) back, in the closing look; `urls` are more addresses of articles
    whose text this edition did not land. An `unwell` outlet defers what fails,
    loses items, misses a look, and its certificate is not checked.
    """

    day: date
    articles: tuple[Article, ...]
    duplicates: tuple[tuple[Article, Article], ...] = ()
    links: tuple[tuple[Article, Article, date, float], ...] = ()
    failed: tuple[tuple[str, str], ...] = ()
    sources: tuple[str, ...] = ("gazette", "courier", "ledger")
    feed_status: dict[str, str] = field(default_factory=dict)
    removals: tuple[tuple[Article, bool], ...] = ()
    unwell: tuple[str, ...] = ()
    urls: tuple[tuple[str, Article], ...] = ()

    @property
    def seen_at(self) -> datetime:
        return datetime.combine(self.day, time(5, 1))


def write_config(folder: Path, **files: str) -> Path:
    """Write the newsroom's configuration; `files` replaces whole files by their stem."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in CONFIG.items():
        (folder / name).write_text(files.get(name.removesuffix(".yml"), content))
    return folder


def frames(edition: Edition) -> dict[str, pl.DataFrame]:
    """The landed tables of an edition, by name."""
    rows: dict[str, list[dict[str, object]]] = {table: [] for table in LANDED}
    for article in edition.articles:
        _add_article(rows, article, edition.seen_at - timedelta(hours=article.hours_before))
        _add_facts(rows, article)
    for url, article in edition.urls:
        row = {"url": url, "article_id": article.article_id, "is_canonical": False}
        rows["article_url"].append(row)
    for one in sorted(edition.sources):
        status = edition.feed_status.get(one, "ok")
        rows["source_report"].append(
            {
                "source_id": one,
                "feed_status": status,
                "lost_items": one in edition.unwell,
                "looks": 3 if one in edition.unwell else 1,
                "failed_looks": int(status != "ok" or one in edition.unwell),
                "tls_verified": one not in edition.unwell,
            }
        )
    for gone, is_removed in edition.removals:
        rows["removal"].append(
            {
                "article_id": gone.article_id,
                "source_id": gone.source,
                "url": gone.url,
                "seen_at": edition.seen_at,
                "http_status": 404 if is_removed else 200,
                "is_removed": is_removed,
            }
        )
    ends = [(a.source, a.url, "loaded", None, 200) for a in edition.articles]
    ends = list(dict.fromkeys(ends))
    for one, path in edition.failed:
        status = "deferred" if one in edition.unwell else "fetch_failed"
        ends.append((one, f"https://{one}.test/{path}", status, "404", 404))
    for position, (source, url, status, reason, http_status) in enumerate(ends):
        rows["disposition"].append(
            {
                "source_id": source,
                "url": url,
                "status": status,
                "reason": reason,
                "http_status": http_status,
            }
        )
        rows["discovered"].append(
            {
                "source_id": source,
                "url": url,
                "found_url": url,
                "position": position,
                "via": "recheck"
                if source in edition.feed_status
                else f"https://{source}.test/feed",
                "discovered_at": edition.seen_at,
            }
        )
    for one, other in edition.duplicates:
        a, b = sorted((one, other), key=lambda article: article.article_id)
        rows["near_duplicate"].append(
            {
                "article_id_a": a.article_id,
                "version_id_a": a.version_id,
                "article_id_b": b.article_id,
                "version_id_b": b.version_id,
                "jaccard": 1.0,
            }
        )
    for later, earlier, seen_in, likeness in edition.links:
        rows["story_link"].append(
            {
                **later.key,
                "seen_in": edition.day,
                **{f"earlier_{name}": value for name, value in earlier.key.items()},
                "earlier_seen_in": seen_in,
                "likeness": likeness,
            }
        )
    return {table: pl.DataFrame(rows[table], schema=schema) for table, schema in LANDED.items()}


def land(edition: Edition, folder: Path) -> None:
    """Write the landed tables of an edition to its landing folder."""
    for table, frame in frames(edition).items():
        write_landed(frame, folder, table, "part-0")


def _add_article(
    rows: dict[str, list[dict[str, object]]], article: Article, seen_at: datetime
) -> None:
    known = article.precision in ("second", "minute", "day")
    rows["article"].append(
        {
            **article.key,
            "source_id": article.source,
            "url": article.url,
            "fetched_url": article.url,
            "title": article.title,
            "text": article.text,
            "authors": [],
            "language": "en",
            "published_at": article.published,
            "published_day": article.published.date() if article.published and known else None,
            "published_precision": article.precision,
            "published_method": "meta",
            "first_seen_at": seen_at,
            "fetched_at": seen_at,
            "word_count": len(article.text.split()),
            "is_truncated": article.is_truncated,
            "genre": "news",
            "genre_method": "default",
            "origin": "own",
            "origin_method": "default",
            "robots_ai": "not_stated",
            "tdm_reserved": False,
        }
    )
    url = {"url": article.url, "article_id": article.article_id, "is_canonical": True}
    if url not in rows["article_url"]:
        rows["article_url"].append(url)
    rows["date_candidate"].append(
        {
            **article.key,
            "method": "meta",
            "value": article.published,
            "precision": article.precision,
            "is_chosen": True,
        }
    )
    rows["analysis"].append(
        {
            **article.key,
            "analysis_level": article.analysis_level,
            "extractor_version": "x1",
            "taxonomy_version": "1",
        }
    )
    rows["signature"].append(
        {
            **article.key,
            "published_day": article.published and article.published.date(),
            "algorithm_version": "none",
            "min_hashes": [],
        }
    )


def _add_facts(rows: dict[str, list[dict[str, object]]], article: Article) -> None:
    start = 0
    evidence: dict[str, int] = {}
    for number, sentence in enumerate((article.title, *article.body)):
        section = "title" if number == 0 else "body"
        place = {**article.key, "sentence_no": number, "section": section}
        offset = 0 if number == 0 else start
        rows["sentence"].append(
            {
                **place,
                "char_start": offset,
                "char_end": offset + len(sentence),
                "text": sentence,
                "in_quotation": False,
            }
        )
        for phrase in (*ENTITIES, *LOCAL):
            if (at := sentence.find(phrase)) >= 0:
                rows["mention"].append({**place, **_mention(phrase, offset + at)})
        for phrase, (theme, rule) in THEMES.items():
            if (at := sentence.find(phrase)) >= 0:
                evidence[theme] = evidence.get(theme, 0) + 1
                rows["theme_evidence"].append(
                    {
                        **place,
                        "theme_id": theme,
                        "char_start": offset + at,
                        "char_end": offset + at + len(phrase),
                        "surface": phrase,
                        "rule_id": rule,
                        "weight": 1.0,
                        "taxonomy_version": "1",
                    }
                )
        start += len(sentence) + 1 if number else 0
    rows["article_theme"].extend(
        {
            **article.key,
            "theme_id": theme,
            "score": float(count),
            "evidence_count": count,
            "is_primary": theme == max(evidence, key=lambda one: evidence[one]),
        }
        for theme, count in evidence.items()
    )


def _mention(phrase: str, at: int) -> dict[str, object]:
    is_local = phrase in LOCAL
    return {
        "entity_id": local_entity_id("PERSON", phrase) if is_local else ENTITIES[phrase],
        "entity_type": "PERSON" if is_local else "ORG",
        "char_start": at,
        "char_end": at + len(phrase),
        "surface": phrase,
        "method": "ner" if is_local else "gazetteer",
        "confidence": 0.9,
        "link_rule": "local" if is_local else "alias",
        "link_confidence": 0.9,
        "extractor_version": "x1",
    }
