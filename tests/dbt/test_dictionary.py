"""The committed data dictionary is what the tables say, and says what the published file says."""

from pathlib import Path
from xml.etree import ElementTree as ET

from cli.dictionary import IMAGES, PAGE, dictionary, pictures
from cli.published_tables import all_tables
from cli.table_pictures import PICTURES
from tests.dbt.runs import rows

STALE = "write it again: python -m cli.dictionary"
BOOKKEEPING = {"meta.landed_entity"}  # what the line remembers for itself; in no picture
SVG = "{http://www.w3.org/2000/svg}"


def test_the_committed_page_is_the_generated_one() -> None:
    assert PAGE.read_text() == dictionary(), STALE


def test_the_committed_pictures_are_the_generated_ones() -> None:
    for name, svg in pictures().items():
        assert (IMAGES / name).read_text() == svg, STALE
        assert f"](images/{name})" in dictionary()
    assert {file.name for file in IMAGES.glob("tables-*.svg")} == set(pictures())


def test_every_table_that_refers_to_another_is_pictured() -> None:
    pictured = {name for picture in PICTURES for name in picture.tables}
    referring = {
        name
        for name, table in all_tables().items()
        if any(column.references for column in table.columns)
    }
    assert len(referring) > 25
    assert referring - pictured == BOOKKEEPING


def test_a_picture_has_a_box_for_each_table_and_a_line_for_each_reference() -> None:
    tables = all_tables()
    for picture in PICTURES:
        drawn = ET.fromstring(pictures()[picture.name])
        boxes = drawn.findall(f".//{SVG}rect[@rx]")
        lines = [one for one in drawn.iter(f"{SVG}path") if one.get("stroke-width")]
        references = [
            column
            for name in picture.tables
            for column in tables[name].columns
            if column.references in picture.tables
        ]
        assert len(boxes) == len(picture.tables)
        assert len(lines) == len(references) > 0


def test_nothing_of_a_picture_overlaps_or_leaves_it() -> None:
    for svg in pictures().values():
        drawn = ET.fromstring(svg)
        width, height = (float(drawn.get(name, "0")) for name in ("width", "height"))
        places = [
            [float(one.get(name, "0")) for name in ("x", "y", "width", "height")]
            for one in drawn.findall(f".//{SVG}rect[@rx]")
        ]
        for at, (x, y, w, h) in enumerate(places):
            assert 0 < x < x + w < width
            assert 0 < y < y + h < height
            for x2, y2, w2, h2 in places[at + 1 :]:
                assert x + w < x2 or x2 + w2 < x or y + h < y2 or y2 + h2 < y


def test_it_names_every_column_of_a_candidate(candidate: Path) -> None:
    page = dictionary()
    for schema, table, column, comment in rows(
        candidate,
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where database_name = 'candidate'",
    ):
        assert f"### {schema}.{table}\n" in page
        assert f"| `{column}` |" in page
        assert str(comment).replace("|", "/") in page


def test_every_reference_leads_to_a_row(candidate: Path) -> None:
    """What the pictures draw holds in the data, tested by dbt or not."""
    tables = all_tables()
    for name, table in tables.items():
        for column in table.columns:
            if column.references is None:
                continue
            (key,) = tables[column.references].key
            lost = rows(
                candidate,
                f"select count(*) from {name} as one where one.{column.name} is not null and not"
                f" exists (from {column.references} as it where it.{key} = one.{column.name})",
            )
            assert lost == [(0,)], (name, column.name)
