"""`broadsheet airflow`: Airflow's own words reach Airflow, which has the settings of the home."""

from core.home import Home
from tests.e2e.airflow_home import broadsheet


def test_airflow_answers_with_the_settings_of_this_home(home: Home) -> None:
    home.airflow.mkdir(parents=True)
    (home.airflow / "migrated-3.3.0").touch()  # `make up` was here
    asked = broadsheet(home, "airflow", "config", "get-value", "openlineage", "transport")
    assert asked.returncode == 0, asked.stderr
    assert str(home.root / "lineage") in asked.stdout


def test_its_help_is_airflows(home: Home) -> None:
    told = broadsheet(home, "airflow", "backfill", "create", "--help")
    assert "--max-active-runs" in told.stdout


def test_a_home_without_an_airflow_of_its_own_is_not_given_an_empty_one(home: Home) -> None:
    refused = broadsheet(home, "airflow", "dags", "list")
    assert refused.returncode == 1
    assert f"broadsheet: no Airflow was ever started in {home.root}; " in refused.stderr
    assert "'make up'" in refused.stderr
    assert "python -m cli.server airflow" in refused.stderr
    assert not home.airflow.exists()
