"""The editions that a run takes in beside its own: replayed with it, or enriched anew.

A run is about one edition. Where it makes others anew as well, `companions.json` beside its plan
names them; grouping, sealing and the gate then look at each as at the run's own.
"""

from collections.abc import Iterable
from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, TypeAdapter

from core.files import read_json, write_json
from core.plan import CUTOFF, Run


class Companion(BaseModel):
    """A landed edition; `is_asked_for` where a person named it, as in a replay of several."""

    model_config = ConfigDict(frozen=True)
    edition: date
    collect_id: str
    is_asked_for: bool


_MANY = TypeAdapter(list[Companion])


def write_companions(run: Run, companions: Iterable[Companion]) -> None:
    """Note them, in place of those noted before."""
    path = run.work / "companions.json"
    write_json(path, [one.model_dump(mode="json") for one in companions])


def read_companions(run: Run) -> list[Companion]:
    """Those noted; none for most runs."""
    path = run.work / "companions.json"
    return _MANY.validate_python(read_json(path)) if path.exists() else []


def run_of(run: Run, companion: Companion) -> Run:
    """The run, as a station sees it that is to work on the companion's landing."""
    return run.model_copy(
        update={
            "edition": companion.edition,
            "collect_id": companion.collect_id,
            "cutoff": datetime.combine(companion.edition, CUTOFF),
        }
    )


def runs_of_all(run: Run) -> list[Run]:
    """The run of each companion, and at last the run itself."""
    return [*(run_of(run, one) for one in read_companions(run)), run]


def runs_asked_for(run: Run) -> list[Run]:
    """As `runs_of_all`, of those that a person named: the run itself always."""
    asked = [one for one in read_companions(run) if one.is_asked_for]
    return [*(run_of(run, one) for one in asked), run]
