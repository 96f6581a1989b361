"""Faults of a landed batch: what sites, fetching and extraction get wrong."""

import random
from collections.abc import Callable
from datetime import datetime, timedelta

import polars as pl

from core.identity import version_id
from ingest.page import count_words
from tests.faults.fault import Catalogue
from tests.faults.newsroom import OUTLETS
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
        published_at=pl.when("is_hit")
        .then(moment)
        .otherwise("published_at")
        .cast(pl.Datetime("ms"))
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


def one_of(scene: Scene, source_id: str) -> pl.Expr:
    ids = scene.rows("article").filter(pl.col("source_id") == source_id)["article_id"]
    return pl.col("article_id") == ids.sort()[0]


OF_FIRST = pl.col("source_id") == FIRST


# Texts --------------------------------------------------------------------------------------


@fault("edition.garbled_share", "All texts were decoded as Latin-1 instead of UTF-8.")
def mojibake(scene: Scene) -> None:
    reword(scene, text=lambda one: f"“{one}” – naïve café".encode().decode("latin-1"))


@fault("outlet_pages.few_garbled", "One outlet's texts were decoded in the wrong charset.")
def mojibake_of_one_outlet(scene: Scene) -> None:
    reword(scene, text=lambda one: f"“{one}” – é".encode().decode("cp1252", "replace"), of=OF_FIRST)


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
    reword(scene, text=lambda _: _COOKIES, of=OF_FIRST)


@fault("outlet_pages.few_same_body", "A cookie notice that differs by headline and a counter.")
def cookie_wall_with_counter(scene: Scene) -> None:
    chance = random.Random(1)
    reword(
        scene,
        text=lambda one: f"{one[:40]}\n{_COOKIES} Visit {chance.randint(1, 10**6)}.",
        of=OF_FIRST,
    )


@fault("edition.markup_share", "HTML was left in the texts.")
def html_in_text(scene: Scene) -> None:
    reword(scene, text=lambda one: f'<div class="body"><p>{one}</p></div>')


@fault("outlet_pages.few_with_markup", "Entities of HTML were left in one outlet's headlines.")
def entities_in_titles(scene: Scene) -> None:
    reword(scene, title=lambda one: f"{one} &amp; more", of=OF_FIRST)


@fault("outlet_pages.few_with_markup", "One outlet's texts are the scripts of its pages.")
def scripts_as_text(scene: Scene) -> None:
    script = "window.dataLayer = []; function track(event) { layer.push(event); } "
    reword(scene, text=lambda one: script * 9 + one[:50], of=OF_FIRST)


@fault("outlet_pages.few_no_prose", "One outlet's texts are the menus of its pages.")
def menus_as_text(scene: Scene) -> None:
    menu = " | ".join(
        ["Home", "World", "Business", "Sport", "Weather", "Video", "Jobs", "Shop"] * 10
    )
    reword(scene, text=lambda one: f"{one[:40]} {menu}", of=OF_FIRST)


@fault("edition.no_prose_share", "The words of every text stand in no order of any language.")
def shuffled_letters(scene: Scene) -> None:
    reword(
        scene,
        text=lambda one: " ".join(word[::-1] if len(word) > 1 else word for word in one.split()),
    )


@fault("outlet_pages.few_same_title", "One outlet's headlines are all the name of its site.")
def title_of_the_site(scene: Scene) -> None:
    reword(scene, title=lambda _: "The Morning Record – News, Sport, Weather", of=OF_FIRST)


@fault("outlet_pages.few_under_another_title", "One outlet's headlines are those of other pages.")
def titles_of_other_pages(scene: Scene) -> None:
    titles = scene.rows("article").filter(OF_FIRST)["title"].to_list()
    other = dict(zip(titles, [*titles[1:], titles[0]], strict=True))
    reword(scene, title=lambda one: other[one], of=OF_FIRST)


@fault("outlet_pages.few_repeating_themselves", "One outlet's bodies were read twice.")
def body_twice(scene: Scene) -> None:
    reword(scene, text=lambda one: f"{one}\n{one}", of=OF_FIRST)


@fault("outlet_pages.few_in_one_case", "Texts are set in capitals.")
def capitals(scene: Scene) -> None:
    reword(scene, text=str.upper)


@fault("outlet_pages.few_begun_midway", "The first words of every text were cut off.")
def beginnings_lost(scene: Scene) -> None:
    reword(scene, text=lambda one: one[one.index(" ", 30) + 1 :].lower()[:40] + one[100:])


@fault("outlet_pages.few_with_markup", "Characters are left as they stood in JSON.")
def escaped_characters(scene: Scene) -> None:
    reword(scene, text=lambda one: one.replace("e", r"\u0065"), of=OF_FIRST)


@fault("habit.usual_in_all", "All letters but plain ones were dropped, quotation marks with them.")
def plain_letters_only(scene: Scene) -> None:
    reword(scene, text=lambda one: one.encode("ascii", "ignore").decode())


@fault("habit.usual_in_all", "Every number was dropped.")
def numbers_lost(scene: Scene) -> None:
    reword(scene, text=lambda one: "".join(sign for sign in one if not sign.isdigit()))


@fault("habit.usual_of_each_outlet", "An advertisement ends each text.", severity="warning")
def advertisement_at_the_end(scene: Scene) -> None:
    notice = "Subscribe today and never miss a story; our newsletter reaches you before breakfast."
    reword(scene, text=lambda one: f"{one}\n{notice}", of=OF_FIRST)


@fault("habit.usual_in_all", "Nobody is named as an author.")
def authors_lost(scene: Scene) -> None:
    scene.change("article", authors=pl.lit([], dtype=pl.List(pl.String)))


@fault("landed_article.has_wording", "An article has an empty title.", of_rows=True)
def empty_title(scene: Scene) -> None:
    reword(scene, title=lambda _: " ", of=one_of(scene, FIRST))


@fault("landed_article.has_wording", "An article has no text.", of_rows=True)
def empty_text(scene: Scene) -> None:
    reword(scene, text=lambda _: "", of=one_of(scene, FIRST))


@fault(
    "landed_article.version_id_follows_wording",
    "A text was altered after its id was derived.",
    of_rows=True,
)
def altered_text(scene: Scene) -> None:
    hit = one_of(scene, SECOND)
    scene.change("article", pl.when(hit).then(pl.col("text") + " ").otherwise("text").alias("text"))


@fault("landed_article.words_counted", "Lengths are those of other texts.")
def other_word_counts(scene: Scene) -> None:
    scene.change("article", pl.col("word_count").reverse() + 40)


@fault("source.writes_its_language", "One outlet's language flips.", severity="warning")
def flipped_language(scene: Scene) -> None:
    scene.change(
        "article", pl.when(OF_FIRST).then(pl.lit("fi")).otherwise("language").alias("language")
    )


@fault("habit.usual_in_all", "Every article is said to be in another language.")
def all_languages_flipped(scene: Scene) -> None:
    scene.change("article", pl.lit("id").alias("language"))


@fault("outlet_pages.few_in_another_language", "One outlet's pages came in a translation.")
def translated_pages(scene: Scene) -> None:
    german = "Der Vorstand hat am Montag mit der Gewerkschaft über die neuen Regeln gesprochen, "
    reword(scene, text=lambda one: german * 9 + one[:30], of=OF_FIRST)


# Dates --------------------------------------------------------------------------------------


@fault("landed_article.published_in_range", "An article is of next year.", of_rows=True)
def future_date(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2027, 6, 1, 9)), of=one_of(scene, FIRST))


@fault("landed_article.published_in_range", "An article is of 1 January 1970.", of_rows=True)
def epoch_date(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(1970, 1, 1)), of=one_of(scene, FIRST))


@fault("landed_article.published_in_window", "Month and day change places.", of_rows=True)
def month_and_day_swapped(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2026, 3, 10, 9)), of=one_of(scene, FIRST))


@fault("landed_article.published_day_is_the_outlets", "Days are those of UTC, not the outlet's.")
def day_shifted_by_zone(scene: Scene) -> None:
    redate(scene, pl.col("published_at").dt.truncate("1d") + timedelta(hours=2))


@fault("outlet_pages.few_ahead", "One outlet's times were read in a zone far to the west.")
def times_in_another_zone(scene: Scene) -> None:
    redate(scene, pl.col("fetched_at") + timedelta(hours=9), of=OF_FIRST)


@fault("outlet_pages.few_same_moment", "One outlet's articles carry the minute of its rebuild.")
def date_of_the_build(scene: Scene) -> None:
    redate(scene, pl.lit(datetime(2026, 10, 15, 12, 7)), of=OF_FIRST)


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
    hit = one_of(scene, FIRST)
    scene.change(
        "article",
        pl.when(hit)
        .then(pl.lit("day"))
        .otherwise("published_precision")
        .alias("published_precision"),
    )


@fault("landed_date_candidate.chosen_is_the_articles", "Dates that no candidate tells.")
def dates_out_of_nowhere(scene: Scene) -> None:
    scene.change("date_candidate", is_chosen=pl.lit(value=False))


@fault("landed_article.fetched_for_this_edition", "Pages of an old archive are landed as new.")
def pages_of_last_year(scene: Scene) -> None:
    past = timedelta(days=365)
    scene.change("article", pl.col("fetched_at") - past, pl.col("first_seen_at") - past)
