"""The catalogue of faults: all of them, and the page that tells of them.

`python -m tests.faults.catalogue` writes `docs/faults.md` again; a test holds the two together.
"""

from core.config import PROJECT_ROOT
from core.files import write_bytes
from tests.faults.enrichment import ENRICHMENT
from tests.faults.fault import LAYERS, Fault
from tests.faults.landing_coverage import LANDING
from tests.faults.publication import PUBLICATION, STEPS
from tests.faults.transformation import TRANSFORMATION

PAGE = PROJECT_ROOT / "docs" / "faults.md"
FAULTS: list[Fault] = [
    *LANDING.faults,
    *ENRICHMENT.faults,
    *TRANSFORMATION.faults,
    *PUBLICATION.faults,
]
_GATES = {
    "landing": "what was collected; `check_landing` judges it before it is enriched",
    "enrichment": "what was found in texts; `check_marts` judges it with the candidate",
    "transformation": "the candidate's tables; `check_marts` judges them before publication",
    "publication": "files and verdicts around publishing; named is the step that refuses them",
}
_REFUSED = "yesterday's publication, unchanged"
_KEPT_OUT = "the edition without these rows, which stand in `quality.quarantine` with the reason"
_WARNED = "the edition, with the warning in the brief and in `quality.expectation_result`"


def page() -> str:
    """The whole page as Markdown."""
    parts = [
        f"""\
# What the gates catch

{len(FAULTS)} faults, each done on purpose to a healthy edition of six outlets with fifteen editions
before it, and what catches it. Every one is tried by `pytest tests/faults`, through the whole gate
with `BROADSHEET_FAULTS=all`; it also holds this page to the catalogue (`python -m
tests.faults.catalogue` writes it again). Every column of every mart is tried with values that are
wrong (`tests/faults/test_mutations.py`).

A `critical` expectation stops the edition: it is held, and analysts see what was published before.
A `warning` is told and stops nothing. Faults marked *(rows)* show on single rows: those alone are
kept out, as long as they are few, and the edition goes on without them.
"""
    ]
    for layer in LAYERS:
        found = [one for one in FAULTS if one.layer == layer]
        parts.append(
            f"## {layer.capitalize()}: {len(found)}\n\nDamaged is {_GATES[layer]}.\n\n"
            "| fault | what is wrong | caught by | severity | the analyst still sees |\n"
            "|---|---|---|---|---|\n" + "\n".join(map(_row, found)) + "\n"
        )
    return "\n".join(parts)


def _row(fault: Fault) -> str:
    name = f"{fault.id} *(rows)*" if fault.of_rows else fault.id
    return f"| {name} | {fault.what} | {_catcher(fault)} | {fault.severity} | {_seen(fault)} |"


def _catcher(fault: Fault) -> str:
    return fault.catcher if fault.layer == "publication" else f"`{fault.catcher}`"


def _seen(fault: Fault) -> str:
    if fault.layer == "publication":
        return _SEEN.get(fault.id, _REFUSED)
    if fault.of_rows:
        return _KEPT_OUT
    return _REFUSED if fault.severity == "critical" else _WARNED


_SEEN = {
    **{
        one: "the current publication as validated; the log is set aside, kept and named"
        for one, step in STEPS.items()
        if step.told is None
    },
    "half-copied-publication": "a sentence that says which file is damaged; no half table",
    "symlink-to-nothing": "a sentence that says which file is missing and what to do",
    "older-over-newer": "the newer publication, unchanged",
}


if __name__ == "__main__":
    write_bytes(PAGE, page().encode())
