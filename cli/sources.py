"""`broadsheet sources test`: what would happen to one source, item by item."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

import ada_url
import yaml
from pydantic import ValidationError
from rich.console import Console
from rich.text import Text

from cli.terminal import json_line, line
from cli.trial import Answer, Trial, serving, try_source
from core.config import EntryPoint, Owner, Source, Sources, config_folder, load_sources
from core.config_values import hostname
from core.errors import BroadsheetError
from ingest.cage import Cage
from ingest.encoding import EncodingError, TooLargeError, decode
from ingest.exchange import Response
from ingest.feed_links import FeedLink, document_kind, feed_links
from ingest.robots import parse_robots, product_token

_MOST_SITEMAPS = 5
_MOST_NAME = 120  # characters; the host of a made-up source may be longer
_LEAST_GAP_SECONDS = 1.0  # between requests on the real network
_COLOURS = {"loaded": "green", "out_of_window": "yellow", "deferred": "yellow"}
_ITEM_COLUMNS = (
    "url", "status", "reason", "http_status", "title", "title_hint", "published_at",
    "published_precision", "published_method", "word_count", "language", "is_truncated",
    "genre", "genre_method", "origin", "origin_method", "robots_ai", "tdm_reserved",
)  # fmt: skip
Row = dict[str, Any]


@dataclass(frozen=True)
class Verdict:
    """All that a test of a source tells."""

    source: Source
    entries: list[Row]
    robots: list[Row]
    links: list[FeedLink]
    trial: Trial
    would_load: int

    @property
    def is_usable(self) -> bool:
        """Whether its entry point can stand in sources.yml."""
        return str(self.trial.report["feed_status"]) == "ok"


def examine(
    given: str, sources: Path | None, limit: int, out: TextIO, *, as_json: bool = False
) -> int:
    """Try the source `given` by URL or id and print what became of it; 0 if anything would load.

    Raises:
        BroadsheetError: it is neither a URL nor a configured source, or a station refused it.
    """
    path = (sources or config_folder() / "sources.yml").resolve()
    newsroom = load_sources(path)
    known = _configured(newsroom, given)
    if known is None:
        source = _made_up(given)
        newsroom = _on_its_own_network(newsroom, source.host)
    else:
        source = _with_whole_paths(known, path.parent)
    waiting = Console(stderr=True).status(line("Trying ", source.name, " …"))
    with waiting, serving(newsroom, path.parent):
        verdict = _verdict(newsroom, source, limit, known)
    if as_json:
        out.writelines(json_line(row) + "\n" for row in _json_rows(verdict, limit))
    else:
        _print(verdict, limit, Console(file=out, highlight=False, soft_wrap=True))
    return 0 if verdict.would_load else 1


# what is tried ----------------------------------------------------------------------------


def _configured(newsroom: Sources, given: str) -> Source | None:
    """The configured source of that id or entry point; None for another URL."""
    for source in newsroom.sources:
        if given == source.id or given in {point.url for point in source.entry_points}:
            return source
    if "://" in given:
        return None
    ids = ", ".join(source.id for source in newsroom.sources[:20])
    raise BroadsheetError(
        f"{given!r} is neither a URL nor a configured source; give the URL of a feed, sitemap or "
        f"page, or one of: {ids}."
    )


def _made_up(url: str) -> Source:
    """A source for a URL that is not configured, with what can be known of it."""
    try:
        point = EntryPoint(kind="feed", url=url)
    except ValidationError as error:
        reason = str(error.errors()[0]["msg"]).removeprefix("Value error, ")
        raise BroadsheetError(f"{reason}; give the URL of a feed, sitemap or page.") from None
    host = hostname(url)
    slug = re.sub(r"[^a-z0-9]+", "-", host.removeprefix("www.").lower())[:80].strip("-") or "source"
    name = host[:_MOST_NAME]
    return Source(
        id=slug,
        name=name,
        owner=Owner(id=slug, name=name),
        homepage=f"{ada_url.URL(url).origin}/",
        country="XX",
        language="en",
        timezone="UTC",
        entry_points=[point],
    )


def _on_its_own_network(newsroom: Sources, host: str) -> Sources:
    """The newsroom with its local site only where the host lies on it."""
    hosts = {hostname(source.homepage) for source in newsroom.sources}
    hosts |= {source.host for source in newsroom.sources}
    if newsroom.local_site is None or host in hosts:
        return newsroom
    given = newsroom.model_dump(exclude_unset=True, exclude={"local_site", "fixed_edition"})
    gap = max(newsroom.fetching.min_gap_seconds, _LEAST_GAP_SECONDS)
    fetching = {**given.get("fetching", {}), "min_gap_seconds": gap}
    return Sources.model_validate({**given, "fetching": fetching})


def _with_whole_paths(source: Source, folder: Path) -> Source:
    points = [
        point.model_copy(update={"path": str(folder / point.path)}) if point.path else point
        for point in source.entry_points
    ]
    return source.model_copy(update={"entry_points": points})


def _verdict(newsroom: Sources, source: Source, limit: int, known: Source | None) -> Verdict:
    """Try the source; a URL that is no feed again as what it turns out to be."""
    trial = try_source(newsroom, source, limit)
    entries, links = _entries(trial), list[FeedLink]()
    if known is None and trial.report["feed_status"] == "not_a_feed":
        url, what = str(source.entry_points[0].url), entries[-1]["what"]
        links = _links(trial) if what == "HTML page" else []
        if links:
            source = _with_entry(source, EntryPoint(kind="feed", url=links[0].url))
        elif what.startswith("sitemap"):
            source = _with_entry(source, EntryPoint(kind="sitemap", url=url))
        if links or what.startswith("sitemap"):
            trial = try_source(newsroom, source, limit)
            entries = [*(entries if links else []), *_entries(trial)]
    loaded = [row for row in trial.items if row["status"] == "loaded"]
    if known is None and loaded:
        language = Counter(row["language"] for row in loaded).most_common(1)[0][0]
        source = source.model_copy(update={"language": language})
    agent = product_token(newsroom.user_agent)
    last = {one.start: one for one in trial.answers_to("robots")}
    robots = [_robots(one, agent) for one in last.values()]
    return Verdict(known or source, entries, robots, links, trial, len(loaded))


def _with_entry(source: Source, point: EntryPoint) -> Source:
    return source.model_copy(update={"entry_points": [point]})


# what was answered ------------------------------------------------------------------------


def _entries(trial: Trial) -> list[Row]:
    """What every feed and sitemap answered, redirects followed to their end."""
    last = {one.start: one for one in trial.answers_to("feed", "sitemap")}
    shown = Counter(row["via"] for row in trial.items)
    return [_entry(one, shown[start]) for start, one in last.items()]


def _entry(answer: Answer, items: int) -> Row:
    response = answer.response
    row = {"url": answer.start, "what": "nothing", "items": items, "reason": answer.reason or None}
    if response is None:
        return row
    validators = response.validators
    return row | {
        "answered_by": response.url,
        "http_status": response.status,
        "what": document_kind(_body(response)),
        "content_type": response.header("Content-Type") or None,
        "etag": validators.etag or None,
        "last_modified": validators.last_modified or None,
        "bytes": len(response.body),
    }


def _links(trial: Trial) -> list[FeedLink]:
    response = trial.answers_to("feed")[-1].response
    if response is None:
        return []
    job = (_body(response), response.header("Content-Type"), response.url)
    with Cage(1) as cage:
        for _, found in cage.map(_feed_links, [job]):
            return list(found) if isinstance(found, list) else []
    return []


def _feed_links(job: tuple[bytes, str, str]) -> list[FeedLink]:
    return feed_links(*job)


def _body(response: Response) -> bytes:
    """The decoded body, as far as it can be had."""
    most = 50 * 1024 * 1024
    try:
        body = response.decoded(most)
        return decode(body, "gzip", most) if body[:2] == b"\x1f\x8b" else body
    except (EncodingError, TooLargeError):
        return b""


def _robots(answer: Answer, agent: str) -> Row:
    response = answer.response
    row: Row = {"url": answer.start}
    if response is None:
        return row | {"verdict": f"cannot be had ({answer.reason}): nothing is fetched"}
    row["http_status"] = response.status
    if response.status != 200:
        is_absent = 400 <= response.status < 500
        return row | {"verdict": "none: everything allowed" if is_absent else "not to be had now"}
    rules = parse_robots(_body(response))
    home = answer.start.removesuffix("robots.txt")
    refused = rules.why_not(home, agent)
    return row | {
        "verdict": refused.reason if refused else f"{agent} may fetch {home}",
        "crawl_delay": rules.crawl_delay(agent) or None,
        "shuts_out_ai_crawlers": rules.refuses_ai(home),
        "sitemaps": list(rules.rules.sitemaps)[:_MOST_SITEMAPS] if rules.rules else [],
    }


# what is printed --------------------------------------------------------------------------


def _shown(verdict: Verdict, limit: int) -> list[Row]:
    """The first `limit` items, those that were asked for before those left for later."""
    items = sorted(verdict.trial.items, key=lambda row: row["status"] == "deferred")
    return [{name: row[name] for name in _ITEM_COLUMNS} for row in items[:limit]]


def _json_rows(verdict: Verdict, limit: int) -> Iterator[Row]:
    yield from ({"record": "robots", **row} for row in verdict.robots)
    yield from ({"record": "entry_point", **row} for row in verdict.entries)
    yield from ({"record": "feed_link", **asdict(link)} for link in verdict.links)
    yield from ({"record": "item", **row} for row in _shown(verdict, limit))
    yield {
        "record": "summary",
        "feed_status": verdict.trial.report["feed_status"],
        "found": len(verdict.trial.items),
        "would_load": verdict.would_load,
        "notes": verdict.trial.notes,
        "stanza": stanza(verdict.source) if verdict.is_usable else None,
    }


def _print(verdict: Verdict, limit: int, console: Console) -> None:
    for text in _lines(verdict, limit):
        console.print(text)


def _lines(verdict: Verdict, limit: int) -> Iterator[Text]:
    for row in verdict.robots:
        yield from _robots_lines(row)
    for row in verdict.entries:
        yield from _entry_lines(row)
    for link in verdict.links:
        yield line(f"            the page names {link.what}: {link.url} {link.title}")
    for note in verdict.trial.notes:
        yield line((f"note        {note}", "yellow"))
    for number, row in enumerate(_shown(verdict, limit), 1):
        yield from _item_lines(number, row)
    found = len(verdict.trial.items)
    later = sum(row["status"] == "deferred" for row in verdict.trial.items)
    left = f", {later} left for later" if later else ""
    yield line((f"{found} items found, {verdict.would_load} would be loaded{left}.", "bold"))
    if verdict.is_usable:
        yield Text("\nFor sources.yml:\n")
        yield from map(line, stanza(verdict.source).split("\n"))
    else:
        yield Text("Nothing for sources.yml: give the URL of a feed or a sitemap.")


def _robots_lines(row: Row) -> Iterator[Text]:
    delay = f", {row['crawl_delay']:g} s between requests" if row.get("crawl_delay") else ""
    shut = "; shuts out AI crawlers" if row.get("shuts_out_ai_crawlers") else ""
    yield line(("robots.txt", "bold"), f"  {_status(row)}{row['verdict']}{delay}{shut}")
    for sitemap in row.get("sitemaps", []):
        yield line(f"            it names the sitemap {sitemap}")


def _entry_lines(row: Row) -> Iterator[Text]:
    yield line(("entry point", "bold"), f" {row['url']}")
    yield line(f"            {_status(row)}{row['what']}, {row['items']} items")
    sent = [f"{name} {row[name]}" for name in ("etag", "last_modified") if row.get(name)]
    told = ", ".join(sent) or "no validators: it is read whole at every look"
    yield line(f"            {row['reason'] or told}")


def _status(row: Row) -> str:
    return f"{row['http_status']}  " if row.get("http_status") else ""


def _item_lines(number: int, row: Row) -> Iterator[Text]:
    """An item as a few lines: its end, its title, and what would be known of it."""
    colour = _COLOURS.get(row["status"], "red")
    title = row["title"] or row["title_hint"] or "(no title)"
    status = (f"{row['status']} ", colour)
    yield line(f"{number:>3} ", status, f"{row['http_status'] or ''}  ", title)
    yield line((f"    {row['url']}", "dim"))
    if row["reason"]:
        yield line((f"    {row['reason']}", colour))
    if row["status"] == "loaded":
        yield line("    " + " · ".join(_known_of(row)))


def _known_of(row: Row) -> Iterator[str]:
    if row["published_at"]:
        precision, method = row["published_precision"], row["published_method"]
        yield f"{row['published_at']:%Y-%m-%d %H:%M} UTC, to the {precision}, by {method}"
    else:
        yield "undated"
    yield f"{row['word_count']} words, {row['language']}"
    if row["is_truncated"]:
        yield "cut short"
    yield f"{row['genre']} (by {row['genre_method']})"
    yield f"origin {row['origin']} (by {row['origin_method']})"
    yield f"AI use {row['robots_ai']}"
    if row["tdm_reserved"]:
        yield "text and data mining reserved"


def stanza(source: Source) -> str:
    """The source as an entry of sources.yml; XX stands for a country to be filled in."""
    document = source.model_dump(mode="json", exclude_unset=True)
    text = yaml.safe_dump([document], sort_keys=False, allow_unicode=True, width=100)
    unknown = "  # check name, owner, country, language and timezone\n"
    return (unknown if source.country == "XX" else "") + "".join(
        f"  {one}\n" for one in text.splitlines()
    )
