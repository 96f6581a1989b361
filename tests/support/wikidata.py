"""Entities and dumps as Wikidata publishes them, written for tests and measurements."""

import gzip
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

type Json = dict[str, Any]

_WELL_KNOWN = ("en", "de", "fr", "es", "it", "nl", "pt", "ru", "ja", "zh", "ar", "pl", "sv", "uk")
_LANGUAGES = [*_WELL_KNOWN, *(f"x{number}" for number in range(120))]
SITES = [f"{one}wiki" for one in [*_LANGUAGES, *(f"y{number}" for number in range(100))]]


def entity(
    qid: str,
    label: str | None,
    *classes: str,
    aliases: Sequence[str] = (),
    sitelinks: int = 1,
    claims: dict[str, list[Json]] | None = None,
    language: str = "en",
) -> Json:
    """An item with its parts in the order of the dump; PHP writes an empty object as `[]`."""
    stated = {"P31": [item("P31", one) for one in classes]} if classes else {}
    stated |= claims or {}
    return {
        "type": "item",
        "id": qid,
        "labels": {language: {"language": language, "value": label}} if label else [],
        "descriptions": [],
        "aliases": {language: [{"language": language, "value": one} for one in aliases]}
        if aliases
        else [],
        "claims": stated or [],
        "sitelinks": {
            site: {"site": site, "title": label or qid, "badges": []} for site in SITES[:sitelinks]
        },
        "pageid": 1,
        "ns": 0,
        "title": qid,
        "lastrevid": 2,
        "modified": "2026-11-01T00:00:00Z",
    }


def item(claim: str, qid: str, *, rank: str = "normal", **qualifiers: str) -> Json:
    """A statement whose value is an item; qualifiers are times, `P580="+2021-10-28T00:00:00Z"`."""
    value = {"entity-type": "item", "numeric-id": int(qid[1:]), "id": qid}
    return _statement(claim, {"value": value, "type": "wikibase-entityid"}, rank, qualifiers)


def time(claim: str, value: str, precision: int = 11) -> Json:
    """A statement of a time such as `+1976-04-01T00:00:00Z`."""
    return _statement(claim, _time(value, precision), "normal", {})


def text(claim: str, value: str) -> Json:
    return _statement(claim, {"value": value, "type": "string"}, "normal", {})


def _time(value: str, precision: int) -> Json:
    calendar = "http://www.wikidata.org/entity/Q1985727"
    written = {"time": value, "timezone": 0, "before": 0, "after": 0, "precision": precision}
    return {"value": {**written, "calendarmodel": calendar}, "type": "time"}


def _snak(claim: str, value: Json) -> Json:
    return {"snaktype": "value", "property": claim, "datavalue": value, "datatype": "any"}


def _statement(claim: str, value: Json, rank: str, qualifiers: dict[str, str]) -> Json:
    statement = {"mainsnak": _snak(claim, value), "type": "statement"}
    if qualifiers:
        times = {name: [_snak(name, _time(one, 11))] for name, one in qualifiers.items()}
        statement |= {"qualifiers": times, "qualifiers-order": list(times)}
    return {**statement, "id": f"{claim}$0", "rank": rank, "references": []}


def line(one: Json) -> str:
    return json.dumps(one, ensure_ascii=True, separators=(",", ":"))


def write_dump(path: Path, entities: Iterable[Json | str]) -> Path:
    """An array with an entity a line, as the dump is; a string is a line taken as it stands."""
    lines = [one if isinstance(one, str) else line(one) for one in entities]
    content = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
    path.write_bytes(gzip.compress(content, 6) if path.suffix == ".gz" else content)
    return path


# lines as large and as mixed as the dump's -------------------------------------------------

_MIX = (  # class, share, sitelinks at most, mean number of statements with references
    ("Q13442814", 0.38, 0, 24),
    ("Q5", 0.11, 12, 18),
    ("Q16521", 0.03, 8, 16),
    ("Q523", 0.06, 0, 14),
    ("Q4167836", 0.05, 5, 2),
    ("Q515", 0.10, 20, 14),
    ("Q4830453", 0.05, 6, 12),
    ("Q11173", 0.05, 0, 20),
    ("Q571", 0.07, 1, 8),
    ("Q811979", 0.10, 1, 10),
)


def typical_lines(count: int, seed: int = 1) -> list[bytes]:
    """Lines whose sizes and kinds are spread as in the dump of 2025 (about 14 kB on average)."""
    chance = random.Random(seed)
    kinds = chance.choices(_MIX, [share for _, share, *_ in _MIX], k=count)
    return [_typical(chance, 1_000_000 + place, *kind) for place, kind in enumerate(kinds)]


def _typical(
    chance: random.Random, number: int, kind: str, _share: float, links: int, mean: int
) -> bytes:
    name = f"{chance.choice('ABCDEFGH')}name {number} of {kind}"
    size = chance.lognormvariate(-0.55, 0.9)
    one = entity(f"Q{number}", name, kind, sitelinks=int(links * size))
    known = _LANGUAGES[: int(min(5 + 20 * size, len(_LANGUAGES)))]
    one["labels"] = {code: {"language": code, "value": name} for code in known}
    one["descriptions"] = {
        code: {"language": code, "value": f"описание предмета {number}"} for code in known
    }
    one["aliases"] = {"en": [{"language": "en", "value": f"{name} {extra}"} for extra in range(3)]}
    for place in range(int(mean * size)):
        claim = f"P{chance.randrange(1_000, 9_000)}"
        statement = (
            item(claim, f"Q{chance.randrange(1, 10**8)}")
            if place % 2
            else text(claim, f"{chance.random()}")
        )
        source = {"P248": [_snak("P248", statement["mainsnak"]["datavalue"])]}
        source["P813"] = [_snak("P813", _time("+2020-01-01T00:00:00Z", 11))]
        statement["references"] = [
            {"hash": f"{chance.getrandbits(160):040x}", "snaks": source, "snaks-order": ["P248"]}
        ]
        one["claims"].setdefault(claim, []).append(statement)
    return line(one).encode()
