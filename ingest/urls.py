"""Canonical URLs: one spelling for one page, by the WHATWG rules, trackers gone."""

import re
from functools import lru_cache

import ada_url

_CACHED = 4096
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


class UrlRefusedError(ValueError):
    """A URL that is never fetched; the text says why and never repeats the URL."""


def canonical_url(url: str, base: str | None = None) -> str:
    """The one spelling of `url` (resolved against `base`); canonical URLs map to themselves.

    Fragment, default port, trailing dot of the host and tracking parameters go; the remaining
    parameters are sorted by name, their order within one name kept.

    Raises:
        UrlRefusedError: not http or https, no host, not a URL, or it carries credentials.
    """
    parts = parse(url, base)
    parts.hash = ""
    host = parts.hostname.rstrip(".")
    if host != parts.hostname:
        parts.hostname = host
    pieces = [piece for piece in parts.search.removeprefix("?").split("&") if piece]
    kept = [piece for piece in pieces if not _TRACKER.match(piece.partition("=")[0])]
    parts.search = "&".join(sorted(kept, key=lambda piece: piece.partition("=")[0]))
    return str(parts.href)


def without_fragment(url: str) -> str:
    """The URL as it is requested: as found, since a server may mind the order of parameters."""
    return str(parse(url).href).partition("#")[0]


def parse(url: str, base: str | None = None) -> ada_url.URL:
    """Parse a web URL as browsers do; the same refusals as `canonical_url`."""
    try:
        parts = ada_url.URL(url.strip(), base) if base else ada_url.URL(url.strip())
    except (ValueError, UnicodeError) as error:
        raise UrlRefusedError("not a URL") from error
    if parts.protocol not in {"http:", "https:"} or not parts.hostname.strip("."):
        raise UrlRefusedError("neither http nor https")
    if parts.username or parts.password:
        raise UrlRefusedError("the URL carries credentials")
    return parts


@lru_cache(maxsize=_CACHED)
def origin(url: str) -> str:
    """Scheme, host and port: where the robots.txt of a URL stands."""
    return str(parse(url).origin)


@lru_cache(maxsize=_CACHED)
def host(url: str) -> str:
    """Host and port, the unit of politeness."""
    return str(parse(url).host)


def same_site(one: str, other: str) -> bool:
    """Whether two URLs are of one site: equal hosts, or one within the other's domain.

    A leading `www`, `m`, `mobile` or `amp` label does not count.
    """
    first, second = (_site(parse(url).hostname) for url in (one, other))
    shorter, longer = sorted((first, second), key=len)
    return longer == shorter or (shorter.count(".") >= 1 and longer.endswith("." + shorter))


def _site(hostname: str) -> str:
    return re.sub(r"^(?:www\d?|m|mobile|amp)\.(?=[^.]+\.)", "", hostname.rstrip("."))
