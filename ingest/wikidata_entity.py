"""A line of a dump read into what a knowledge base keeps; the rest of it is skipped unread."""

import re
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, NamedTuple

import msgspec

from core.identity import clean_text
from core.typography import fold_typography

_UNLINKED = (b'"sitelinks":{}', b'"sitelinks":[]')
_TAIL = 400  # what follows the site links of an entity is shorter
_SUBCLASS = b'"P279":['
_LEAST_NAME, _MOST_NAME = 2, 100
_LETTER = re.compile(r"[^\W\d_]")
_TIME = re.compile(r"\+(\d{4})-(\d\d)-(\d\d)T")
_YEAR, _MONTH = 9, 10


class _Term(msgspec.Struct):
    value: str


class _Item(msgspec.Struct):
    id: str = ""


class _Time(msgspec.Struct):
    time: str
    precision: int


class _Data[T](msgspec.Struct):
    value: T


class _Snak[T](msgspec.Struct):
    datavalue: _Data[T] | None = None


class _Validity(msgspec.Struct):
    P580: list[_Snak[_Time]] = []
    P582: list[_Snak[_Time]] = []


class _Statement[T](msgspec.Struct):
    mainsnak: _Snak[T]
    rank: str = "normal"
    qualifiers: _Validity | list[Any] = []


class _Claims(msgspec.Struct):
    """Instance of, subclass of; owner, parent, maker, developer; country and its code; dates."""

    P31: list[_Statement[_Item]] = []
    P279: list[_Statement[_Item]] = []
    P127: list[_Statement[_Item]] = []
    P749: list[_Statement[_Item]] = []
    P176: list[_Statement[_Item]] = []
    P178: list[_Statement[_Item]] = []
    P17: list[_Statement[_Item]] = []
    P297: list[_Statement[str]] = []
    P571: list[_Statement[_Time]] = []
    P576: list[_Statement[_Time]] = []


class _Nothing(msgspec.Struct):
    pass


class Link(NamedTuple):
    """Another entity and the days between which the link held, as far as they are known."""

    qid: str | None
    valid_from: date | None
    valid_to: date | None


class Entity(NamedTuple):
    """What is kept of an entity; `names` hold the label too, all folded for typography."""

    qid: str
    label: str
    names: list[str]
    classes: list[str]
    popularity: int
    owner: Link
    maker: Link
    country: Link
    country_code: str | None
    existed_from: date | None
    existed_to: date | None


class Damaged(NamedTuple):
    """A line that is no entity: its number among those read, the entity's id if told, and why."""

    line: int
    qid: str
    reason: str


class Seen(NamedTuple):
    """What one item says: its entity, or None where it has no name or too few links; its classes.

    `parents` are the classes that the item, as a class, is a subclass of.
    """

    qid: str
    entity: Entity | None
    parents: list[str]


class Reader:
    """Reads lines; `languages` in order of preference, `least_links` the site links to be kept."""

    def __init__(self, languages: Sequence[str], least_links: int) -> None:
        self._places = [f"l{place}" for place in range(len(languages))]
        codes = dict(zip(self._places, languages, strict=True))
        labels = msgspec.defstruct(
            "Labels", [(one, _Term | None, None) for one in codes], rename=codes
        )
        aliases = msgspec.defstruct(
            "Aliases", [(one, list[_Term], []) for one in codes], rename=codes
        )
        item: Any = msgspec.defstruct(
            "Item",
            [
                ("id", str, ""),
                ("type", str, ""),
                ("labels", labels | list[Any], []),
                ("aliases", aliases | list[Any], []),
                ("claims", _Claims | list[Any], []),
                ("sitelinks", dict[str, _Nothing] | list[Any], []),
            ],
        )
        export: Any = msgspec.defstruct("Export", [("entities", dict[str, item])])
        self._item, self._export = msgspec.json.Decoder(item), msgspec.json.Decoder(export)
        self._least_links = least_links

    def read(self, lines: Sequence[bytes]) -> tuple[int, list[Seen], list[Damaged]]:
        """The number of items in some lines, what those to be kept say, and what is damaged."""
        items, seen, damaged = 0, [], []
        for number, line in enumerate(lines):
            written = line.strip().removesuffix(b",")
            if written in (b"", b"[", b"]"):
                continue
            if self._is_skipped(written):
                items += 1
                continue
            try:
                for item in self._decoded(written):
                    items += 1
                    if (one := self._seen(item)) is not None:
                        seen.append(one)
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                told = re.search(rb'"id":\s?"([QPL]\d+)"', written[:300])
                qid = told.group(1).decode() if told else "no id"
                damaged.append(Damaged(number, qid, _reason(error)))
        return items, seen, damaged

    def _is_skipped(self, line: bytes) -> bool:
        """Whether nobody links to the entity and it is no class: two searches tell, unread."""
        return (
            self._least_links > 0
            and any(line.find(one, -_TAIL) >= 0 for one in _UNLINKED)
            and not line.startswith(b'{"entities"')
            and _SUBCLASS not in line
        )

    def _decoded(self, line: bytes) -> Iterator[Any]:
        if line[:30].replace(b" ", b"").startswith(b'{"entities"'):
            yield from self._export.decode(line).entities.values()
        else:
            yield self._item.decode(line)

    def _seen(self, item: Any) -> Seen | None:
        if item.type != "item" or not item.id.startswith("Q"):
            return None
        claims = item.claims if isinstance(item.claims, _Claims) else _Claims()
        parents = _items(claims.P279)
        entity = self._entity(item, claims) if claims.P31 else None
        return Seen(item.id, entity, parents) if entity or parents else None

    def _entity(self, item: Any, claims: _Claims) -> Entity | None:
        names = self._names(item)
        if not names or len(item.sitelinks) < self._least_links:
            return None
        codes = [one.mainsnak.datavalue for one in claims.P297]
        return Entity(
            qid=item.id,
            label=names[0],
            names=sorted({fold_typography(one) for one in names}),
            classes=_items(claims.P31),
            popularity=len(item.sitelinks),
            owner=_link(claims.P749) or _link(claims.P127) or _NO_LINK,
            maker=_link(claims.P176) or _link(claims.P178) or _NO_LINK,
            country=_link(claims.P17) or _NO_LINK,
            country_code=codes[0].value if codes and codes[0] else None,
            existed_from=_date([one.mainsnak for one in claims.P571], is_end=False),
            existed_to=_date([one.mainsnak for one in claims.P576], is_end=True),
        )

    def _names(self, item: Any) -> list[str]:
        """Labels, then aliases, in order of the languages; the first is the label."""
        written: list[_Term] = []
        if not isinstance(item.labels, list):
            labels = (getattr(item.labels, place) for place in self._places)
            written += [one for one in labels if one is not None]
        if not written:
            return []
        if not isinstance(item.aliases, list):
            for place in self._places:
                written += getattr(item.aliases, place)
        names = dict.fromkeys(clean_text(one.value) for one in written)
        return [one for one in names if _is_name(one)]


def _reason(error: Exception) -> str:
    """Why a line is no entity, in our words."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeError):
        return "it is no UTF-8 text"
    if isinstance(error, msgspec.ValidationError):
        _, at, place = str(error).rpartition("`$")
        where = f" at '{place.rstrip('`').lstrip('.')}'" if at and place != "`" else ""
        return f"it is not made as Wikidata makes an entity{where}"
    return "it is no JSON, or only a part of it"


_NO_LINK = Link(None, None, None)


def _is_name(name: str) -> bool:
    return (
        _LEAST_NAME <= len(name) <= _MOST_NAME
        and "\n" not in name
        and _LETTER.search(name) is not None
    )


def _best[T](statements: list[_Statement[T]]) -> list[_Statement[T]]:
    """The preferred statements where there are any, else the normal ones; deprecated ones never."""
    preferred = [one for one in statements if one.rank == "preferred"]
    return preferred or [one for one in statements if one.rank == "normal"]


def _items(statements: list[_Statement[_Item]]) -> list[str]:
    values = (one.mainsnak.datavalue for one in _best(statements))
    return [value.value.id for value in values if value is not None]


def _link(statements: list[_Statement[_Item]]) -> Link | None:
    """The one entity that is linked today, or the only one that ever was; None among several."""
    links = [
        Link(value.value.id, *_validity(one.qualifiers))
        for one in _best(statements)
        if (value := one.mainsnak.datavalue) is not None
    ]
    standing = [one for one in links if one.valid_to is None] or links
    return standing[0] if len(standing) == 1 else None


def _validity(qualifiers: _Validity | list[Any]) -> tuple[date | None, date | None]:
    if isinstance(qualifiers, list):
        return None, None
    return _date(qualifiers.P580, is_end=False), _date(qualifiers.P582, is_end=True)


def _date(snaks: list[_Snak[_Time]], *, is_end: bool) -> date | None:
    """The first day of the time told, with `is_end` the last; None before year 1 or if untold."""
    if not snaks or snaks[0].datavalue is None:
        return None
    time = snaks[0].datavalue.value
    told = _TIME.match(time.time)
    if told is None or time.precision < _YEAR:
        return None
    year, month, day = map(int, told.groups())
    if time.precision == _YEAR:
        month = 12 if is_end else 1
    if time.precision <= _MONTH:
        day = monthrange(year, month)[1] if is_end and 1 <= month <= 12 else 1
    try:
        return date(year, month, day)
    except ValueError:
        return None
