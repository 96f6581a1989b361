"""Faults of a landed batch as a whole: what is missing, repeated, or belongs elsewhere."""

from datetime import timedelta

import polars as pl

from core.identity import article_id_of_url
from core.landed import LANDED
from tests.faults.batches import Rows, add_gone
from tests.faults.landing import FIRST, LANDING, LAST, OF_FIRST, SECOND, one_of, reword
from tests.faults.newsroom import OUTLETS, TODAY, draw_edition
from tests.faults.scene import Scene

fault = LANDING.fault


def drop_outlets(scene: Scene, outlets: list[str]) -> None:
    """The outlets' entry points showed nothing."""
    for table in ("discovered", "disposition", "article"):
        scene.keep(table, ~pl.col("source_id").is_in(outlets))
    known = scene.rows("article")["article_id"].implode()
    for table in ("article_url", "date_candidate"):
        scene.keep(table, pl.col("article_id").is_in(known))


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
    gone = scene.rows("article").filter(pl.col("source_id") == LAST)["url"]
    _lose(scene, gone)


@fault("repeated.mostly_new", "One outlet's feed repeats last week, landed as new.")
def feed_of_last_week(scene: Scene) -> None:
    old = draw_edition(TODAY - timedelta(days=7))[0]
    ours = scene.rows("article").filter(OF_FIRST)
    past = [one for one in old if one.source_id == FIRST][: ours.height]
    urls = dict(zip(ours["url"].to_list(), (one.url for one in past), strict=False))
    _rename(scene, urls)


@fault("outlet_pages.few_same_body", "One outlet's articles come under many addresses.")
def duplicate_flood(scene: Scene) -> None:
    first = scene.rows("article").filter(OF_FIRST)["url"].sort()[0]
    _copy(scene, pl.col("url") == first, 40)


@fault("edition.unread_share", "Extraction fails on most pages.")
def extraction_fails(scene: Scene) -> None:
    urls = scene.rows("article")["url"].sort()[8:]
    _lose(scene, urls, status="extract_failed")


@fault("source.known_pages_stay", "An outlet's last week answers 404.", severity="warning")
def last_week_is_gone(scene: Scene) -> None:
    past = [one for one in draw_edition(TODAY - timedelta(days=7))[0] if one.source_id == FIRST]
    rows: Rows = {table: [] for table in ("discovered", "disposition", "removal")}
    for one in past:
        add_gone(rows, scene.run, one)
    for table, added in rows.items():
        scene.land(table, pl.concat([scene.rows(table), pl.DataFrame(added, LANDED[table])]))


@fault("edition.fetch_failed_share", "Most pages could not be fetched.")
def fetching_fails(scene: Scene) -> None:
    _lose(scene, scene.rows("article")["url"].sort()[8:], status="fetch_failed")


@fault("source.lost_no_items", "A feed dropped items between two visits.", severity="warning")
def feed_lost_items(scene: Scene) -> None:
    scene.change(
        "source_report", pl.when(OF_FIRST).then(True).otherwise("lost_items").alias("lost_items")
    )


@fault("source.reports_once", "An active outlet has no report.")
def outlet_forgotten(scene: Scene) -> None:
    scene.keep("source_report", ~OF_FIRST)


# Relations ----------------------------------------------------------------------------------


@fault("landed_article.source_known", "Articles carry the id of no outlet.")
def unknown_source(scene: Scene) -> None:
    for table in ("article", "disposition", "discovered"):
        scene.change(
            table,
            pl.when(OF_FIRST).then(pl.lit("nobody")).otherwise("source_id").alias("source_id"),
        )


@fault("outlet_pages.few_of_another_outlet", "Two outlets' ids are exchanged.")
def exchanged_sources(scene: Scene) -> None:
    for table in ("article", "disposition", "discovered"):
        scene.change(table, pl.col("source_id").replace({FIRST: SECOND, SECOND: FIRST}))


@fault("landed_article.has_loaded_end", "One article carries another outlet's id.")
def article_of_another_source(scene: Scene) -> None:
    hit = one_of(scene, FIRST)
    scene.change(
        "article", pl.when(hit).then(pl.lit(LAST)).otherwise("source_id").alias("source_id")
    )


@fault("landed_article.key_unique", "A part was landed twice.")
def landed_twice(scene: Scene) -> None:
    scene.land("article", pl.concat([scene.rows("article")] * 2))


@fault("landed_disposition.loaded_has_article", "Articles of one outlet were lost on the way.")
def lost_articles(scene: Scene) -> None:
    scene.keep("article", ~OF_FIRST)


@fault("landed_disposition.conserves_discovered", "Found URLs have no end.")
def lost_ends(scene: Scene) -> None:
    scene.keep("disposition", pl.col("status") != "unchanged")


@fault("landed_disposition.status_known", "An end that nobody knows.")
def unknown_end(scene: Scene) -> None:
    scene.change("disposition", pl.col("status").replace({"unchanged": "vanished"}))


@fault("landed_disposition.loaded_was_answered", "Error pages are landed as articles.")
def error_pages_loaded(scene: Scene) -> None:
    scene.change(
        "disposition", pl.when(OF_FIRST).then(503).otherwise("http_status").alias("http_status")
    )


@fault("landed_article_url.canonical_is_the_articles", "Articles have no canonical address.")
def no_canonical_url(scene: Scene) -> None:
    scene.change("article_url", is_canonical=pl.lit(value=False))


@fault("landed_removal.gone_is_gone", "A page that failed once is called taken down.")
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
