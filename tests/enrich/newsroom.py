"""A small gazetteer, taxonomy and landed edition for the tests of enrichment."""

import textwrap
from datetime import date, datetime
from pathlib import Path

import polars as pl

from core.config import Entities, load_entities, load_themes
from core.identity import article_id_of_url, clean_text, version_id
from core.landed import LANDED, write_landed
from core.plan import Run
from core.taxonomy import Themes

ENTITIES = """
entities_version: "test"
entities:
  - {id: amazon, name: Amazon, type: ORG, ambiguous: true, context: [Jeff Bezos, retailer]}
  - {id: amazon-mgm-studios, name: Amazon MGM Studios, type: ORG, aliases: [MGM Studios]}
  - {id: openai, name: OpenAI, type: ORG, qid: Q21708200}
  - id: meta
    name: Meta Platforms
    type: ORG
    aliases:
      - {alias: Facebook, to: 2021-10-28}
      - {alias: Meta, context: [Facebook, Instagram, social media]}
  - {id: sam-altman, name: Sam Altman, type: PERSON}
  - {id: cafe-noir, name: Café Noir, type: ORG}
  - {id: oracle, name: Oracle, type: ORG, ambiguous: true, context: [database*]}
  - {id: virginia, name: Virginia, type: PLACE}
"""
THEMES = """
taxonomy_version: "test-1"
contexts:
  ai: [AI, artificial intelligence, chatbot*]
  sport: [football, goalkeeper]
themes:
  - {id: authorship, name: Authorship, description: Who makes a work and who may use it.}
  - id: likeness
    name: Likeness
    parent: authorship
    description: The use of a person's voice or face.
    rules:
      - {id: replica, phrases: [digital replica, "voice clon*"]}
      - {id: face, phrases: [likeness], requires: [ai], excludes: [sport], weight: 0.5}
  - id: labour
    name: Labour
    description: Work and the people who do it.
    threshold: 1.5
    rules:
      - {id: strike, phrases: [went on strike], requires: [ai], scope: article}
"""

SOURCES = """
user_agent: "Broadsheet-tests/1 (+https://example.org/bot)"
sources:
  - id: paper
    name: The Paper
    owner: {id: paper, name: Paper Ltd}
    homepage: https://paper.example/
    country: GB
    language: en
    timezone: Europe/London
    entry_points: [{kind: jsonl, path: paper.jsonl}]
"""


def small_configuration(folder: Path) -> None:
    """Write sources.yml, themes.yml and entities.yml."""
    _written(folder / "sources.yml", SOURCES)
    _written(folder / "themes.yml", THEMES)
    _written(folder / "entities.yml", ENTITIES)


def small_entities(folder: Path) -> Entities:
    return load_entities(_written(folder / "entities.yml", ENTITIES))


def small_themes(folder: Path) -> Themes:
    return load_themes(_written(folder / "themes.yml", THEMES))


def _written(path: Path, content: str) -> Path:
    path.write_text(textwrap.dedent(content), encoding="utf-8")
    return path


def article(url: str, title: str, text: str, **more: object) -> dict[str, object]:
    """A landed article; `more` overrides its columns."""
    title, text = clean_text(title), clean_text(text)
    moment = datetime(2026, 10, 15, 12)
    row: dict[str, object] = {
        "article_id": article_id_of_url(url),
        "version_id": version_id(title, text),
        "source_id": "paper",
        "url": url,
        "fetched_url": url,
        "title": title,
        "text": text,
        "authors": [],
        "language": "en",
        "published_at": moment,
        "published_day": date(2026, 10, 15),
        "published_precision": "second",
        "published_method": "feed",
        "first_seen_at": moment,
        "fetched_at": moment,
        "word_count": len(text.split()),
        "is_truncated": False,
        "genre": None,
        "origin": "own",
        "robots_ai": None,
        "tdm_reserved": False,
    }
    return row | more


def land(run: Run, *articles: dict[str, object]) -> None:
    frame = pl.DataFrame(list(articles), schema=LANDED["article"])
    write_landed(frame, run.landing, "article", "paper")
