"""The commonest words of some languages: prose of a language is full of them, and of no others.

Only words that mark their language are of use, so those shared by several are left to one.
"""

# ruff: noqa: E501 - lists of words

FUNCTION_WORDS = {
    "en": "the of to and in a is that for on it with was as he are by at from this have be not or "
    "has but his they had an who will we were their you been more she her which about would said",
    "de": "der die und den von zu das mit sich des auf für ist im dem nicht ein eine als auch es "
    "werden aus er hat dass sie nach wird bei einer um am sind noch wie einem über einen zum haben",
    "fr": "le les et des du une est dans qui par pour au sur pas plus avec ce ont il sont aux cette "
    "ses mais comme elle leur été nous vous où deux était fait entre aussi",
    "es": "el los las y del una es por con para su al lo como más pero sus le ha este sí porque esta "
    "entre cuando muy sin sobre también hasta hay donde desde todo nos durante uno ni contra",
    "it": "il di che della per un gli non sono con alla nel anche più delle dei ha dal si questo "
    "come ma una hanno essere degli nella dopo tra stato loro anni fa due",
    "pt": "o os do da em um para uma com não se na por mais dos como mas ao das à seu sua ou quando "
    "muito já também pelo pela até isso ela entre depois sem mesmo aos são",
    "nl": "het een van en dat niet te zijn op voor met als maar er hij aan ook door bij uit nog naar "
    "om heeft ze wordt dan werd over zo deze worden kan moet geen hebben tegen onder",
    "sv": "och att det som en på är av för med den till inte om har ett han jag men var sig så från "
    "kan de hade ut också vid efter när hon ska eller än nu över bara vill",
    "sw": "na ya wa kwa ni katika la za kuwa cha kama hiyo hii huo watu wake alisema baada hata "
    "kutoka lakini pia yake huku wakati kwamba ili moja sana au kila mwaka",
}
