"""Where the name of a place is not the place: part of a longer name, a team, or a person.

A link is then not made: no answer is better than a wrong one.
"""

import re
from collections.abc import Callable, Iterator, Mapping

import ahocorasick_rs

# A capital after a place continues its name ("Chicago Bears") unless it begins something else.
_NEXT_CAPITAL = re.compile(r"\x20([A-Z][a-z][\w’'-]*)")
_BEGINS_ANEW = re.compile(
    r"""(?:January|February|March|April|May|June|July|August|September|October|November|December
    |(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|President|Vice|Prime|Minister|Chancellor|Mayor
    |Gov|Governor|Sen|Senator|Rep|Representative|Congress\w*|Attorney|Secretary|Judge|Justice
    |Ambassador|General|Foreign|Finance|Treasury|Dr|Mr|Mrs|Ms|Republican\w*|Democrat\w*|[A-Z]\w+['’]s)\b""",
    re.VERBOSE,
)
_PART_BEFORE = re.compile(
    r"\b(?:[Nn]orthern|[Ss]outhern|[Ee]astern|[Ww]estern|[Cc]entral|[Uu]pper|[Ll]ower|Miss)\x20\Z"
)
_LOCATIVE = re.compile(
    r"\b(?:in|at|from|near|to|of|around|outside|across|through|into|throughout|between)\s+\Z",
    re.IGNORECASE,
)
_SPORT = re.compile(
    r"""\b(?:coach(?:es|ed|ing)?|quarterbacks?|touchdowns?|play-?offs?|midfielders?|strikers?|goalkeepers?
    |scored|hat-?trick|innings|head\scoach|football|basketball|baseball|soccer|rugby|cricket|hockey|NFL|NBA|NHL|MLB
    |Premier\sLeague|World\sCup|match(?:es)?|goals?|team|season|championship)\b""",
    re.VERBOSE,
)
_SPORT_BEGINNINGS = (
    "coach quarterback touchdown play-off playoff midfielder striker goal scored hat-trick "
    "hattrick innings head football basketball baseball soccer rugby cricket hockey NFL NBA NHL "
    "MLB Premier World match team season championship"
)
_BEGINS_SPORT = ahocorasick_rs.AhoCorasick(_SPORT_BEGINNINGS.split(), store_patterns=False)
_SPORT_WORDS = 3
_PLAYS_FOR = re.compile(r"\bplay(?:s|ed|ing)?\s(?:in|for|at)\s+\Z", re.IGNORECASE)
_OPPONENT = re.compile(r"\b(?:against|beat|defeated|vs?\.?|versus)\s+\Z", re.IGNORECASE)
_NEAR = 16
_JOINED_TO_NEXT = re.compile(r",?\x20(?:and\x20|or\x20)?")
_JOINED_TO_LAST = re.compile(rf"(?:{_JOINED_TO_NEXT.pattern})\Z")
_AND = " and "
_FIRST_NAME = re.compile(
    r"""Adelaide|Alexandria|Austin|Brooklyn|Chad|Charlotte|Chelsea|Dallas|Devon|Florence|Georgia
    |Houston|India|Israel|Jackson|Jordan|Kenya|Lincoln|London|Madison|Memphis|Milan|Odessa|Orlando
    |Paris|Phoenix|Savannah|Sofia|Sydney|Troy|Valencia|Victoria|Vienna|Virginia""",
    re.VERBOSE,
)


def is_part_of_longer_name(
    text: str, start: int, end: int, begins_name: Callable[[int], bool]
) -> bool:
    """Whether the place at `[start, end)` is only a part of a longer name.

    `begins_name` tells whether another known name begins at an offset.
    """
    if _PART_BEFORE.search(text[max(start - _NEAR, 0) : start]):
        return True
    after = _NEXT_CAPITAL.match(text, end)
    if after is None or _BEGINS_ANEW.match(after[1]) or begins_name(after.start(1)):
        return False
    return not _is_title_case(text, after.end())


def _is_title_case(text: str, place: int) -> bool:
    """Whether the words go on with capitals, as in a headline."""
    return bool(re.match(r"\x20[A-Z]\w*\x20[A-Z]", text[place : place + 60]))


def words_of_sport(*sections: str) -> int:
    """How many different words of sport stand in the sections."""
    return len({word.lower() for one in sections for word in _words_of_sport(one)})


def _words_of_sport(text: str) -> Iterator[str]:
    """What `_SPORT.findall` finds; the automaton says where to look, which costs a tenth."""
    end = 0
    for _, start, _ in _BEGINS_SPORT.find_matches_as_indexes(text):
        found = _SPORT.match(text, start) if start >= end else None
        if found is not None:
            end = found.end()
            yield found.group()


def is_team(text: str, start: int, sport: int) -> bool:
    """Whether the place at `start` is a team's, in an article with `sport` words of sport."""
    before = text[max(start - _NEAR, 0) : start]
    if sport >= _SPORT_WORDS:
        return _LOCATIVE.search(before) is None
    return sport > 0 and bool(_OPPONENT.search(before) or _PLAYS_FOR.search(before))


def is_person(text: str, start: int, end: int, persons: Mapping[int, int]) -> bool:
    """Whether the place at `[start, end)` stands where a person would.

    `persons` has the ends of persons by their starts, and their starts by their ends. In a list
    between two persons any place is one ("Davis, Chicago, and Mitchell"); what is a first name too
    also beside a single first name ("Paris and Kim").
    """
    last = _JOINED_TO_LAST.search(text, max(start - _NEAR, 0), start)
    following = _JOINED_TO_NEXT.match(text, end)
    before = last is not None and last.start() in persons
    after = following is not None and following.end() in persons
    if before and after:
        return True
    if not _FIRST_NAME.fullmatch(text, start, end):
        return False
    near = (start - len(_AND), end + len(_AND))
    joined = (text[near[0] : start] == _AND, text[end : near[1]] == _AND)
    return any(
        is_joined and place in persons and " " not in text[slice(*sorted((place, persons[place])))]
        for is_joined, place in zip(joined, near, strict=True)
    )
