"""The index of landed rows is whole at once, however many an edition has."""

from datetime import date
from pathlib import Path

import polars as pl

from core.home import Home
from warehouse.database import open_for_writing, transaction
from warehouse.editions import Content, Edition, sealed_folder
from warehouse.landed_index import index_landed
from warehouse.schema import ensure_tables

MANY = 130_000  # more than DuckDB keeps in one group of rows
DAY = date(2026, 10, 1)


def test_a_large_first_edition_is_known_in_the_next_transaction(home: Home, tmp_path: Path) -> None:
    content = Content(DAY, "c1", "0" * 16)
    folder = sealed_folder(home, content) / "article"
    folder.mkdir(parents=True)
    ids = pl.Series("article_id", [f"{number:016x}" for number in range(MANY)])
    ids.to_frame().write_parquet(folder / "part-0.parquet")
    with open_for_writing(tmp_path / "candidate.duckdb", tmp_path / "spill") as connection:
        with transaction(connection):
            ensure_tables(connection, "candidate")
        with transaction(connection):
            index_landed(connection, home, [Edition(DAY, content, None)])
        for table in ("candidate.meta.landed_article", "moved_landed_article"):
            found = connection.execute(f"select count(*), min(edition) from {table}").fetchone()
            assert found == (MANY, DAY)
