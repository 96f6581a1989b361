"""Writes `docs/prove.md`: what was proved, from the files of results."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from textwrap import fill

from core.config import PROJECT_ROOT
from tests.prove import results
from tests.prove.kills import KILLS_AT_EACH_POINT, RANDOM_KILLS
from tests.prove.points import POINTS
from tests.prove.readers import PUBLICATIONS, REFUSED
from tests.prove.results import Row
from tests.prove.rough import CASES

PAGE = PROJECT_ROOT / "docs" / "prove.md"
_OPENING = """# What was proved, and how often

`make prove` does all of this and writes this page; it takes hours, and goes on where it was
stopped. `python -m tests.prove --part kills` (or airflow, readers, rough, idempotence) does one
part; `--share 0.05` a part of a part. CI does a seeded part in `pytest tests/prove`.
[faults.md](faults.md) says what the gates catch, `python -m tests.prove.wolf` how often they cry
for nothing.

The newsroom: four outlets on loopback, six articles a day each, two editions published, a third
under way, with fetching, parser processes, recognition of names, dbt and the gate as in every run.
Retention is set so that the third publication removes the first. "Right" means: after one restart
and no other step every table of `marts` and the two fact tables of `quality` have the hash of an
undisturbed run (sorted rows, without columns that a new look at a clock fills), no article is
there twice, nothing lies beside the publications, and between kill and restart an analyst saw the
old or the new tables, whole.
"""

_KILLS = """`python -m tests.prove --part kills`: {drawn} kills at random instants (of at least
{all_drawn} that are wanted) and {named} of {all_named} at named points. Of the random ones
{chained} are in {chains} chains: editions each of whose tasks was killed once, at a random
instant, and tried again as Airflow does. {single} are single kills at an instant drawn evenly
from the run; after them the killed task is tried again, or all tasks of the run are done again,
or the edition is run under another run id; every fifth is of a run whole from its plan on, and
every fourth kills one parser process and lets the run go on. Otherwise all processes of the run
die, or its leader alone.
"""
_AIRFLOW = """`python -m tests.prove --part airflow`: one edition of the sample newsroom through a
real Airflow. The process of {killed} tasks was killed at its first try; Airflow's own retries
went on, and the run took {seconds:.0f} s.
"""
_READERS = """`python -m tests.prove --part readers`: {readers} processes asked without pause
through the symlink while {published} editions were published and {refused} refused (of
{all_published} and {all_refused} that are wanted); three connect to the symlink for each query,
two attach it, one opens it as `broadsheet sql` does, two stay connected for 400 queries.
`publish` is the real one, a day later each time, so retention removed files that readers had
open ({kept} are left); the marts are one table of 2,000 rows that all name their run and
whether the gate passed it.
"""
_BUSY = """Nine busy processes on {cores} cores, load {load:.0f} at the end: what is slow there
is the wait for a core.
"""
_ROUGH = """`python -m tests.prove --part rough`: {done} of {cases} cases were run. The run
meets the harm and says what stands in the third column; then the harm is taken away, the task
is run again, and all is compared.
"""
_MEANS = """The clock is set back where Broadsheet reads it (`tests/prove/clock.py` lists the
places). The small disk is a mount; read-only folders are modes, which bind a process without
root's privilege to pass over them.
"""
_IDEMPOTENCE = """`python -m tests.prove --part idempotence`: hashes of all tables with every
column, the clock's included, as a replay reads it from the archive.
"""


def write_page(folder: Path = results.RESULTS, page: Path = PAGE) -> None:
    """Write the page; a part without results is said to have none."""
    parts = [
        _OPENING,
        *_kills(results.read("kills", folder)),
        *_airflow(results.read("airflow", folder)),
        *_readers(results.read("readers", folder)),
        *_rough(results.read("rough", folder)),
        *_idempotence(results.read("idempotence", folder)),
    ]
    page.write_text("\n".join(parts).rstrip() + "\n", encoding="utf-8")


def _table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    told = [[str(cell).replace("|", "\\|").replace("\n", " ") for cell in line] for line in lines]
    return "\n".join(f"| {' | '.join(line)} |" for line in told) + "\n"


def _told(text: str, **values: object) -> str:
    """A paragraph of the page."""
    return fill(" ".join(text.format(**values).split()), 98, break_on_hyphens=False) + "\n"


def _right(rows: list[Row]) -> str:
    wrong = [row for row in rows if row["wrong"]]
    return f"{len(rows) - len(wrong)} of {len(rows)}"


def _kills(rows: list[Row]) -> list[str]:
    drawn = [row for row in rows if row["kind"] in ("chain", "single")]
    named = [row for row in rows if row["kind"] in POINTS]
    told = [
        f"## Kill -9: {_right(rows)} right\n",
        _told(
            _KILLS,
            drawn=len(drawn), all_drawn=RANDOM_KILLS, named=len(named),
            all_named=len(POINTS) * KILLS_AT_EACH_POINT,
            chained=sum(row["kind"] == "chain" for row in drawn),
            chains=len({row["number"] for row in drawn if row["kind"] == "chain"}),
            single=sum(row["kind"] == "single" for row in drawn),
        ),
    ]  # fmt: skip
    by_task = Counter(row["task"] for row in drawn)
    told.append(
        _table(
            ("killed at random during", "kills", "right"),
            [
                (task, count, _right([row for row in drawn if row["task"] == task]))
                for task, count in by_task.most_common()
            ],
        )
    )
    for column, title in (("victim", "Killed at random"), ("restart", "Then done again")):
        counts = Counter(row[column] for row in drawn)
        told.append(f"{title}: " + ", ".join(f"{k} {n}" for k, n in counts.most_common()) + ".  ")
    told.append("")
    told.append(
        _table(
            ("stage", "killed when", "task", "kills", "right"),
            [
                (at.stage, at.what, at.task, len(own), _right(own))
                for name, at in POINTS.items()
                if (own := [row for row in named if row["kind"] == name])
            ],
        )
    )
    return told + _wrongs(rows, ("kind", "number", "task", "victim", "restart", "wrong"))


def _airflow(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    *killed, whole = rows
    outcome = whole["wrong"] or "the same tables as an undisturbed run"
    return [
        f"## Kill -9 in Airflow: {outcome}\n",
        _told(_AIRFLOW, killed=len(killed), seconds=whole["seconds"]),
        "Killed: " + ", ".join(f"`{row['task']}`" for row in killed) + ".\n",
    ]


def _wrongs(rows: list[Row], columns: tuple[str, ...]) -> list[str]:
    wrong = [[row[column] for column in columns] for row in rows if row["wrong"]]
    return [_table(columns, wrong)] if wrong else []


def _readers(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    row = rows[-1]
    return [
        f"## Readers: {'0 wrong' if not row['wrong'] else row['wrong']}\n",
        _told(_READERS, all_published=PUBLICATIONS, all_refused=REFUSED, **row),
        _table(
            ("figure", "value"),
            [
                ("queries", f"{row['queries']:,}"),
                ("connections", f"{row['connects']:,}"),
                ("errors", row["errors"]),
                ("unvalidated rows seen", row["unvalidated"]),
                ("answers out of two publications", row["torn"]),
                ("a lower publication id after a higher one", row["lower"]),
                ("publications seen by a reader, on average", f"{row['publications']:.0f}"),
                ("slowest connect", f"{row['slowest_connect'] * 1000:.0f} ms"),
                ("slowest first query", f"{row['slowest_first_query'] * 1000:.0f} ms"),
            ],
        ),
        _told(_BUSY, **row),
    ]


def _rough(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    rows = sorted(rows, key=lambda row: int(row["number"]))
    lines = [
        (row["harm"], row["where"], row["told"], row["wrong"] or row["after"] or "right")
        for row in rows
    ]
    return [
        f"## Rough handling: {_right(rows)} right\n",
        _told(_ROUGH, done=len(rows), cases=CASES),
        _table(("harm", "where", "what the run said", "after it"), lines),
        _told(_MEANS),
    ]


def _idempotence(rows: list[Row]) -> list[str]:
    if not rows:
        return []
    lines = [
        (row["name"], row["runs"], f"{row['tables'] - len(row['differing'])} of {row['tables']}",
         ", ".join(row["differing"]))
        for row in rows
    ]  # fmt: skip
    return [
        "## Idempotence\n",
        _told(_IDEMPOTENCE),
        _table(("the third edition …", "runs", "tables the same", "not the same"), lines),
    ]
