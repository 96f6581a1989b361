"""The landed tables: their columns, and how they are written to and read from Parquet.

Every station writes `landing/<edition>/<collect_id>/<table>/<part>.parquet`; a file is whole or
absent, its rows are sorted, so equal rows are equal bytes. Timestamps are naive UTC.
"""

from collections.abc import Iterable
from pathlib import Path

import polars as pl
import pyarrow.parquet

from core.files import whole_file

type _Type = pl.DataType | type[pl.DataType]

TIME = pl.Datetime("ms")


def _schema(columns: dict[str, _Type]) -> pl.Schema:
    return pl.Schema(columns)


LANDED: dict[str, pl.Schema] = {
    # A URL that an entry point showed; `via` is the feed, sitemap or archive that showed it.
    "discovered": _schema(
        {
            "source_id": pl.String,
            "url": pl.String,
            "found_url": pl.String,
            "via": pl.String,
            "position": pl.Int32,
            "title_hint": pl.String,
            "published_hint": TIME,
            "discovered_at": TIME,
        }
    ),
    # The one end of every discovered URL; statuses in STATUSES.
    "disposition": _schema(
        {
            "source_id": pl.String,
            "url": pl.String,
            "status": pl.String,
            "reason": pl.String,
            "http_status": pl.Int32,
        }
    ),
    # What a source's entry points answered over the looks of the edition: feed_status is the
    # worst of them in the closing look, in FEED_STATUSES; lost_items says whether any look found
    # nothing but new items, so that some may have gone by unseen.
    "source_report": _schema(
        {
            "source_id": pl.String,
            "feed_status": pl.String,
            "lost_items": pl.Boolean,
            "looks": pl.Int32,
            "failed_looks": pl.Int32,
            "tls_verified": pl.Boolean,
        }
    ),
    # A known page that was looked at again and was gone (404, 410), or was back.
    "removal": _schema(
        {
            "article_id": pl.String,
            "source_id": pl.String,
            "url": pl.String,
            "seen_at": TIME,
            "http_status": pl.Int32,
            "is_removed": pl.Boolean,
        }
    ),
    # One wording of an article as extracted; title and text are NFC. An article that changed
    # between two looks of the edition has a row for each wording.
    "article": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "source_id": pl.String,
            "url": pl.String,
            "fetched_url": pl.String,
            "title": pl.String,
            "text": pl.String,
            "authors": pl.List(pl.String),
            "language": pl.String,
            "published_at": TIME,
            "published_day": pl.Date,
            "published_precision": pl.String,
            "published_method": pl.String,
            "first_seen_at": TIME,
            "fetched_at": TIME,
            "word_count": pl.Int32,
            "is_truncated": pl.Boolean,
            "genre": pl.String,
            "genre_method": pl.String,
            "origin": pl.String,
            "origin_method": pl.String,
            "robots_ai": pl.String,
            "tdm_reserved": pl.Boolean,
        }
    ),
    "article_url": _schema({"url": pl.String, "article_id": pl.String, "is_canonical": pl.Boolean}),
    "date_candidate": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "method": pl.String,
            "value": TIME,
            "precision": pl.String,
            "is_chosen": pl.Boolean,
        }
    ),
    # Wordings that the gate keeps out of enrichment and marts, a row for each expectation that
    # failed; `url` is the discovered one. `is_last`: no other wording of the article is left, so
    # the URL ends as `quarantined`. `may_release`: a person may take the row in as it is.
    "quarantine": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "source_id": pl.String,
            "url": pl.String,
            "expectation": pl.String,
            "reason": pl.String,
            "is_last": pl.Boolean,
            "may_release": pl.Boolean,
        }
    ),
    # How far a wording was analysed; a row for every landed wording, also without any fact.
    "analysis": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "analysis_level": pl.String,
            "extractor_version": pl.String,
            "taxonomy_version": pl.String,
        }
    ),
    # With which version of each component the tables below were made, by part.
    "enrichment": _schema({"component": pl.String, "version": pl.String}),
    # Sentence 0 is the title (section `title`); offsets are code points, half-open.
    "sentence": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "sentence_no": pl.Int32,
            "section": pl.String,
            "char_start": pl.Int32,
            "char_end": pl.Int32,
            "text": pl.String,
            "in_quotation": pl.Boolean,
        }
    ),
    "mention": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "entity_id": pl.String,
            "entity_type": pl.String,
            "sentence_no": pl.Int32,
            "section": pl.String,
            "char_start": pl.Int32,
            "char_end": pl.Int32,
            "surface": pl.String,
            "method": pl.String,
            "confidence": pl.Float64,
            "link_rule": pl.String,
            "link_confidence": pl.Float64,
            "extractor_version": pl.String,
        }
    ),
    # An entity of the knowledge base that a mention is linked to, and those above it.
    "kb_entity": _schema(
        {
            "entity_id": pl.String,
            "name": pl.String,
            "entity_type": pl.String,
            "wikidata_qid": pl.String,
            "country": pl.String,
            "parent_id": pl.String,
            "relation": pl.String,
            "parent_from": pl.Date,
            "parent_to": pl.Date,
        }
    ),
    # Only for themes whose score reached the threshold: the sentences are the receipt of the fact.
    "theme_evidence": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "theme_id": pl.String,
            "sentence_no": pl.Int32,
            "section": pl.String,
            "char_start": pl.Int32,
            "char_end": pl.Int32,
            "surface": pl.String,
            "rule_id": pl.String,
            "weight": pl.Float64,
            "taxonomy_version": pl.String,
        }
    ),
    "article_theme": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "theme_id": pl.String,
            "score": pl.Float64,
            "evidence_count": pl.Int32,
            "is_primary": pl.Boolean,
        }
    ),
    # MinHash of a wording; algorithm_version names library, permutations, shingles.
    "signature": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "published_day": pl.Date,
            "algorithm_version": pl.String,
            "min_hashes": pl.List(pl.UInt32),
        }
    ),
    # What a wording is about, in numbers; model_version names the frozen model that gave them.
    "story_terms": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "published_at": TIME,
            "published_day": pl.Date,
            "model_version": pl.String,
            "terms": pl.List(pl.UInt32),
            "weights": pl.List(pl.UInt16),
            "vector": pl.List(pl.Int8),
        }
    ),
    # A wording and, of those that an edition saw earlier, the one most like it; also between
    # editions. Earlier is: in an earlier edition, or published first in the same.
    "story_link": _schema(
        {
            "article_id": pl.String,
            "version_id": pl.String,
            "seen_in": pl.Date,
            "earlier_article_id": pl.String,
            "earlier_version_id": pl.String,
            "earlier_seen_in": pl.Date,
            "likeness": pl.Float64,
        }
    ),
    # Two wordings that are nearly the same text, a < b; also against wordings of other editions.
    "near_duplicate": _schema(
        {
            "article_id_a": pl.String,
            "version_id_a": pl.String,
            "article_id_b": pl.String,
            "version_id_b": pl.String,
            "jaccard": pl.Float64,
        }
    ),
}

STATUSES = (
    "loaded",
    "unchanged",
    "duplicate",
    "out_of_window",
    "robots_disallowed",
    "blocked_address",
    "fetch_failed",
    "too_large",
    "not_an_article",
    "extract_failed",
    "quarantined",
    "deferred",
)
FEED_STATUSES = ("ok", "deferred", "robots_disallowed", "not_a_feed", "unreachable")
GENRES = ("news", "opinion", "review", "press_release", "sponsored")
ORIGINS = ("own", "agency", "press_release", "unknown")
PRECISIONS = ("second", "minute", "day", "month", "year", "none")
COLLECTED = (
    "discovered",
    "disposition",
    "source_report",
    "removal",
    "article",
    "article_url",
    "date_candidate",
    "quarantine",
)
ENRICHED = (
    "analysis",
    "enrichment",
    "sentence",
    "mention",
    "kb_entity",
    "theme_evidence",
    "article_theme",
    "signature",
    "story_terms",
)


def write_landed(frame: pl.DataFrame, folder: Path, table: str, part: str) -> Path:
    """Write rows of `table` to `<folder>/<table>/<part>.parquet`, columns checked, rows sorted.

    Raises:
        ValueError: the frame's columns or types are not those of the table.
        HomeError: the disk refused the file.
    """
    schema = LANDED[table]
    if set(frame.columns) != set(schema):
        raise ValueError(f"{table}: columns {sorted(set(frame.columns) ^ set(schema))} differ")
    ordered = frame.select(schema.names()).cast(schema)
    sortable = [name for name, dtype in schema.items() if not isinstance(dtype, pl.List)]
    path = folder / table / f"{part}.parquet"
    with whole_file(path) as temporary:
        ordered.sort(sortable, nulls_last=True).write_parquet(temporary, compression="zstd")
    return path


def write_landed_parts(frames: Iterable[pl.DataFrame], folder: Path, table: str, part: str) -> Path:
    """As `write_landed` for frames that follow each other in order, never all in memory."""
    schema = LANDED[table]
    path = folder / table / f"{part}.parquet"
    with whole_file(path) as temporary:
        write_frames(temporary, frames, schema)
    return path


def write_frames(path: Path, frames: Iterable[pl.DataFrame], schema: pl.Schema) -> None:
    """Write frames of one schema to a Parquet file, a row group each."""
    arrow = pl.DataFrame(schema=schema).to_arrow().schema
    with pyarrow.parquet.ParquetWriter(path, arrow, compression="zstd") as writer:
        for frame in frames:
            writer.write_table(frame.select(schema.names()).cast(schema).to_arrow().cast(arrow))


def read_landed(folder: Path, table: str) -> pl.DataFrame:
    """All rows of `table` in a landing folder; an empty frame with the schema where none landed."""
    files = sorted((folder / table).glob("*.parquet"))
    if not files:
        return pl.DataFrame(schema=LANDED[table])
    return pl.concat([pl.read_parquet(file) for file in files])


def read_kept_articles(folder: Path) -> pl.DataFrame:
    """The landed wordings that are not in quarantine."""
    wording = ["article_id", "version_id"]
    return read_landed(folder, "article").join(
        read_landed(folder, "quarantine"), on=wording, how="anti"
    )
