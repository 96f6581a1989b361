"""Every fault of the catalogue is caught: by the gate of its layer, at its declared severity.

A seeded share of the faults goes through the gate itself; of the others the check that must
catch them is asked alone, as `quick` evaluates it. With `BROADSHEET_FAULTS=all` all of them go
through the gate.
"""

import hashlib
import os
from collections.abc import Callable
from typing import Any

import duckdb
import polars as pl
import pytest

from core.errors import BroadsheetError, GateRefused
from core.home import Home
from core.plan import Run
from expectations.checks import Suite
from expectations.enriched_suite import enriched_suite
from expectations.gate import check_landing, check_marts
from expectations.landed_suite import landed_suite
from expectations.marts_suite import marts_suite
from expectations.row_checks import quarantine_rows
from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.newsroom import RUN
from tests.faults.publication import STEPS
from tests.faults.quick import about, failing, run_setup
from tests.faults.scene import Scene
from warehouse.publications import current, open_read_only

pytestmark = pytest.mark.xdist_group("faults")
_GATES: dict[str, Callable[[str], dict[str, Any]]] = {
    "landing": check_landing,
    "enrichment": check_marts,
    "transformation": check_marts,
}
_SUITES: dict[str, Callable[[Run], Suite]] = {
    "landing": landed_suite,
    "enrichment": enriched_suite,
    "transformation": marts_suite,
}
_ALL = os.environ.get("BROADSHEET_FAULTS") == "all"
_ONE_OF = 16  # so many faults one goes through the gate


def _of(*layers: str) -> list[Any]:
    return [pytest.param(one, id=one.id) for one in FAULTS if one.layer in layers]


def _goes_through_the_gate(fault: Fault) -> bool:
    return _ALL or int(hashlib.sha256(fault.id.encode()).hexdigest(), 16) % _ONE_OF == 0


_WHOLE, _ALONE = (
    [one for one in _of(*_GATES) if _goes_through_the_gate(one.values[0]) is whole]
    for whole in (True, False)
)


def _failed(scene: Scene) -> dict[str, str]:
    """Expectation → severity, of those that failed."""
    files = (scene.run.work / "verdicts").glob("*.parquet")
    rows = pl.concat([pl.read_parquet(file) for file in files]).filter(~pl.col("success"))
    return dict(rows.select("expectation", "severity").rows())


def _kept_out(scene: Scene) -> set[str]:
    """The expectations for which rows are in quarantine."""
    return set(scene.rows("quarantine")["expectation"])


def _sha256(home: Home) -> str:
    published = current(home)
    assert published is not None
    return hashlib.sha256(published.read_bytes()).hexdigest()


def test_the_healthy_edition_passes(scene: Scene) -> None:
    assert check_landing(RUN)["warnings"] == 0
    assert check_marts(RUN)["warnings"] == 0


@pytest.mark.parametrize("fault", _WHOLE)
def test_the_gate_catches(scene: Scene, fault: Fault) -> None:
    before = _sha256(scene.home)
    fault.damage(scene)
    gate = _GATES[fault.layer]
    if fault.severity == "critical" and not fault.of_rows:
        with pytest.raises(GateRefused):
            gate(RUN)
    else:
        gate(RUN)
    if fault.of_rows:
        assert fault.catcher in _kept_out(scene)
    else:
        assert _failed(scene).get(fault.catcher) == fault.severity, _failed(scene)
    assert _sha256(scene.home) == before


@pytest.mark.parametrize("fault", _ALONE)
def test_its_check_catches(scene: Scene, fault: Fault) -> None:
    fault.damage(scene)
    make = _SUITES[fault.layer]
    if fault.layer == "landing":
        quarantine_rows(scene.run, make(scene.run))
    if fault.of_rows:
        assert fault.catcher in _kept_out(scene)
        return
    suite = about(make(scene.run), fault.catcher)
    with duckdb.connect() as connection:
        run_setup(connection, suite.setup)
        failed = {one.name: one.severity for one in failing(connection, suite)}
    assert failed.get(fault.catcher) == fault.severity, failed


@pytest.mark.parametrize("fault", _of("publication"))
def test_publishing_catches(judged_scene: Scene, fault: Fault) -> None:
    home, step = judged_scene.home, STEPS[fault.id]
    fault.damage(judged_scene)
    seen = home.warehouse.readlink() if home.warehouse.is_symlink() else None
    if step.told:
        with pytest.raises(BroadsheetError, match=step.told):
            step.do(judged_scene)
    else:
        step.do(judged_scene)
        connection = open_read_only(home)
        assert connection.execute("select count(*) > 400 from marts.dim_article").fetchone() == (
            True,
        )
        connection.close()
    assert (home.warehouse.readlink() if home.warehouse.is_symlink() else None) == seen


def test_the_catalogue_is_large_and_names_each_fault_once() -> None:
    assert len(FAULTS) >= 48
    assert len({one.id for one in FAULTS}) == len(FAULTS)
