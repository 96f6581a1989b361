"""Canonical URLs: one spelling for one page, by the WHATWG rules, trackers gone."""

import re
import string
from functools import lru_cache
from typing import NamedTuple

import ada_url

MOST_CHARACTERS = 8_192  # servers refuse longer ones
_CACHED = 4096
# A whole percent-escape, not the tail of a broken one: the guards keep its meaning.
_ESCAPE = re.compile(r"(?<!%)(?<!%[0-9A-Fa-f])%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(string.ascii_letters + string.digits + "-._~")
# Parameters that say how a reader arrived, never which page it is.
_TRACKER = re.compile(
    r"""^(?: utm_.* | at_(?:medium|campaign|format|link_.*|bbc_.*|custom.*) | mc_[ce]id | mkt_tok
        | fbclid | gclid | dclid | gclsrc | gbraid | wbraid | msclkid | yclid | twclid
        | ttclid | igshid
        | _ga | _gl | _hs(?:enc|mi) | vero_id | oly_(?:anon|enc)_id | icid | ncid | cmpid | ocid
        | ns_(?:campaign|mchannel|source|linkname|fee) | ftag | smid | taid | xtor | wt\.mc_id
        | guce_referrer(?:_sig)? | guccounter )$""",
    re.VERBOSE | re.IGNORECASE,
)
_BEFORE_AUTHORITY = re.compile(r"^https?:[/\\]*|[/\\]{2,}", re.IGNORECASE)
_MOST_SHOWN = 2_000
_NO_URL = "not a URL"


class UrlRefusedError(ValueError):
    """A URL that is never fetched; the text says why and never repeats the URL."""


def canonical_url(url: str, base: str | None = None) -> str:
    """The one spelling of `url` (resolved against `base`); canonical URLs map to themselves.

    Fragment, default port, trailing dot of the host and tracking parameters go; escapes are
    upper case, and undone where they need not be; the remaining parameters are sorted by name,
    their order within one name kept.

    Raises:
        UrlRefusedError: not http or https, no host, not a URL, too long, or with credentials.
    """
    parts = parse(url, base)
    query = _ESCAPE.sub(_escape, parts.search.removeprefix("?"))
    kept = [one for one in query.split("&") if one and not _TRACKER.match(one.partition("=")[0])]
    try:
        parts.hash = ""
        name = parts.hostname.rstrip(".")
        if name != parts.hostname:
            parts.hostname = name
        parts.pathname = _ESCAPE.sub(_escape, parts.pathname)
        query = "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))
        parts.search = f"?{query}" if query else ""  # the mark, as a first one is taken away
    except ValueError:  # without its dots the host is a broken IPv4 address
        raise UrlRefusedError(_NO_URL) from None
    return _bounded(str(parts.href))


def _escape(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character in _UNRESERVED else match[0].upper()


def _bounded(url: str) -> str:
    if len(url) > MOST_CHARACTERS:
        raise UrlRefusedError(f"longer than {MOST_CHARACTERS:,} characters")
    return url


def without_fragment(url: str) -> str:
    """The URL as it is requested: as found, since a server may mind the order of parameters."""
    return _place(url).requested


def without_credentials(url: str) -> str:
    """A refused URL as it may be written down: no credentials, at most 2,000 characters.

    Everything before the last @ may be credentials, since a password may hold any sign.
    """
    joined = re.sub(r"[\t\r\n]", "", url.strip())
    before, _, after = joined.rpartition("@")
    start = _BEFORE_AUTHORITY.search(before)
    if start:
        joined = f"{before[: start.end()].rstrip('/\\')}//{after}"
    return joined[:_MOST_SHOWN]


def parse(url: str, base: str | None = None) -> ada_url.URL:
    """Parse a web URL as browsers do; the same refusals as `canonical_url`."""
    try:
        parts = ada_url.URL(_bounded(url.strip()), base or None)
    except UrlRefusedError:
        raise
    except ValueError:  # what ada says may repeat the URL
        raise UrlRefusedError(_NO_URL) from None
    if parts.protocol not in {"http:", "https:"} or not parts.hostname.strip("."):
        raise UrlRefusedError("neither http nor https")
    if parts.username or parts.password:
        raise UrlRefusedError("the URL carries credentials")
    return parts


def origin(url: str) -> str:
    """Scheme, host and port: where the robots.txt of a URL stands."""
    return _place(url).origin


def host(url: str) -> str:
    """Host and port, the unit of politeness; a trailing dot makes no other host."""
    return _place(url).host


def hostname(url: str) -> str:
    """The host without its port; an IP address in the one spelling that WHATWG gives it."""
    return _place(url).hostname


class _Place(NamedTuple):
    """What fetching asks of a URL, had by parsing it once."""

    requested: str
    origin: str
    host: str
    hostname: str


@lru_cache(maxsize=_CACHED)
def _place(url: str) -> _Place:
    parts = parse(url)
    name, port = str(parts.hostname), parts.port
    return _Place(
        requested=str(parts.href).partition("#")[0],
        origin=str(parts.origin),
        host=f"{name.rstrip('.')}{':' if port else ''}{port}",
        hostname=name,
    )


def same_site(one: str, other: str) -> bool:
    """Whether two URLs are of one site: equal hosts, or one within the other's domain.

    A leading `www`, `m`, `mobile` or `amp` label does not count.
    """
    first, second = (_site(parse(url).hostname) for url in (one, other))
    shorter, longer = sorted((first, second), key=len)
    return longer == shorter or (shorter.count(".") >= 1 and longer.endswith("." + shorter))


def _site(hostname: str) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)", "", hostname.rstrip("."))
