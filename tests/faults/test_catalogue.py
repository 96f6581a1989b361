"""Every fault of the catalogue is caught: by the gate of its layer, at its declared severity."""

import hashlib
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from core.errors import BroadsheetError, GateRefused
from core.home import Home
from expectations.gate import check_landing, check_marts
from tests.faults.catalogue import FAULTS
from tests.faults.fault import Fault
from tests.faults.newsroom import RUN
from tests.faults.publication import STEPS
from tests.faults.scene import Scene
from warehouse.publications import current, open_read_only

pytestmark = pytest.mark.xdist_group("faults")
_GATES: dict[str, Callable[[str], dict[str, Any]]] = {
    "landing": check_landing,
    "enrichment": check_marts,
    "transformation": check_marts,
}


def _of(*layers: str) -> list[Any]:
    return [pytest.param(one, id=one.id) for one in FAULTS if one.layer in layers]


def _failed(scene: Scene) -> dict[str, str]:
    """Expectation → severity, of those that failed."""
    files = (scene.run.work / "verdicts").glob("*.parquet")
    rows = pl.concat([pl.read_parquet(file) for file in files]).filter(~pl.col("success"))
    return dict(rows.select("expectation", "severity").rows())


def _sha256(home: Home) -> str:
    published = current(home)
    assert published is not None
    return hashlib.sha256(published.read_bytes()).hexdigest()


def test_the_healthy_edition_passes(scene: Scene) -> None:
    assert check_landing(RUN)["warnings"] == 0
    assert check_marts(RUN)["warnings"] == 0


@pytest.mark.parametrize("fault", _of("landing", "enrichment", "transformation"))
def test_the_gate_catches(scene: Scene, fault: Fault) -> None:
    before = _sha256(scene.home)
    fault.damage(scene)
    gate = _GATES[fault.layer]
    if fault.severity == "critical":
        with pytest.raises(GateRefused):
            gate(RUN)
    else:
        gate(RUN)
    assert _failed(scene).get(fault.catcher) == fault.severity, _failed(scene)
    assert _sha256(scene.home) == before


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
