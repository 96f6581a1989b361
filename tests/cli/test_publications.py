"""`broadsheet publications`, `rollback`, `diff` and `sql --publication` on real publications."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from cli.publications import diff, publications, rollback
from cli.sql import sql
from core.config import PROJECT_ROOT
from core.errors import PublishError
from core.home import Home
from tests.warehouse.newsroom import pass_gate, write_config
from tests.warehouse.publishing import prepare
from warehouse.database import open_for_writing
from warehouse.publish import publish


@pytest.fixture
def two(home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """Two publications; the second has another marker and an article more."""
    monkeypatch.setenv("BROADSHEET_CONFIG", str(write_config(tmp_path / "config")))
    for number, day in enumerate(("2026-10-01", "2026-10-02")):
        run = prepare(home, day, names=[day])
        with open_for_writing(home.candidate(run.run_id), run.work / "spill") as connection:
            connection.execute(
                "create or replace table marts.dim_story as"
                " select 'a' || i as story_id, case when i = 0 then $1 else 'same' end as title"
                " from range($2) as t(i)",
                [f"of {day}\x1b[31m", 2 + number],
            )
        pass_gate(run)
        publish(run.run_id)
    return home


def test_what_was_known_then(two: Home, capsys: pytest.CaptureFixture[str]) -> None:
    sql("select count(*) as n from marts.dim_story", publication_id="p000001", output="csv")
    sql("select count(*) as n from marts.dim_story", output="csv")
    assert capsys.readouterr().out.split() == ["n", "2", "n", "3"]


def test_a_removed_publication_says_what_is_kept(two: Home) -> None:
    two.publication("p000001").unlink()
    with pytest.raises(PublishError, match=r"p000001 was removed .* still there: p000002\."):
        sql("select 1", publication_id="p000001")
    with pytest.raises(PublishError, match=r"no publication 'p9' .* there are: p000002\."):
        diff("p000002", "p9", [], 5)


def test_kinds_and_what_is_kept_are_listed(two: Home, capsys: pytest.CaptureFixture[str]) -> None:
    rollback("p000001", "It was wrong.", None)
    told = capsys.readouterr().out
    assert "p000003 is published: the content of p000001." in told
    assert "held: the edition 2026-10-02" in told
    two.publication("p000002").unlink()
    publications(output="jsonl")
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["publication_id"], one["kind"], one["is_kept"]) for one in rows] == [
        ("p000003", "rollback", True),
        ("p000002", "edition", False),
        ("p000001", "edition", True),
    ]
    assert [one["is_current"] for one in rows] == [True, False, False]


def test_a_diff_for_a_person(two: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert diff("p000001", "p000002", ["dim_story"], 5) == 0
    told = capsys.readouterr().out
    assert "marts.dim_story  1 added  1 changed" in told
    assert "changed in: title 1" in told
    assert "+ story_id a2" in told
    assert "title: of 2026-10-01\N{REPLACEMENT CHARACTER}[31m → of 2026-10-02" in told
    assert "\x1b" not in told
    assert "Not compared" in told


def test_a_diff_for_a_program(two: Home, capsys: pytest.CaptureFixture[str]) -> None:
    diff("p000001", "p000002", [], 1, as_json=True)
    rows = {row["table"]: row for row in map(json.loads, capsys.readouterr().out.splitlines())}
    assert rows["marts.dim_story"]["changed"] == 1
    assert rows["meta.edition"]["added"] == 1
    assert rows["meta.edition"]["samples"][0]["key"] == {"edition": "2026-10-02"}
    assert rows["quality.decision"]["added"] == 0


def test_the_words_of_the_command(two: Home) -> None:
    """As typed; a rollback without a reason is refused."""
    environment = {**os.environ, "PYTHONPATH": str(PROJECT_ROOT)}

    def typed(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "cli.main", *words],
            env=environment, capture_output=True, text=True, check=False, timeout=60,
        )  # fmt: skip

    assert typed("rollback", "p000001").returncode == 2
    blank = typed("rollback", "p000001", "--why", "")
    assert (blank.returncode, blank.stdout) == (1, "")
    assert "broadsheet: a rollback needs a reason" in blank.stderr
    done = typed("rollback", "p000001", "--why", "Wrong dates.", "--by", "ada")
    assert done.returncode == 0, done.stderr
    compared = typed("diff", "p000001", "p000003", "--table", "dim_story", "--limit", "0")
    assert compared.returncode == 0, compared.stderr
    assert "1 table says the same" in compared.stdout
