"""Newsrooms for editions after the sample's: the same four outlets with other pages.

Each function writes a folder with `site/` and `sources.yml` and returns the latter.
"""

import re
import shutil
from datetime import date, datetime, time, timedelta
from email.utils import format_datetime
from html import escape
from pathlib import Path
from typing import Any

import yaml
from lxml import html

from core.config import PROJECT_ROOT

SAMPLE_SITE = PROJECT_ROOT / "samples" / "site"
ARTICLES_PER_OUTLET = 6
_PARAGRAPHS = 4
_STRIDE = 37  # so that the paragraphs of an article come from different sample articles


def half_silent(folder: Path, edition: date) -> Path:
    """The sample newsroom, two of whose outlets list nothing any more."""
    site = folder / "site"
    shutil.copytree(SAMPLE_SITE, site)
    (site / "taktwerk.example" / "feed.json").write_text(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "Taktwerk", "items": []}'
    )
    (site / "taktwerk.example" / "sitemap-news.xml").write_text(
        '<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>'
    )
    feed = site / "kazinabiashara.example" / "rss.xml"
    feed.write_text(re.sub(r"<item\b.*</item>", "", feed.read_text("utf-8"), flags=re.DOTALL))
    return _write_sources(folder, edition, _sample_sources())


def fresh(folder: Path, edition: date, *, one_body: bool = False) -> Path:
    """New articles of the day before `edition`, put together from sentences of the sample.

    With `one_body` every page has the same text, as where a site shows its cookie notice.
    """
    newsroom = _sample_sources()
    pool = sample_paragraphs()
    number = edition.toordinal() % len(pool)
    for source in newsroom["sources"]:
        host = source["homepage"].removeprefix("http://").rstrip("/")
        source["entry_points"] = [{"kind": "feed", "url": f"http://{host}/rss.xml"}]
        site = folder / "site" / host
        site.mkdir(parents=True)
        (site / "robots.txt").write_text("User-agent: *\nAllow: /\n")
        items = []
        for place in range(ARTICLES_PER_OUTLET):
            first = 0 if one_body else number
            body = [pool[(first + step * _STRIDE) % len(pool)] for step in range(_PARAGRAPHS)]
            shown = datetime.combine(edition - timedelta(days=1), time(8 + place))
            title = " ".join(pool[number % len(pool)].split()[:9])
            path = f"news/{edition:%Y/%m/%d}/item-{place}"
            _write_page(site / f"{path}.html", title, body, shown)
            items.append(_item(f"http://{host}/{path}", title, shown))
            number += 1
        (site / "rss.xml").write_text(
            f'<?xml version="1.0"?><rss version="2.0"><channel><title>{escape(source["name"])}'
            f"</title><link>http://{host}/</link><description>New</description>{''.join(items)}"
            "</channel></rss>"
        )
    return _write_sources(folder, edition, newsroom)


def red_night(folder: Path, edition: date) -> Path:
    """As `fresh`, but one page is a cookie wall, and one an article that reads like such a notice.

    The gate keeps both out. A person sees that the second is an article about such notices.
    """
    sources = fresh(folder, edition)
    pages = sorted((folder / "site").glob("*/news/**/*.html"))
    shown = datetime.combine(edition - timedelta(days=1), time(9, 30))
    _write_page(pages[0], "Before you continue", _COOKIE_WALL, shown)
    _write_page(pages[-1], "Court: a banner is no consent", _ABOUT_COOKIES, shown)
    return sources


_COOKIE_WALL = [
    "We and our partners use cookies to store and access information on your device.",
    "Accept all cookies, or open the privacy settings to manage your consent for each partner.",
    "You can withdraw your consent at any time. Read our privacy policy and our cookie policy.",
    "To continue without cookies, please enable JavaScript in your browser and reload this page.",
]
_ABOUT_COOKIES = [
    "A cookie banner is no consent if refusing takes more clicks than agreeing, the court held.",
    ("The publisher had asked for consent to cookies of 140 partners on one screen, and hidden the"
    " refusal of consent behind a privacy policy of eleven thousand words."
    " Consent, the judges wrote, is a choice; who sets cookies first and asks later has no consent."
    " The film studios' association, which had joined the case over trailers that set cookies, said"
    " it would ask its members to remove them within a month."),
]  # fmt: skip


def _sample_sources() -> Any:
    return yaml.safe_load((PROJECT_ROOT / "config" / "sources.yml").read_text("utf-8"))


def _write_sources(folder: Path, edition: date, newsroom: Any) -> Path:
    path = folder / "sources.yml"
    newsroom |= {"local_site": "site", "fixed_edition": edition}
    path.write_text(yaml.safe_dump(newsroom, allow_unicode=True), encoding="utf-8")
    return path


def sample_paragraphs() -> list[str]:
    pages = sorted(SAMPLE_SITE.glob("*/*/**/*.html"))
    readable = [page.read_bytes() for page in pages]
    texts = (
        " ".join(str(paragraph.text_content()).split())
        for page in readable
        if page.lstrip().startswith(b"<")
        for paragraph in html.fromstring(page).xpath("//p")
    )
    return [text for text in dict.fromkeys(texts) if len(text.split()) >= 30]


def _write_page(path: Path, title: str, body: list[str], shown: datetime) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    paragraphs = "".join(f"<p>{escape(text)}</p>\n" for text in body)
    path.write_text(
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f'<meta property="article:published_time" content="{shown.isoformat()}Z"></head><body>'
        f"<article><h1>{escape(title)}</h1>\n{paragraphs}</article></body></html>",
        encoding="utf-8",
    )


def _item(url: str, title: str, shown: datetime) -> str:
    return (
        f"<item><title>{escape(title)}</title><link>{url}</link>"
        f"<pubDate>{format_datetime(shown)}</pubDate></item>"
    )
