"""`broadsheet kb`: the command's words, what it tells, what it refuses."""

import contextlib
import io
import subprocess
import sys
from pathlib import Path

import pytest

from cli.kb import build_file, languages_of, show
from core.errors import BroadsheetError, ConfigError, HomeError
from core.home import Home
from core.knowledge_base import KnowledgeBaseError, content_hash_of
from ingest.wikidata_build import Choice
from ingest.wikidata_dump import DumpError
from tests.support import wikidata as w


def dump(folder: Path) -> Path:
    return w.write_dump(
        folder / "small.json.gz",
        [
            w.entity("Q1", "Mercury", "Q486972", sitelinks=4),
            w.entity("Q2", "Mercury [records]", "Q4830453", aliases=["Mercury"], sitelinks=30),
            w.entity("Q3", "Spin‑off", "Q4830453", claims={"P749": [w.item("P749", "Q2")]}),
            "{",
        ],
    )


def shown(name: str, file: Path | None = None) -> tuple[int, str]:
    out = io.StringIO()
    return show(name, file, out), out.getvalue()


def test_build_and_show_a_name(home: Home, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "cli.main", "kb"]
    built = subprocess.run(
        [*command, "build", dump(tmp_path)], capture_output=True, text=True, check=True
    )
    out = home.kb / "small.parquet"
    assert "3 entities with 4 names: 2 ORG, 1 PLACE" in built.stdout
    assert "1 lines are no entity" in built.stdout
    assert "line 5 (no id): it is no JSON, or only a part of it" in built.stdout
    line = f'knowledge_base: {{file: small.parquet, content_hash: "{content_hash_of(out)}"}}'
    assert line in built.stdout.splitlines()
    listed = subprocess.run(
        [*command, "show", "Mercury", "--kb", out], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert [one.split()[0] for one in listed] == ["id", "Q2", "Q1"]
    assert "Mercury [records]" in listed[1]


def test_the_name_is_folded_and_the_owner_told(home: Home, tmp_path: Path) -> None:
    build_file(dump(tmp_path), None, None, Choice())
    code, told = shown("Spin-off", home.kb / "small.parquet")
    assert code == 0
    assert "owned_by Mercury [records]" in told
    code, told = shown("Nobody", home.kb / "small.parquet")
    assert (code, told.count("no entity of the name 'Nobody'")) == (1, 1)


def test_a_knowledge_base_is_never_changed(home: Home, tmp_path: Path) -> None:
    build_file(dump(tmp_path), None, None, Choice())
    with pytest.raises(KnowledgeBaseError, match="exists, and a knowledge base is never changed"):
        build_file(dump(tmp_path), None, None, Choice())


def test_repeated_ids_are_told(home: Home, tmp_path: Path) -> None:
    twice = [w.entity("Q1", name, "Q5") for name in ("Ann", "Anna")]
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        build_file(w.write_dump(tmp_path / "d.json", twice), None, None, Choice())
    assert "1 entities stood there again and were left out, the first of each kept: Q1\n" in (
        out.getvalue()
    )


@pytest.mark.parametrize("name", ["file/kb.parquet", "/proc/sys/kb/kb.parquet", "x" * 300 + ".p"])
def test_an_impossible_place_is_told(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(HomeError, match=r"cannot be written: .*; name another file with --out\."):
        build_file(dump(tmp_path), tmp_path / name, None, Choice())


def test_what_is_refused(home: Home, tmp_path: Path) -> None:
    with pytest.raises(DumpError, match=r"no file .*absent\.json"):
        build_file(tmp_path / "absent.json", None, None, Choice())
    classes = tmp_path / "classes.yml"
    classes.write_text("classes:\n  FIRM: {Q1: x}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"classes\.yml:2: .*'PERSON'"):
        build_file(dump(tmp_path), None, classes, Choice())
    classes.write_text("classes: {ORG: {Q1: x}, PLACE: {Q1: y}}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="'Q1' stands under 'ORG' and 'PLACE'"):
        build_file(dump(tmp_path), None, classes, Choice())
    with pytest.raises(KnowledgeBaseError, match="names no 'knowledge_base'"):
        shown("Mercury")
    assert languages_of("en, zh-hans,en") == ("en", "zh-hans")
    with pytest.raises(BroadsheetError, match="'E N' is no language"):
        languages_of("en,E N")
