"""Where Airflow's UI and the pages in it are reached; the DAG files and the plugin import it."""

from urllib.parse import urlsplit

from airflow.sdk.configuration import conf

PAGES = "/broadsheet"
"""The pages' own path, below that of Airflow's UI."""


def airflow_path() -> str:
    """The path of Airflow's UI, behind a proxy's prefix if any, without a slash at its end."""
    address = conf.get("api", "base_url", fallback="") or ""
    return urlsplit(str(address)).path.rstrip("/")


def pages_path() -> str:
    """The path of the pages in Airflow's UI, without a slash at its end."""
    return airflow_path() + PAGES
