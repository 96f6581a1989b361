"""`broadsheet airflow`: Airflow's own words reach Airflow, which has the settings of the home."""

from core.home import Home
from tests.e2e.airflow_home import broadsheet


def test_airflow_answers_with_the_settings_of_this_home(home: Home) -> None:
    asked = broadsheet(home, "airflow", "config", "get-value", "openlineage", "transport")
    assert asked.returncode == 0, asked.stderr
    assert str(home.root / "lineage") in asked.stdout


def test_its_help_is_airflows(home: Home) -> None:
    told = broadsheet(home, "airflow", "backfill", "create", "--help")
    assert "--max-active-runs" in told.stdout
