"""Faults of a landed batch: what sites, fetching and extraction get wrong."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl

from core.identity import article_id_of_url, version_id
from ingest.page import count_words
from tests.faults.fault import Catalogue
from tests.faults.newsroom import OUTLETS, TODAY, draw_edition
from tests.faults.scene import Scene

LANDING = Catalogue("landing")
fault = LANDING.fault
FIRST, SECOND, LAST = OUTLETS[0][0], OUTLETS[1][0], OUTLETS[-1][0]
_COOKIES = (
    "We and our partners store cookies on your device. They help us to understand how you use "
    "this site, to remember what you chose and to show you what may interest you. You can accept "
    "all of them, refuse those that are not needed, or change your choice at any time below. "
) * 2


def reword(
    scene: Scene,
    *,
    text: Callable[[str], str] = str,
    title: Callable[[str], str] = str,
    of: pl.Expr | None = None,
) -> None:
    """Articles get other words, as if their pages had been read so: ids and counts follow."""
    chosen = of if of is not None else pl.lit(value=True)
    rows = scene.rows("article").with_columns(is_hit=chosen)
    wordings = [
        (title(one["title"]), text(one["text"])) if one["is_hit"] else (one["title"], one["text"])
        for one in rows.iter_rows(named=True)
    ]
    renamed = rows.with_columns(
        title=pl.Series([one for one, _ in wordings]),
        text=pl.Series([two for _, two in wordings]),
        new_id=pl.Series([version_id(one, two) for one, two in wordings]),
        word_count=pl.Series([count_words(two) for _, two in wordings], dtype=pl.Int32),
    )
    ids = renamed.select("article_id", "version_id", "new_id")
    dates = scene.rows("date_candidate").join(ids, on=["article_id", "version_id"])
    scene.land("article", renamed.with_columns(version_id="new_id"))
    scene.land("date_candidate", dates.with_columns(version_id="new_id"))


def redate(scene: Scene, moment: pl.Expr, *, of: pl.Expr | None = None) -> None:
    """Articles get another moment; their day in UTC and their chosen date follow."""
    hit = of if of is not None else pl.lit(value=True)
    rows = scene.rows("article").with_columns(is_hit=hit)
    rows = rows.with_columns(
        published_at=pl.when("is_hit").then(moment).otherwise("published_at").cast(pl.Datetime("ms"))
    ).with_columns(
        published_day=pl.when("is_hit")
        .then(pl.col("published_at").dt.date())
        .otherwise("published_day")
    )
    dates = scene.rows("date_candidate").join(
        rows.select("article_id", "version_id", "published_at"), on=["article_id", "version_id"]
    )
    scene.land("article", rows)
    scene.land("date_candidate", dates.with_columns(value="published_at"))


def drop_outlets(scene: Scene, outlets: list[str]) -> None:
    """The outlets' entry points showed nothing."""
    for table in ("discovered", "disposition", "article"):
        scene.keep(table, ~pl.col("source_id").is_in(outlets))
    known = scene.rows("article")["article_id"].implode()
    for table in ("article_url", "date_candidate"):
        scene.keep(table, pl.col("article_id").is_in(known))


def _one_of(scene: Scene, source_id: str) -> pl.Expr:
    ids = scene.rows("article").filter(pl.col("source_id") == source_id)["article_id"]
    return pl.col("article_id") == ids.sort()[0]


_OF_FIRST = pl.col("source_id") == FIRST


# Texts --------------------------------------------------------------------------------------


@fault("edition.garbled_share", "All texts were decoded as Latin-1 instead of UTF-8.")
def mojibake(scene: Scene) -> None:
    reword(scene, text=lambda one: f"“{one}” – naïve café".encode().decode("latin-1"))


@fault("outlet_pages.few_garbled", "One outlet's texts were decoded in the wrong charset.")
def mojibake_of_one_outlet(scene: Scene) -> None:
    reword(scene, text=lambda one: f"“{one}” – é".encode().decode("cp1252", "replace"), of=_OF_FIRST)


@fault("edition.no_prose_share", "Every text was read in the byte order of another alphabet.")
def wrong_alphabet(scene: Scene) -> None:
    reword(scene, text=lambda one: "".join(chr(ord(c) + 0x3E0) if c.isalpha() else c for c in one))


@fault("edition.short_text_share", "Bodies are cut after their first lines.")
def truncated_bodies(scene: Scene) -> None:
    reword(scene, text=lambda one: one[:200])


@fault("habit.usual_in_all", "Bodies are cut in the middle of a sentence, long as they still are.")
def bodies_cut_in_half(scene: Scene) -> None:
    reword(scene, text=lambda one: one[: len(one) * 3 // 5].rstrip(" .!?") + " and")


@fault("edition.repeated_text_share", "Every page of every outlet gave the same body.")
def same_body_everywhere(scene: Scene) -> None:
    reword(scene, text=lambda _: _COOKIES)


@fault("outlet_pages.few_same_body", "One outlet shows its cookie notice instead of articles.")
def cookie_wall(scene: Scene) -> None:
    reword(scene, text=lambda _: _COOKIES, of=_OF_FIRST)


@fault("outlet_pages.few_same_body", "A cookie notice that differs by headline and a counter.")
def cookie_wall_with_counter(scene: Scene) -> None:
    chance = random.Random(1)
    reword(
        scene,
        text=lambda one: f"{one[:40]}\n{_COOKIES} Visit {chance.randint(1, 10**6)}.",
        of=_OF_FIRST,
    )


@fault("edition.markup_share", "HTML was left in the texts.")
def html_in_text(scene: Scene) -> None:
    reword(scene, text=lambda one: f'<div class="body"><p>{one}</p></div>')


@fault("outlet_pages.few_with_markup", "Entities of HTML were left in one outlet's headlines.")
def entities_in_titles(scene: Scene) -> None:
    reword(scene, title=lambda one: f"{one} &amp; more", of=_OF_FIRST)


@fault("outlet_pages.few_with_markup", "One outlet's texts are the scripts of its pages.")
def scripts_as_text(scene: Scene) -> None:
    script = "window.dataLayer = []; function track(event) { layer.push(event); } "
    reword(scene, text=lambda one: script * 9 + one[:50], of=_OF_FIRST)


@fault("outlet_pages.few_no_prose", "One outlet's texts are the menus of its pages.")
def menus_as_text(scene: Scene) -> None:
    def menu(text: str) -> str:
        words = [one for one in text.split() if one[0].isupper()]
        return " | ".join([*words, *"Home World Business Sport Weather Video Jobs".split()] * 8)

    reword(scene, text=menu, of=_OF_FIRST)


@fault("edition.no_prose_share", "The words of every text stand in no order of any language.")
def shuffled_letters(scene: Scene) -> None:
    reword(
        scene, text=lambda one: " ".join(word[::-1] if len(word) > 1 else word for word in one.split())
    )


@fault("outlet_pages.few_same_title", "One outlet's headlines are all the name of its site.")
def title_of_the_site(scene: Scene) -> None:
    reword(scene, title=lambda _: "The Morning Record – News, Sport, Weather", of=_OF_FIRST)


@fault("landed_article.has_wording", "An article has an empty title.", of_rows=True)
def empty_title(scene: Scene) -> None:
    reword(scene, title=lambda _: " ", of=_one_of(scene, FIRST))


@fault("landed_article.has_wording", "An article has no text.", of_rows=True)
def empty_text(scene: Scene) -> None:
    reword(scene, text=lambda _: "", of=_one_of(scene, FIRST))


@fault(
    "landed_article.version_id_follows_wording",
    "A text was altered after its id was derived.",
    of_rows=True,
)
def altered_text(scene: Scene) -> None:
    hit = _one_of(scene, SECOND)
    scene.change("article", pl.when(hit).then(pl.col("text") + " ").otherwise("text").alias("text"))


@fault("landed_article.words_counted", "Lengths are those of other texts.", of_rows=True)
def other_word_counts(scene: Scene) -> None:
    scene.change("article", pl.col("word_count").reverse() + 40)


@fault("source.writes_its_language", "One outlet's language flips.", severity="warning")
def flipped_language(scene: Scene) -> None:
    scene.change(
        "article", pl.when(_OF_FIRST).then(pl.lit("fi")).otherwise("language").alias("language")
    )


@fault("habit.usual_in_all", "Every article is said to be in another language.")
def all_languages_flipped(scene: Scene) -> None:
    scene.change("article", pl.lit("id").alias("language"))


@fault("outlet_pages.few_in_another_language", "One outlet's pages came in a translation.")
def translated_pages(scene: Scene) -> None:
    german = "Der Vorstand hat am Montag mit der Gewerkschaft über die neuen Regeln gesprochen, "
    reword(scene, text=lambda one: german * 9 + one[:30], of=_OF_FIRST)


# Dates --------------------------------------------------------------------------------------


@fault("landed_article.published_in_range", "An article is of next year.", of_rows=True)
def future_date(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2027, 6, 1, 9)), of=_one_of(scene, FIRST))


@fault("landed_article.published_in_range", "An article is of 1 January 1970.", of_rows=True)
def epoch_date(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(1970, 1, 1)), of=_one_of(scene, FIRST))


@fault("landed_article.published_in_window", "Month and day change places.", of_rows=True)
def month_and_day_swapped(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2026, 3, 10, 9)), of=_one_of(scene, FIRST))


@fault("landed_article.published_day_is_the_outlets", "Days are those of UTC, not the outlet's.")
def day_shifted_by_zone(scene: Scene) -> None:
    redate(scene, pl.col("published_at").dt.truncate("1d") + timedelta(hours=2))


@fault("outlet_pages.few_ahead", "One outlet's times were read in a zone far to the west.")
def times_in_another_zone(scene: Scene) -> None:
    redate(scene, pl.col("fetched_at") + timedelta(hours=9), of=_OF_FIRST)


@fault("outlet_pages.few_same_moment", "One outlet's articles carry the minute of its rebuild.")
def date_of_the_build(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2026, 10, 15, 12, 7)), of=_OF_FIRST)


@fault("habit.usual_in_all", "Every article is dated three days too early.")
def all_days_early(scene: Scene) -> None:
    redate(scene, pl.col("published_at") - timedelta(days=3))


@fault("edition.undated_share", "Most articles lost their date.")
def undated(scene: Scene) -> None:
    scene.change(
        "article",
        published_at=pl.lit(None),
        published_day=pl.lit(None),
        published_precision=pl.lit("none"),
        published_method=pl.lit(None),
    )
    scene.keep("date_candidate", pl.lit(value=False))


@fault("landed_article.whole_day_has_no_time", "A whole day was shifted by hours.", of_rows=True)
def shifted_whole_day(scene: Scene) -> None:
    hit = _one_of(scene, FIRST)
    scene.change(
        "article",
        pl.when(hit).then(pl.lit("day")).otherwise("published_precision").alias("published_precision"),
    )


@fault("landed_date_candidate.chosen_is_the_articles", "Dates that no candidate tells.")
def dates_out_of_nowhere(scene: Scene) -> None:
    scene.change("date_candidate", is_chosen=pl.lit(value=False))


@fault("landed_article.fetched_for_this_edition", "Pages of an old archive are landed as new.")
def pages_of_last_year(scene: Scene) -> None:
    past = timedelta(days=365)
    scene.change("article", pl.col("fetched_at") - past, pl.col("first_seen_at") - past)


# Coverage -----------------------------------------------------------------------------------


@fault("volume.usual_in_all", "The edition is ten times as large as usual.")
def tenfold_volume(scene: Scene) -> None:
    _multiply(scene, 10)


@fault("volume.usual_in_all", "A tenth of the usual articles came.")
def tenth_of_volume(scene: Scene) -> None:
    _thin(scene, 10)


@fault("volume.usual_in_all", "Four articles in ten came, fewer than half of the usual.")
def less_than_half_of_volume(scene: Scene) -> None:
    _thin(scene, 5, keep=2)


@fault("source.not_silent", "One outlet shows nothing.", severity="warning")
def silent_source(scene: Scene) -> None:
    drop_outlets(scene, [LAST])


@fault("edition.silent_source_share", "Half of the outlets show nothing.")
def half_of_sources_silent(scene: Scene) -> None:
    drop_outlets(scene, [one for one, *_ in OUTLETS[3:]])


@fault("volume.usual_of_each_outlet", "A small outlet's feed lost most items.", severity="warning")
def small_source_dries_up(scene: Scene) -> None:
    gone = scene.rows("article").filter(pl.col("source_id") == LAST)["url"].sort()[1:]
    _lose(scene, gone)


@fault("repeated.mostly_new", "One outlet's feed repeats last week, landed as new.")
def feed_of_last_week(scene: Scene) -> None:
    old = draw_edition(TODAY - timedelta(days=7))[0]
    ours = scene.rows("article").filter(_OF_FIRST)
    past = [one for one in old if one.source_id == FIRST][: ours.height]
    urls = dict(zip(ours["url"].to_list(), (one.url for one in past), strict=False))
    _rename(scene, urls)


@fault("outlet_pages.few_same_body", "One outlet's articles come under many addresses.")
def duplicate_flood(scene: Scene) -> None:
    first = scene.rows("article").filter(_OF_FIRST)["url"].sort()[0]
    _copy(scene, pl.col("url") == first, 40)


@fault("edition.unread_share", "Extraction fails on most pages.")
def extraction_fails(scene: Scene) -> None:
    urls = scene.rows("article")["url"].sort()[8:]
    _lose(scene, urls, status="extract_failed")


@fault("edition.fetch_failed_share", "Most pages could not be fetched.")
def fetching_fails(scene: Scene) -> None:
    _lose(scene, scene.rows("article")["url"].sort()[8:], status="fetch_failed")


@fault("source.lost_no_items", "A feed dropped items between two visits.", severity="warning")
def feed_lost_items(scene: Scene) -> None:
    scene.change(
        "source_report", pl.when(_OF_FIRST).then(True).otherwise("lost_items").alias("lost_items")
    )


@fault("source.reports_once", "An active outlet has no report.")
def outlet_forgotten(scene: Scene) -> None:
    scene.keep("source_report", ~_OF_FIRST)


# Relations ----------------------------------------------------------------------------------


@fault("landed_article.source_known", "Articles carry the id of no outlet.")
def unknown_source(scene: Scene) -> None:
    for table in ("article", "disposition", "discovered"):
        scene.change(
            table, pl.when(_OF_FIRST).then(pl.lit("nobody")).otherwise("source_id").alias("source_id")
        )


@fault("outlet_pages.few_of_another_outlet", "Two outlets' ids are exchanged.")
def exchanged_sources(scene: Scene) -> None:
    for table in ("article", "disposition", "discovered"):
        scene.change(table, pl.col("source_id").replace({FIRST: SECOND, SECOND: FIRST}))


@fault("landed_article.has_loaded_end", "One article carries another outlet's id.", of_rows=True)
def article_of_another_source(scene: Scene) -> None:
    hit = _one_of(scene, FIRST)
    scene.change("article", pl.when(hit).then(pl.lit(LAST)).otherwise("source_id").alias("source_id"))


@fault("landed_article.key_unique", "A part was landed twice.")
def landed_twice(scene: Scene) -> None:
    scene.land("article", pl.concat([scene.rows("article")] * 2))


@fault("landed_disposition.loaded_has_article", "Articles of one outlet were lost on the way.")
def lost_articles(scene: Scene) -> None:
    scene.keep("article", ~_OF_FIRST)


@fault("landed_disposition.conserves_discovered", "Found URLs have no end.")
def lost_ends(scene: Scene) -> None:
    scene.keep("disposition", pl.col("status") != "unchanged")


@fault("landed_disposition.status_known", "An end that nobody knows.")
def unknown_end(scene: Scene) -> None:
    scene.change("disposition", pl.col("status").replace({"unchanged": "vanished"}))


@fault("landed_disposition.loaded_was_answered", "Error pages are landed as articles.")
def error_pages_loaded(scene: Scene) -> None:
    scene.change(
        "disposition", pl.when(_OF_FIRST).then(503).otherwise("http_status").alias("http_status")
    )


@fault("landed_article_url.canonical_is_the_articles", "Articles have no canonical address.")
def no_canonical_url(scene: Scene) -> None:
    scene.change("article_url", is_canonical=pl.lit(value=False))


@fault("landed_removal.gone_is_gone", "A page that failed once is called taken down.", of_rows=True)
def false_removal(scene: Scene) -> None:
    scene.change("removal", http_status=pl.lit(500))


@fault("landed_article.genre_known", "Kinds of articles that are on no list.")
def unknown_genre(scene: Scene) -> None:
    scene.change("article", genre=pl.lit("essay"))


@fault("habit.usual_in_all", "Every article is called a press release.")
def everything_a_press_release(scene: Scene) -> None:
    scene.change("article", genre=pl.lit("press_release"), origin=pl.lit("press_release"))


@fault("landed_columns.as_agreed", "A station lands another column's name.")
def renamed_column(scene: Scene) -> None:
    folder = scene.run.landing / "article"
    rows = scene.rows("article").rename({"tdm_reserved": "reserved"})
    for file in folder.glob("*.parquet"):
        file.unlink()
    rows.write_parquet(folder / "part-0.parquet")


def _lose(scene: Scene, urls: pl.Series, status: str | None = None) -> None:
    """Articles of these URLs are gone; so are their URLs, unless they ended in `status`."""
    gone = pl.col("url").is_in(urls.implode())
    if status is None:
        scene.keep("discovered", ~gone)
        scene.keep("disposition", ~gone)
    else:
        ended = pl.when(gone).then(pl.lit(status)).otherwise("status").alias("status")
        scene.change("disposition", ended)
    scene.keep("article", ~gone)
    known = scene.rows("article")["article_id"].implode()
    for table in ("article_url", "date_candidate"):
        scene.keep(table, pl.col("article_id").is_in(known))


def _thin(scene: Scene, of: int, keep: int = 1) -> None:
    """Keep some of every `of` URLs of each outlet, whatever became of them."""
    urls = scene.rows("disposition").sort("source_id", "url")["url"]
    gone = pl.Series([one for place, one in enumerate(urls) if place % of >= keep])
    _lose(scene, gone)


def _multiply(scene: Scene, times: int) -> None:
    articles = scene.rows("article")
    for number in range(times - 1):
        _copy_once(scene, articles["url"].implode(), f"-{number}", articles["article_id"].implode())
    reword(scene, text=_Numbered(), title=_Numbered())


class _Numbered:
    """Gives every text words of its own."""

    def __init__(self) -> None:
        self.number = 0

    def __call__(self, one: str) -> str:
        self.number += 1
        head, _, tail = one.partition(" ")
        return f"{head} of {'abcdefghij'[self.number % 10] * (self.number // 10 + 1)} {tail}"


def _copy(scene: Scene, chosen: pl.Expr, times: int) -> None:
    hit = scene.rows("article").filter(chosen)
    for number in range(times):
        _copy_once(scene, hit["url"].implode(), f"-{number}", hit["article_id"].implode())


def _copy_once(scene: Scene, urls: pl.Series, ending: str, ids: pl.Series) -> None:
    """Land articles a second time under addresses with another ending."""
    by_url = {
        name: scene.rows(name).filter(pl.col("url").is_in(urls))
        for name in ("discovered", "disposition", "article", "article_url")
    }
    new_id = {
        old: article_id_of_url(url + ending)
        for old, url in by_url["article"].select("article_id", "url").rows()
    }
    by_url["date_candidate"] = scene.rows("date_candidate").filter(pl.col("article_id").is_in(ids))
    for name, rows in by_url.items():
        columns = [pl.col(one) + ending for one in rows.columns if one in _URLS]
        if "article_id" in rows.columns:
            columns.append(pl.col("article_id").replace(new_id))
        scene.land(name, pl.concat([scene.rows(name), rows.with_columns(columns)]))


_URLS = ("url", "fetched_url", "found_url")


def _rename(scene: Scene, urls: dict[str, str]) -> None:
    """Give articles the addresses of others, everywhere."""
    ids = {article_id_of_url(old): article_id_of_url(new) for old, new in urls.items()}
    for name in ("discovered", "disposition", "article", "article_url", "date_candidate"):
        rows = scene.rows(name)
        columns = [pl.col(one).replace(urls) for one in rows.columns if one in _URLS]
        if "article_id" in rows.columns:
            columns.append(pl.col("article_id").replace(ids))
        scene.land(name, rows.with_columns(columns))
