import io
import json
from pathlib import Path

import pytest

from cli.json_lines import InputError
from cli.themes import check, set_thresholds
from core.accuracy import measured
from core.config import load_themes
from core.errors import ConfigError

THEMES = """# the editor's own words
taxonomy_version: "t"
themes:
  - id: farming   # an old theme
    name: Farming
    description: Fields, crops and cattle.
    threshold: 1.0   # set by hand
    rules:
      - {id: crops, phrases: [barley, wheat, harvest], weight: 1}
    examples: [The wheat is in.]
    counterexamples:
      - A rich harvest of medals.
  - id: football
    name: Football
    description: Matches, goals and clubs.
    rules:
      - {id: goals, phrases: [striker*, goal]}
    examples:
      - |
        A night to forget
        The keeper let everything in.
  - {id: chess, name: Chess, description: Boards and grandmasters.}
"""


@pytest.fixture
def themes(tmp_path: Path) -> Path:
    path = tmp_path / "themes.yml"
    path.write_text(THEMES, encoding="utf-8")
    return path


def labelled(folder: Path, *records: dict[str, object] | str) -> Path:
    path = folder / "labels.jsonl"
    lines = [one if isinstance(one, str) else json.dumps(one) for one in records]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def articles(count: int) -> list[dict[str, object]]:
    """Farm articles name crops in two sentences; the others name one in passing."""
    return [
        {
            "id": number,
            "title": "",
            "text": "The barley is in. So is the wheat." if number % 3 == 0 else "Barley soup.",
            "themes": ["farming"] if number % 3 == 0 else [],
        }
        for number in range(count)
    ]


def test_check_names_every_example_that_comes_out_wrong(themes: Path) -> None:
    out = io.StringIO()
    assert check(themes, out) == 1
    told = out.getvalue().splitlines()
    found = "is found (score 1.00, threshold 1; by farming/crops)."
    assert told == [
        f"fault {themes}:12: a counterexample of 'farming' {found}",
        f"fault {themes}:19: an example of 'football' is not found (score 0.00, threshold 1).",
        f"3 examples and counterexamples of {themes}, 2 not as they should be.",
    ]


def test_check_is_content_where_all_come_out_right(themes: Path) -> None:
    text = (
        themes.read_text().replace("A rich harvest of", "A hoard of").replace("keeper", "striker")
    )
    themes.write_text(text)
    load_themes.cache_clear()
    assert check(themes, io.StringIO()) == 0


def test_calibrate_changes_thresholds_and_nothing_else(themes: Path, tmp_path: Path) -> None:
    themes.write_text(THEMES.rpartition("  - {id: chess")[0])
    out = io.StringIO()
    football = {"text": "A goal, a goal. The striker ran.", "themes": ["football"]}
    records = [{"id": f"f{number}", **football} for number in range(12)]
    labels = labelled(tmp_path, *articles(60), *records)
    assert set_thresholds(labels, themes, out, dry_run=False) == 0
    before, after = THEMES.rpartition("  - {id: chess")[0], themes.read_text()
    changed = [line for line in after.splitlines() if line not in before.splitlines()]
    assert [line.partition(":")[0].strip() for line in changed] == [
        "accuracy", "threshold", "accuracy", "threshold",
    ]  # fmt: skip
    assert changed[1].endswith("# set by hand")
    load_themes.cache_clear()
    written = load_themes(themes)
    farming, goals = written.themes
    assert measured(written, farming) == farming.accuracy
    assert farming.accuracy
    assert (farming.accuracy.positives, farming.accuracy.articles) == (20, 72)
    assert 1.0 < farming.threshold <= 1.25
    assert 0 < goals.threshold <= 1.25
    assert "1.00 (0.84–1.00)" in out.getvalue()


def test_calibrating_again_replaces_what_it_wrote(themes: Path, tmp_path: Path) -> None:
    labels = labelled(tmp_path, *articles(60))
    set_thresholds(labels, themes, io.StringIO(), dry_run=False)
    once = themes.read_text()
    set_thresholds(labels, themes, io.StringIO(), dry_run=False)
    assert themes.read_text() == once
    few = labelled(tmp_path, *articles(15))
    set_thresholds(few, themes, io.StringIO(), dry_run=False)
    assert "accuracy" not in themes.read_text()


def test_a_dry_run_leaves_the_file(themes: Path, tmp_path: Path) -> None:
    labels = labelled(tmp_path, *articles(60))
    out = io.StringIO()
    assert set_thresholds(labels, themes, out, dry_run=True) == 0
    assert themes.read_text(encoding="utf-8") == THEMES
    assert "unmeasured" in out.getvalue()


def test_a_theme_on_one_line_is_refused_whole(themes: Path, tmp_path: Path) -> None:
    themes.write_text(
        THEMES.replace("grandmasters.}", "grandmasters., rules: [{id: board, phrases: [chess]}]}")
    )
    chess = [{"id": f"c{n}", "text": "Chess.", "themes": ["chess"]} for n in range(9)]
    written = themes.read_text()
    with pytest.raises(ConfigError, match=r"themes\.yml:22: write the theme 'chess' as a block"):
        set_thresholds(
            labelled(tmp_path, *articles(30), *chess), themes, io.StringIO(), dry_run=False
        )
    assert themes.read_text() == written


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ('{"id": 1, "text": "x"}', "article 1: 'themes' must be a list"),
        (
            '{"id": 1, "text": "x", "themes": ["farms"]}',
            "the theme 'farms', which is not in the taxonomy: chess",
        ),
        ("{x", r"line 1 on .*labels.jsonl is not JSON \(from column 2\); write one document"),
        ('{\n  "id": 1\n}', "line 1 on .*labels.jsonl opens .*; write one document a line"),
        ("[" * 100_000, "line 1 on .*labels.jsonl is nested too deeply"),
        ('{"id": 1, "themes": []}', "line 1 on .*labels.jsonl: article 1 has no 'text'"),
        ('{"id": 1, "text": " ", "title": "x", "themes": []}', "article 1 has no 'text'"),
        (
            '{"id": 1, "text": "x", "themes": []}\n\n{"id": "1", "text": "y", "themes": []}',
            "article 1 stands on line 1 and on line 3",
        ),
        ("", "has no articles"),
    ],
    ids=[
        *("no labels", "unknown theme", "no JSON", "printed", "deep", "no text", "blank text"),
        *("twice", "empty"),
    ],
)
def test_wrong_labels_are_named(themes: Path, tmp_path: Path, record: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        set_thresholds(labelled(tmp_path, record), themes, io.StringIO(), dry_run=True)


def test_labels_in_another_charset_are_refused(themes: Path, tmp_path: Path) -> None:
    path = tmp_path / "labels.jsonl"
    path.write_bytes(b'{"id": 1, "text": "x", "themes": []}\n{"id": 2, "text": "caf\xe9"}\n')
    with pytest.raises(InputError, match=r"labels\.jsonl is not UTF-8 text") as caught:
        set_thresholds(path, themes, io.StringIO(), dry_run=True)
    assert "codec" not in str(caught.value)


def test_a_byte_order_mark_is_no_fault(themes: Path, tmp_path: Path) -> None:
    path = labelled(tmp_path, *articles(9))
    path.write_text("\ufeff" + path.read_text(), encoding="utf-8")
    assert set_thresholds(path, themes, io.StringIO(), dry_run=True) == 0


def test_a_link_and_the_line_ends_stay(themes: Path, tmp_path: Path) -> None:
    themes.write_bytes(THEMES.replace("\n", "\r\n").encode())
    link = tmp_path / "link.yml"
    link.symlink_to(themes)
    football = [{"id": f"f{n}", "text": "A goal.", "themes": ["football"]} for n in range(12)]
    labels = labelled(tmp_path, *articles(60), *football)
    set_thresholds(labels, link, io.StringIO(), dry_run=False)
    assert link.is_symlink()
    written = themes.read_bytes()
    assert b"accuracy" in written
    assert written.count(b"\n") == written.count(b"\r\n") == THEMES.count("\n") + 3


def test_calibrate_tells_which_examples_now_fail(themes: Path, tmp_path: Path) -> None:
    out = io.StringIO()
    set_thresholds(labelled(tmp_path, *articles(60)), themes, out, dry_run=False)
    assert "an example of 'farming' is not found" in out.getvalue()
    assert "3 examples and counterexamples of" in out.getvalue()


def test_labels_that_are_not_there(themes: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        set_thresholds(tmp_path / "none", themes, io.StringIO(), dry_run=True)
