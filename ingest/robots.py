"""robots.txt by RFC 9309: what a publisher lets our crawler, and AI crawlers, fetch."""

import asyncio
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from protego import Protego

from ingest import urls
from ingest.charset import decode_text
from ingest.encoding import EncodingError, TooLargeError
from ingest.exchange import Response
from ingest.fetch import Fetched, Fetcher, Refusal
from ingest.frontier import Frontier

MAX_BYTES = 500 * 1024
FRESH = timedelta(hours=1)  # a copy so young is used without asking again
USABLE = timedelta(hours=24)  # one so old still stands in for a robots.txt that cannot be had
_DECODED_BYTES = 16 * 1024 * 1024
# Crawlers that gather training data; a publisher who names them to shut them out has spoken
# about AI use.
AI_AGENTS = (
    "GPTBot", "CCBot", "ClaudeBot", "anthropic-ai", "Google-Extended", "Bytespider",
    "Applebot-Extended", "meta-externalagent", "cohere-ai", "PerplexityBot",
)  # fmt: skip
_GROUP = re.compile(r"^[ \t]*user-agent[ \t]*:[ \t]*([^\s#]+)", re.IGNORECASE | re.MULTILINE)
# Characters that end a line for Python, but not in a robots.txt.
_NO_LINE_END = re.compile("[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


@dataclass(frozen=True)
class Robots:
    """The rules of one origin; `refusal` is set where no rules could be had at all."""

    rules: Protego | None
    refusal: Refusal | None = None
    ai_agents: tuple[str, ...] = ()

    def why_not(self, url: str, agent: str) -> Refusal | None:
        """Why `agent` must not fetch `url`, or None where it may."""
        if self.refusal:
            return self.refusal
        if self.rules is not None and not self.rules.can_fetch(url, agent):
            return Refusal("robots_disallowed", "disallowed by robots.txt")
        return None

    def crawl_delay(self, agent: str) -> float:
        """Seconds between requests that robots.txt asks for, 0 where it does not."""
        return float((self.rules and self.rules.crawl_delay(agent)) or 0)

    def refuses_ai(self, url: str) -> bool:
        """Whether a crawler for AI is named and shut out of `url`."""
        return self.rules is not None and any(
            not self.rules.can_fetch(url, agent) for agent in self.ai_agents
        )


def parse_robots(body: bytes) -> Robots:
    """Rules from a robots.txt; anything that is no rule is ignored, beyond 500 KiB all of it.

    A line that the limit cuts is no rule: half a path would shut out more than its publisher did.
    """
    if len(body) >= MAX_BYTES:
        body = body[: max(body.rfind(b"\n", 0, MAX_BYTES), body.rfind(b"\r", 0, MAX_BYTES)) + 1]
    text = _NO_LINE_END.sub(" ", decode_text(body)).replace("\r\n", "\n").replace("\r", "\n")
    named = {name.lower() for name in _GROUP.findall(text)}
    agents = tuple(agent for agent in AI_AGENTS if agent.lower() in named)
    return Robots(Protego.parse(text), ai_agents=agents)


def judge(fetched: Fetched) -> Robots:
    """4xx means no rules; 5xx, a network failure or a broken body means: keep out.

    A 429 asks for patience and says nothing about rules, so everything is deferred.
    """
    answer = fetched.exchange
    if not isinstance(answer, Response) or fetched.status == "deferred":
        reason = f"robots.txt: {fetched.reason}"
        is_pause = fetched.status == "deferred"
        return Robots(None, Refusal("deferred" if is_pause else "robots_disallowed", reason))
    if 400 <= answer.status < 500:
        return Robots(None)
    if answer.status != 200 or answer.truncated in {"disconnect", "time"}:
        return Robots(None, Refusal("robots_disallowed", f"robots.txt: {fetched.reason}"))
    try:
        body = answer.decoded(_DECODED_BYTES)
    except (EncodingError, TooLargeError):
        reason = "robots.txt: the body cannot be decoded"
        return Robots(None, Refusal("robots_disallowed", reason))
    return parse_robots(body)


def product_token(user_agent: str) -> str:
    """The name that robots.txt groups address: the User-Agent up to its version."""
    return user_agent.partition("/")[0].partition(" ")[0]


class RobotsOfSource:
    """The robots.txt of every origin that one look meets, each had once.

    `at` is when the look began: the age of a copy is told from it, so that a replay decides as
    the look did.
    """

    def __init__(self, fetcher: Fetcher, frontier: Frontier, at: datetime) -> None:
        self._fetcher, self._frontier, self._at = fetcher, frontier, at
        self._origins: dict[str, asyncio.Task[Robots]] = {}

    async def of(self, url: str) -> Robots:
        origin = urls.origin(url)
        if origin not in self._origins:
            self._origins[origin] = asyncio.create_task(self._had(origin))
        return await self._origins[origin]

    async def _had(self, origin: str) -> Robots:
        known = self._frontier.known("robots", origin)
        age = self._at - known["fetched_at"] if known else USABLE * 2
        if known and age <= FRESH:
            return parse_robots(known["body"])
        fetched = await self._fetcher.fetch(f"{origin}/robots.txt", "robots", 2 * MAX_BYTES)
        if fetched.status == "blocked_address" and urls.origin(fetched.exchange.url) == origin:
            return Robots(None, Refusal("blocked_address", str(fetched.reason)))
        robots = judge(fetched)
        if robots.refusal is None:
            self._keep(origin, fetched)
        elif known and age <= USABLE:
            return parse_robots(known["body"])
        return robots

    def _keep(self, origin: str, fetched: Fetched) -> None:
        answer = fetched.exchange
        is_text = isinstance(answer, Response) and answer.status == 200
        body = answer.decoded(_DECODED_BYTES)[:MAX_BYTES] if is_text else b""  # type: ignore[union-attr]
        self._frontier.learn("robots", origin, fetched_at=answer.at, body=body)
