"""robots.txt by RFC 9309: what a publisher lets our crawler, and AI crawlers, fetch."""

from dataclasses import dataclass

from protego import Protego

from ingest.encoding import EncodingError, TooLargeError
from ingest.exchange import Response
from ingest.fetch import Fetched

MAX_BYTES = 500 * 1024
_DECODED_BYTES = 16 * 1024 * 1024
# Crawlers that gather training data; a publisher who shuts them out has spoken about AI use.
AI_AGENTS = ("GPTBot", "CCBot", "ClaudeBot", "Google-Extended", "Bytespider")


@dataclass(frozen=True)
class Robots:
    """The rules of one origin; `refusal` is set where no rules could be had at all."""

    rules: Protego | None
    refusal: str | None = None

    def why_not(self, url: str, agent: str) -> str | None:
        """Why `agent` must not fetch `url`, or None where it may."""
        if self.refusal:
            return self.refusal
        if self.rules is not None and not self.rules.can_fetch(url, agent):
            return "disallowed by robots.txt"
        return None

    def crawl_delay(self, agent: str) -> float:
        """Seconds between requests that robots.txt asks for, 0 where it does not."""
        return float((self.rules and self.rules.crawl_delay(agent)) or 0)

    def refuses_ai(self, url: str) -> bool:
        return self.rules is not None and any(
            not self.rules.can_fetch(url, agent) for agent in AI_AGENTS
        )


def parse_robots(body: bytes) -> Protego:
    """Rules from a robots.txt; anything that is no rule is ignored, beyond 500 KiB all of it."""
    text = body[:MAX_BYTES].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    return Protego.parse(text)


def judge(fetched: Fetched) -> Robots:
    """4xx means no rules; 5xx, a network failure or a broken body means: keep out."""
    answer = fetched.exchange
    if not isinstance(answer, Response):
        return Robots(None, f"robots.txt: {answer.reason}")
    if 400 <= answer.status < 500 and answer.status != 429:
        return Robots(None)
    if answer.status != 200 or answer.truncated in {"disconnect", "time"}:
        return Robots(None, f"robots.txt: {fetched.reason}")
    try:
        body = answer.decoded(_DECODED_BYTES)
    except (EncodingError, TooLargeError):
        return Robots(None, "robots.txt: the body cannot be decoded")
    return Robots(parse_robots(body))


def product_token(user_agent: str) -> str:
    """The name that robots.txt groups address: the User-Agent up to its version."""
    return user_agent.partition("/")[0].partition(" ")[0]
