"""A small healthy edition, made by hand: landed, enriched, with every relation intact."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from core.identity import article_id_of_url, local_entity_id, version_id
from core.landed import LANDED, write_landed
from core.plan import Run, plan_run

SOURCES = """
fixed_edition: EDITION
user_agent: "broadsheet-test/1.0 (+https://broadsheet.example/bot)"
sources:
  - {id: harbour-times, name: Harbour Times, owner: {id: quay, name: Quay Group},
     homepage: "https://harbour.example/", country: GB, language: en, timezone: Europe/London,
     entry_points: [{kind: feed, url: "https://harbour.example/feed"}]}
  - {id: reel-trade, name: Reel Trade, owner: {id: reel, name: Reel Media},
     homepage: "https://reel.example/", country: US, language: en, timezone: America/Los_Angeles,
     entry_points: [{kind: feed, url: "https://reel.example/feed"}]}
  - {id: werkbank, name: Werkbank, owner: {id: quay, name: Quay Group},
     homepage: "https://werkbank.example/", country: DE, language: en, timezone: Europe/Berlin,
     entry_points: [{kind: feed, url: "https://werkbank.example/feed"}]}
"""
THEMES = """
taxonomy_version: test-1
themes:
  - {id: authorship, name: Authorship, description: Who may claim and control a work.}
  - {id: creative-control, name: Creative control, parent: authorship,
     description: Who decides on the final form of a work.,
     rules: [{id: control, phrases: [creative control]}]}
"""
ENTITIES = """
entities_version: test-1
entities:
  - {id: amazon, name: Amazon, type: ORG}
  - {id: amazon-mgm-studios, name: Amazon MGM Studios, type: ORG, parent: amazon}
  - {id: openai, name: OpenAI, type: ORG}
"""
EDITION = date(2026, 10, 16)
ARTICLES_PER_SOURCE = 6
SENTENCES = (
    "Amazon MGM Studios dropped the film — a dispute over creative control, it said. ",
    "Dana Émile Ørsted 🎬 of the guild welcomed the step and asked for more. ",
    "{filler}",
)
NUMBERS = ("one", "two", "three", "four", "five", "six")  # digits tell no body from another
FILLER = "The parties had talked about item {n} for many weeks without an end in sight"


def write_configuration(folder: Path) -> None:
    """Write the four configuration files of the test's newsroom."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "themes.yml").write_text(THEMES)
    (folder / "entities.yml").write_text(ENTITIES)
    (folder / "thresholds.yml").write_text("min_articles: 1\n")


def plan(run_id: str, config: Path, edition: date = EDITION) -> Run:
    """Plan a run of `edition`, for which the newsroom is fixed to that day."""
    sources = config / f"sources-{edition}.yml"
    sources.write_text(SOURCES.replace("EDITION", edition.isoformat()))
    return plan_run(run_id, edition=edition.isoformat(), sources=str(sources))


type Tables = dict[str, list[dict[str, Any]]]


def healthy_tables(run: Run) -> Tables:
    """The rows of every landed table of a healthy edition; the same for the same edition."""
    tables: Tables = {name: [] for name in LANDED}
    for source in run.sources.sources:
        tables["source_report"].append(
            {
                "source_id": source.id,
                "feed_status": "ok",
                "lost_items": False,
                "looks": 1,
                "failed_looks": 0,
                "tls_verified": True,
            }
        )
        for number in range(ARTICLES_PER_SOURCE):
            _add_article(tables, run, source.id, source.homepage, number)
        gone = f"{source.homepage}{run.edition}/gone"
        _add_url(tables, run, source.id, gone, "fetch_failed", 404)
    return tables


def write_tables(run: Run, tables: Tables) -> None:
    """Land the rows, one part per table."""
    for name, rows in tables.items():
        write_landed(pl.DataFrame(rows, schema=LANDED[name]), run.landing, name, "part-0")


def _add_url(
    tables: Tables, run: Run, source_id: str, url: str, status: str, http_status: int
) -> None:
    tables["discovered"].append(
        {
            "source_id": source_id,
            "url": url,
            "found_url": url,
            "via": "feed",
            "position": 1,
            "title_hint": None,
            "published_hint": None,
            "discovered_at": run.cutoff - timedelta(minutes=9),
        }
    )
    tables["disposition"].append(
        {
            "source_id": source_id,
            "url": url,
            "status": status,
            "reason": None,
            "http_status": http_status,
        }
    )


def _add_article(tables: Tables, run: Run, source_id: str, homepage: str, number: int) -> None:
    url = f"{homepage}{run.edition}/{number}"
    title = f"Amazon MGM Studios leaves film {number} of {source_id}"
    name = f"{source_id} {NUMBERS[number]} {run.edition:%A}"
    filler = " ".join([FILLER.format(n=name)] * 5) + "."
    sentences = [one.format(filler=filler) for one in SENTENCES]
    text = "".join(sentences)
    ids = {"article_id": article_id_of_url(url), "version_id": version_id(title, text)}
    # 20:00 UTC is the same calendar day in all three zones.
    published = datetime.combine(run.edition, datetime.min.time())
    published -= timedelta(hours=4, minutes=7 * number)
    _add_url(tables, run, source_id, url, "loaded", 200)
    tables["article"].append(
        {
            **ids,
            "source_id": source_id,
            "url": url,
            "fetched_url": url,
            "title": title,
            "text": text,
            "authors": ["A. Writer"],
            "language": "en",
            "published_at": published,
            "published_day": published.date(),
            "published_precision": "minute",
            "published_method": "json-ld",
            "first_seen_at": run.cutoff - timedelta(minutes=9),
            "fetched_at": run.cutoff - timedelta(minutes=8),
            "word_count": len(text.split()),
            "is_truncated": False,
            "genre": "news",
            "genre_method": "default",
            "origin": "own",
            "origin_method": "default",
            "robots_ai": "not_stated",
            "tdm_reserved": False,
        }
    )
    tables["article_url"].append(
        {"url": url, "article_id": ids["article_id"], "is_canonical": True}
    )
    tables["date_candidate"].append(
        {
            **ids,
            "method": "json-ld",
            "value": published,
            "precision": "minute",
            "is_chosen": True,
        }
    )
    _add_analysis(tables, ids, title, sentences, published)


def _add_analysis(
    tables: Tables, ids: dict[str, str], title: str, sentences: list[str], published: datetime
) -> None:
    tables["analysis"].append(
        {
            **ids,
            "analysis_level": "full",
            "extractor_version": "x-1",
            "taxonomy_version": "test-1",
        }
    )
    tables["story_terms"].append(
        {
            **ids,
            "published_at": published,
            "published_day": published.date(),
            "model_version": "m-1",
            "terms": [1, 2],
            "weights": [100, 100],
            "vector": [1, -1],
        }
    )
    _add_sentence(tables, ids, 0, "title", 0, title)
    _add_mention(tables, ids, 0, "title", 0, title, "Amazon MGM Studios", "amazon-mgm-studios")
    start = 0
    for sentence_no, sentence in enumerate(sentences, start=1):
        _add_sentence(tables, ids, sentence_no, "body", start, sentence.rstrip())
        if sentence_no == 1:
            _add_mention(
                tables, ids, 1, "body", start, sentence, "Amazon MGM Studios", "amazon-mgm-studios"
            )
            _add_evidence(tables, ids, 1, start, sentence, "creative control")
        if sentence_no == 2:
            person = "Dana Émile Ørsted"
            local = local_entity_id("PERSON", person)
            _add_mention(tables, ids, 2, "body", start, sentence, person, local)
        start += len(sentence)
    tables["article_theme"].append(
        {
            **ids,
            "theme_id": "creative-control",
            "score": 1.0,
            "evidence_count": 1,
            "is_primary": True,
        }
    )


def _add_sentence(
    tables: Tables, ids: dict[str, str], number: int, section: str, start: int, text: str
) -> None:
    tables["sentence"].append(
        {
            **ids,
            "sentence_no": number,
            "section": section,
            "char_start": start,
            "char_end": start + len(text),
            "text": text,
            "in_quotation": False,
        }
    )


def _add_mention(
    tables: Tables,
    ids: dict[str, str],
    number: int,
    section: str,
    start: int,
    sentence: str,
    surface: str,
    entity_id: str,
) -> None:
    begin = start + sentence.index(surface)
    tables["mention"].append(
        {
            **ids,
            "entity_id": entity_id,
            "entity_type": "PERSON" if entity_id.startswith("local:PERSON") else "ORG",
            "sentence_no": number,
            "section": section,
            "char_start": begin,
            "char_end": begin + len(surface),
            "surface": surface,
            "method": "gazetteer",
            "confidence": 0.95,
            "link_rule": "name",
            "link_confidence": 0.95,
            "extractor_version": "x-1",
        }
    )


def _add_evidence(
    tables: Tables, ids: dict[str, str], number: int, start: int, sentence: str, surface: str
) -> None:
    begin = start + sentence.index(surface)
    tables["theme_evidence"].append(
        {
            **ids,
            "theme_id": "creative-control",
            "sentence_no": number,
            "section": "body",
            "char_start": begin,
            "char_end": begin + len(surface),
            "surface": surface,
            "rule_id": "creative-control/control",
            "weight": 1.0,
            "taxonomy_version": "test-1",
        }
    )
