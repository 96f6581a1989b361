"""The quick evaluator says what Great Expectations says, of the healthy edition and of faults."""

import duckdb
import pytest

from expectations.checks import Suite
from expectations.enriched_suite import enriched_suite
from expectations.landed_suite import landed_suite
from expectations.validate import validate
from tests.faults.catalogue import FAULTS
from tests.faults.quick import failing, run_setup
from tests.faults.scene import Scene

pytestmark = pytest.mark.xdist_group("faults")
_SOME = ("swallowing-entity", "unknown-entity", "landed-twice", "error-pages-loaded", "undated")


def _quick(suite: Suite) -> set[str]:
    with duckdb.connect() as connection:
        run_setup(connection, suite.setup)
        return {one.name for one in failing(connection, suite)}


@pytest.mark.parametrize(
    "fault", [one for one in FAULTS if one.id in _SOME], ids=lambda one: one.id
)
def test_it_agrees(scene: Scene, fault: object) -> None:
    fault.damage(scene)  # type: ignore[attr-defined]
    for make in (landed_suite, enriched_suite):
        suite = make(scene.run)
        verdicts = validate(suite, scene.run.work / "docs")
        assert _quick(suite) == {one.expectation for one in verdicts if not one.success}
