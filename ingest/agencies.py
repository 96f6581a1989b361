"""News agencies and release wires: how a text says that it comes from one.

A text that merely quotes an agency, or was written "with material from" one, is the outlet's own.
"""

import re
from collections.abc import Iterable
from functools import lru_cache

_LONG = (
    r"Reuters|Thomson Reuters|Associated Press|Agence France[ -]Presse|Deutsche Presse-Agentur"
    r"|PA Media|Press Association|Press Trust of India|Canadian Press|Australian Associated Press"
    r"|Xinhua(?: News Agency)?|Kyodo(?: News)?|Jiji Press|Yonhap(?: News Agency)?"
    r"|Anadolu(?: Agency)?|Bloomberg News|United Press International|Europa Press|Adnkronos"
    r"|askanews|Agenzia Ansa"
    r"|Keystone-SDA|Austria Presse Agentur|Agencia EFE|Agência Lusa|Agência Brasil|Ritzau|Interfax"
    r"|РИА Новости|ТАСС|Интерфакс|新华社|新華社|共同通信|時事通信|연합뉴스"
)
_SHORT = (
    r"AP|AFP|dpa(?:-\w+)?|DPA|UPI|PTI|IANS|ANI|UNI|EFE|ANSA|APA|sda|SDA|ATS|Keystone|KNA|epd|SID"
    r"|AAP|TASS|ITAR-TASS|ANP|Belga|TT|NTB|STT|LUSA|Lusa|CP|PA|PAP|CTK|ČTK|MTI|Xinhua|Reuters|Kyodo"
    r"|Bernama|Tanjug|Bloomberg|HINA|Tribune News Service|TNS|Inter Press Service|IPS"
)
_ANY = f"(?:{_LONG}|{_SHORT})"
_SERVICE = (
    r"(?:press|news) (?:agency|agencies|service)|news ?wires?|wire (?:services?|reports?)|agencies"
    r"|Agenturen|Nachrichtenagentur(?:en)?|agences(?: de presse)?|agence de presse"
    r"|agencias|agenzie|agências"
)
# A byline names the agency itself or a person with it, often in other letters' case.
_BYLINE = re.compile(
    rf"(?:^|[\s,(/|–—-])(?:{_LONG}|{_SERVICE})\s*\)?(?:$|[\s,/|–—-])"
    rf"|(?:^|/)(?:(?:by|von|the) )?{_ANY}(?:$|/)|^ap (?:\w+ )*(?:writer|correspondent)s?\b",
    re.IGNORECASE,
)
_BYLINE_END = re.compile(r"[,|(]\s*(?:AP|AFP|dpa|UPI|PTI|IANS|ANI|EFE|ANSA|APA|AAP|TASS)\)?$")
_PICTURE = re.compile(
    r"^\W*(?:\w*bild\w*|fotos?|photos?|images?|pictures?|credits?|video|grafik)\b", re.IGNORECASE
)
_DATELINE = re.compile(
    rf"^[^\n(/\[]{{0,70}}[(/\[]\s*{_ANY}(?:\s?[/,+]\s?[\w .-]{{1,20}})?\s*[)/\]]"
    r"\s*(?:-|–|—|:|\.|,)+\s*\S"
    rf"|^[^\n]{{3,60}}[-–—]\s?(?:РИА Новости|ТАСС|Интерфакс)\b|^\(ANSA\)"
    r"|^[^\n]{0,12}新华社|^[^\n]{0,20}[=＝]연합뉴스",
    re.MULTILINE,
)
_FIRST_LINE = re.compile(
    rf"^\s*(?:By|Von|Par|Por)\s[^\n]{{0,80}}\b(?:{_LONG}|AP|AFP)\b", re.IGNORECASE
)
_CREDIT = re.compile(
    rf"\b[Rr]eporting by [^\n]{{3,200}}[Ee]diting by\b"
    rf"|^(?:Copyright|©)[\s\d,(c)by]{{0,20}}(?:The )?{_ANY}\b"
    rf"|\((?:\w{{1,4}}/)*{_ANY}(?:[/,]\s?\w{{2,12}})*\)\W*$"
    rf"|^(?i:sources?|quellen?|fuente|fonte)\s*:\s*(?:{_ANY}|(?i:{_SERVICE}))"
    rf"\W*$"
    rf"|[.!?”\"»]\s?[—–-]*\s?(?:{_SHORT})\W*$|^[—–-]*\s?{_ANY}\W*$",
)
_FEED_NOTE = re.compile(
    r"(?:published|generated|auto-generated) from (?:a|an) [\w\s-]{0,30}(?:syndicated|wire|agency)"
    r" feed|copyright \d{4} the associated press"
)
_RELEASE_WIRE = re.compile(
    r"/(?:PRNewswire|PR ?Newswire|CNW|EINPresswire\.com|Globe ?Newswire)\b[^/\n]{0,40}/"
    r"|\((?:BUSINESS WIRE|GLOBE ?NEWSWIRE|ACCESSWIRE|Newsfile Corp\.?|Marketwired|ots|OTS"
    r"|EIN ?Presswire|EQS[^)\n]{0,20})\)",
    re.IGNORECASE,
)
_SITES = re.compile(
    r"(?:^|\.)(?:reuters|apnews|afp|dpa|upi|xinhuanet|tass|ptinews|bloomberg|adnkronos|bernama|jiji"
    r")\.com$|(?:^|\.)(?:ansa\.it|efe\.com|news\.cn|tass\.ru|ria\.ru|interfax\.ru|kyodonews\.net"
    r"|yna\.co\.kr|aa\.com\.tr|apa\.at|askanews\.it|europapress\.es|lusa\.pt|belga\.be|ritzau\.dk)$"
)
_FOLDER = re.compile(
    r"/(?:wire-?stor(?:y|ies)|wires?|wire-news|ap(?:-?news|-?online|wire)?|reuters|afp|dpa"
    r"|(?:newsticker|ticker)/(?:dpa|afp|sda|apa)|agencias|agenzie|agentur(?:meldung(?:en)?)?)/",
    re.IGNORECASE,
)
_HEAD_CHARACTERS, _TAIL_CHARACTERS, _LAST_LINES = 1_000, 1_500, 5


def sign(url: str, text: str, names: Iterable[tuple[str, str]]) -> str | None:
    """What says that the text is an agency's, None where nothing does.

    `names` are those whom byline and data give as author or source, each with where it stands;
    that place is the answer, or `dateline` or `credit` where the text itself says so, or `url`
    for a folder of agency reports.
    """
    for place, name in names:
        if _is_agency(name):
            return place
    head, tail = text[:_HEAD_CHARACTERS], text[len(text) // 2 :][-_TAIL_CHARACTERS:]
    if _DATELINE.search(head) or _FIRST_LINE.search(head):
        return "dateline"
    last = [line.strip() for line in tail.split("\n")[-_LAST_LINES:]]
    named = (_CREDIT.search(line) for line in last if not _PICTURE.search(line))
    is_credited = any(named) or _FEED_NOTE.search(tail.lower())
    if is_credited:
        return "credit"
    return "url" if _FOLDER.search(url.partition("://")[2].partition("?")[0]) else None


@lru_cache(maxsize=4_096)  # an outlet's bylines come again and again
def _is_agency(name: str) -> bool:
    name = name.strip()
    return bool(_BYLINE.search(name) or _BYLINE_END.search(name))


def is_release_wire(head: str) -> bool:
    """Whether a text begins with the mark of a wire that spreads press releases."""
    return bool(_RELEASE_WIRE.search(head))


def is_own_site(url: str) -> bool:
    """Whether the page lies on an agency's own site, where its reports are the outlet's own."""
    host = url.partition("://")[2].partition("/")[0].lower()
    return bool(_SITES.search(host))
