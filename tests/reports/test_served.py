"""Which files of a home may be shown: plain ones of known kinds, whatever the URL says."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.served import brief_source, served_file

PART = st.text(st.sampled_from("ab./\\\0~% "), max_size=6)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shown = tmp_path / "reports"
    (shown / "day").mkdir(parents=True)
    (shown / "day" / "brief.html").write_text("brief")
    (shown / "day" / "a.csv").write_text("a")
    (shown / "day" / "secret.py").write_text("s")
    (shown / "day" / ".b.html").write_text("s")
    (shown / "day" / "link.html").symlink_to("brief.html")
    (shown / "elsewhere").symlink_to("day")
    (tmp_path / "beside.html").write_text("s")
    return shown


def test_plain_files_are_served(folder: Path) -> None:
    assert served_file(folder, "day/brief.html") == folder / "day" / "brief.html"
    assert served_file(folder, "day/a.csv") == folder / "day" / "a.csv"


def test_the_folder_itself_may_be_a_link(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "linked").symlink_to(folder)
    assert served_file(tmp_path / "linked", "day/brief.html") == folder / "day" / "brief.html"


@pytest.mark.parametrize(
    "relative",
    [
        "", ".", "/", "day", "day/", "nothing.html", "../beside.html", "day/../../beside.html",
        "day/../day/brief.html", "day/.b.html", "day/secret.py", "day/link.html",
        "elsewhere/brief.html", "/etc/passwd", "day\\brief.html", "day/brief.html\0.txt",
        "day/brief.html/", "day/" + "x" * 300 + ".html", "day/brief.html/x.html",
    ],
)  # fmt: skip
def test_nothing_else_is_served(folder: Path, relative: str) -> None:
    found = served_file(folder, relative)
    assert found is None or (relative == "day/brief.html/" and found.name == "brief.html")


@given(st.lists(st.one_of(PART, st.sampled_from(["..", "day", "brief.html", "elsewhere"]))))
def test_whatever_is_served_lies_in_the_folder_and_is_no_link(
    tmp_path_factory: pytest.TempPathFactory, parts: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "law"
    (folder / "day").mkdir(parents=True, exist_ok=True)
    (folder / "day" / "brief.html").write_text("brief")
    if not (folder / "elsewhere").is_symlink():
        (folder / "elsewhere").symlink_to("day")
    found = served_file(folder, "/".join(parts))
    if found is not None:
        assert found == folder.resolve() / "day" / "brief.html"


def test_a_brief_names_the_publication_that_it_was_made_from_last(tmp_path: Path) -> None:
    assert brief_source(tmp_path) is None
    (tmp_path / "brief.html").write_text("brief")
    assert brief_source(tmp_path) is None
    for moment, name in ((2, "p000003"), (5, "p000002")):  # the older one was made again
        path = tmp_path / f"citations-{name}.parquet"
        path.write_bytes(b"")
        os.utime(path, (moment, moment))
    assert brief_source(tmp_path) == "p000002"
