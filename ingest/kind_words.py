"""The words by which outlets label a kind of text, in the languages met most often.

`HEADS` may follow up to two other words in a label ("Guest opinion", "US press releases"),
`WHOLE` only count as the entire label ("Letters"), `NOT_AFTER` are the words before a head that
make it mean something else ("public opinion", "peer review").
"""

import re
import unicodedata
from functools import lru_cache

_OTHER_MARKS = re.compile(r"[^\w]+|_")
_SEPARATORS = re.compile(r"[,;:/|&>·•\n]|\b(?:and|und|et|y|og|en)\b", re.IGNORECASE)
_MOST_WORDS_BEFORE = 2
_MOST_LABEL_CHARACTERS = 200


def folded(text: str) -> str:
    """Lower case without accents, words divided by single spaces."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(one for one in plain if not unicodedata.combining(one))
    return _OTHER_MARKS.sub(" ", kept).strip()


def _set(words: str) -> frozenset[str]:
    return frozenset(folded(word) for word in words.split(";"))


HEADS = {
    "sponsored": _set(
        "sponsored;sponsored content;sponsored post;sponsored posts;sponsored story;sponsored by"
        ";sponsor content;sponsorcontent;sponsor post;advertorial;advertorials;paid post"
        ";paid posts;paid content;paid program;partner content;partnercontent;brandvoice"
        ";brand voice;branded content;brand studio;brandstudio;brand story;native advert"
        ";advertisement feature;ad feature;promoted content;promoted post"
        ";publireportage;publireportages;publi reportage;publirreportaje;publirreportajes"
        ";publi redactionnel;contenu sponsorise;contenu partenaire;contenus partenaires"
        ";contenido patrocinado;contenidos patrocinados;conteudo patrocinado;publieditorial"
        ";informe publicitario;informazione pubblicitaria;pubbliredazionale;pubbliredazionali"
        ";gesponsert;gesponserte inhalte;bezahlter inhalt;bezahlte anzeige;bezahlter beitrag"
        ";gesponsord;betaalde inhoud;annonssamarbete;annonsorinnehall;annonsørinnhold"
        ";на правах рекламы;партнерский материал;партнёрский проект;PR記事;広告記事;광고"
    ),
    "press_release": _set(
        "press release;press releases;pressrelease;pressreleases;news release;news releases"
        ";media release;media releases;prnewswire;pr newswire;business wire;businesswire"
        ";globe newswire;globenewswire;press statement;press statements"
        ";presse meldungen;presse meldung"
        ";pressemitteilung;pressemitteilungen;pressemeldung;pressemeldungen;presseinformation"
        ";presseinformationen;presseaussendung;presseaussendungen;medienmitteilung"
        ";medienmitteilungen;medieninformation;medieninformationen"
        ";communique de presse;communiques de presse;comunicado de prensa"
        ";comunicados de prensa;nota de prensa;notas de prensa;nota de imprensa"
        ";comunicato stampa;comunicati stampa;persbericht;persberichten;pressmeddelande"
        ";pressmeddelanden;pressemeddelelse;pressemeddelelser;pressemelding;pressemeldinger"
        ";пресс-релиз;пресс-релизы;プレスリリース;보도자료;新闻稿"
    ),
    "opinion": _set(
        "opinion;opinions;op ed;op eds;oped;editorial;editorials;leading article;columnist"
        ";columnists;commentary;commentaries;commentisfree;comment is free;viewpoint;viewpoints"
        ";letters to the editor;letter to the editor;readers letters;blogs opinion"
        ";meinung;meinungen;kommentar;kommentare;gastkommentar;gastkommentare;gastbeitrag"
        ";gastbeitraege;gastbeiträge;leitartikel;kolumne;kolumnen;kolumnist;kolumnisten;glosse;glossen"
        ";standpunkt;standpunkte;leserbrief;leserbriefe;meinungsbeitrag"
        ";opinión;opiniones;columna de opinion;columnas;columnistas;tribuna abierta"
        ";cartas al director;carta al director;opinião;opiniões;colunistas;artigo de opiniao"
        ";point de vue;points de vue;tribunes;tribune libre;éditorial;éditoriaux;édito;éditos"
        ";billet d humeur;chroniqueurs;courrier des lecteurs;libre propos"
        ";opinione;opinioni;editoriale;editoriali;commenti;lettere al direttore"
        ";opinie;opinies;commentaar;columns;ingezonden brief;ingezonden brieven"
        ";åsikt;åsikter;ledare;ledarsidan;insändare;kronikk;kronikker;meninger;debattinnlegg"
        ";leserbrev;klumme;klummer;mielipide;mielipiteet;pääkirjoitus;opinia;opinie;felieton"
        ";felietony;мнение;мнения;колонка;колонки;авторская колонка;オピニオン;社説;コラム"
        ";사설;칼럼;오피니언;社论;评论;社評;時評;köşe yazıları;yazarlar"
    ),
    "review": _set(
        "review;reviews;filmkritik;filmkritiken;buchkritik;buchkritiken;fernsehkritik"
        ";konzertkritik;theaterkritik;tv kritik;rezension;rezensionen;testbericht;testberichte"
        ";produkttest;produkttests;critique de film;critiques;critique cinema;reseña;reseñas"
        ";crítica de cine;críticas;recensione;recensioni;resenha;resenhas;recensie;recensies"
        ";recension;recensioner;anmeldelse;anmeldelser;arvostelu;arvostelut;recenzja;recenzje"
        ";рецензия;рецензии;レビュー;리뷰;影评;书评"
    ),
}

WHOLE = {
    "sponsored": _set("anzeige;promoted;advertisement;advertentie"),
    "press_release": _set("pressroom;press room;communiques;communique;pressemitteilung"),
    "opinion": _set(
        "comment;letters;perspective;columns;column;ideas opinion;debate"
        ";debatte;debatten;tribuna;tribune;débats;débat;idées;ideas;chronique;chroniques;columna"
        ";artigos;commento;rubriche;debatt;leder;debat;your view;our view;as i see it;soapbox"
    ),
    "review": _set("kritik;kritiken;critique;crítica;tests;im test;hands on review;critics"),
}

NOT_AFTER = {
    "opinion": _set("public;legal;court;second;advisory;expert;medical;no;polls of;video"),
    "review": _set(
        "in;under;for;peer;press;media;news;morning;daily;weekly;judicial;law;technology;business;harvard;national;annual;policy;spending"
        ";year;month;week;day;systematic;literature;safety;security;defence;defense;government"
        ";independent;case;strategic;performance;literary;columbia;london;privacy"
    ),
    "press_release": frozenset[str](),
    "sponsored": _set("not;state;government"),
}


def kind_of_label(label: str, *, is_tag: bool = False) -> str | None:
    """The genre that a section, category or folder is named after, None for a plain topic.

    A tag may name what a text is about ("Debate"), so that only the clearest words count.
    """
    return _kind_of_label(label[:_MOST_LABEL_CHARACTERS], is_tag)


@lru_cache(maxsize=4_096)  # an outlet's sections come again and again
def _kind_of_label(label: str, is_tag: bool) -> str | None:  # noqa: FBT001 (a cache's key)
    for part in _SEPARATORS.split(label):
        words = folded(part).split()
        for genre, heads in HEADS.items():
            if not is_tag and " ".join(words) in WHOLE[genre]:
                return genre
            for start in range(min(len(words), _MOST_WORDS_BEFORE + 1)):
                before = words[start - 1] if start else ""
                if " ".join(words[start:]) in heads and before not in NOT_AFTER[genre]:
                    return genre
    return None
