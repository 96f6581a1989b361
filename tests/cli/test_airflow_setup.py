"""What Airflow's database must hold, read from its file; written in tests/e2e/test_pages.py."""

from pathlib import Path

import pytest

from cli.airflow_setup import load_setup, records
from core.errors import ConfigError

WHOLE = """
pools: {{duckdb_writer: {{slots: {slots}}}}}
connections: {{wire: 'https://ada:${{WIRE_PASSWORD}}@wire.example.org'}}
variables: {{}}
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "airflow.yml"
    path.write_text(text)
    return path


def test_the_projects_file_has_its_pools_and_nothing_that_nobody_uses() -> None:
    setup = load_setup()
    assert {name: pool.slots for name, pool in setup.pools.items()} == {
        "duckdb_writer": 1,
        "dbt_results": 4,
    }
    assert setup.connections == setup.variables == {}


def test_placeholders_are_filled_from_the_environment(tmp_path: Path) -> None:
    setup = load_setup(write(tmp_path, WHOLE.format(slots=1)))
    told = records(setup, {"WIRE_PASSWORD": "x"})
    assert told["connections"] == {"wire": "https://ada:x@wire.example.org"}
    assert told["pools"]["duckdb_writer"] == {
        "slots": 1, "description": "", "include_deferred": False
    }  # fmt: skip
    with pytest.raises(ConfigError, match=r"'wire' of Airflow needs .* WIRE_PASSWORD"):
        records(setup, {})


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WHOLE.format(slots=0), r"airflow.yml:2: .*slots"),
        (WHOLE.format(slots="many"), r"airflow.yml:2: .*slots"),
        (WHOLE.format(slots=1) + "secrets: {}\n", r"airflow.yml:5: .*secrets"),
        ("pools: {}\n", r"airflow.yml:1: .*connections"),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        load_setup(write(tmp_path, text))
