"""One edition of the real pages, measured three ways: through Airflow, per station, bare."""

import json
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from core.config import PROJECT_ROOT, config_folder
from core.home import Home
from tests.support.news_site import build_real_site
from tests.support.serving import serve_site

GATES = ("check_landing", "check_marts")
PRODUCER = ".dbt_producer_watcher"  # the one `dbt build`; the group's other tasks tell its results
RESULT = ".dbt.models."


@dataclass(frozen=True)
class Measured:
    """Figures of one size; seconds are wall unless named CPU."""

    pages: int
    articles: int
    airflow_seconds: dict[str, float]
    edition_seconds: float
    airflow_cpu_seconds: float
    station_cpu_seconds: dict[str, float]
    bare_cpu_seconds: dict[str, float]
    peak_megabytes: float

    @property
    def ratio(self) -> float:
        """CPU of our stations over CPU of the bare libraries."""
        return sum(self.station_cpu_seconds.values()) / sum(self.bare_cpu_seconds.values())

    @property
    def gates_share(self) -> float:
        """Seconds in the tasks of both gates over those of the whole edition."""
        gates = [one for one in self.airflow_seconds if one.endswith(GATES)]
        return sum(self.airflow_seconds[one] for one in gates) / self.edition_seconds


def measure(corpus: Path, folder: Path, copies: int) -> Measured:
    """Build `copies` × the real pages under `folder` and measure an edition of them."""
    site = folder / "site"
    sources = build_real_site(corpus, site, copies=copies)
    airflow_home, bare_home = folder / "airflow_home", folder / "stations_home"
    config = _open_limits(folder / "config")
    run = _broadsheet_run({**config, "BROADSHEET_HOME": str(airflow_home)}, sources)
    stations = _stations({**config, "BROADSHEET_HOME": str(bare_home)}, site, sources)
    landing = next(bare_home.glob("landing/*/*/article")).parent
    bodies = folder / "pages.parquet"
    _write_bodies(site, bodies)
    bare = _json_of([sys.executable, "-m", "bench.bare", str(bodies), str(landing)])
    seconds, whole = _task_seconds(airflow_home)
    return Measured(
        pages=pl.scan_parquet(bodies).select(pl.len()).collect().item(),
        articles=stations["articles"],
        airflow_seconds=seconds,
        edition_seconds=whole,
        airflow_cpu_seconds=run["cpu_seconds"],
        station_cpu_seconds={
            name: task["cpu_seconds"] for name, task in stations["tasks"].items() if name != "brief"
        },
        bare_cpu_seconds=bare,
        peak_megabytes=run["peak_megabytes"],
    )


def _open_limits(config: Path) -> dict[str, str]:
    """The configuration with limits that copies of a page can meet: they share title and date.

    The gates compute all that they compute otherwise. Returns the variable that names the folder.
    """
    shutil.copytree(config_folder(), config)
    limits = config / "thresholds.yml"
    opened = yaml.safe_load(limits.read_text(encoding="utf-8"))
    opened |= {"max_damaged_share_of_outlet": 1.0, "max_mistitled_share_of_outlet": 1.0}
    limits.write_text(yaml.safe_dump(opened), encoding="utf-8")
    return {"BROADSHEET_CONFIG": str(config)}


def _broadsheet_run(variables: dict[str, str], sources: Path) -> dict[str, float]:
    """One edition through Airflow; CPU seconds and peak memory of all its processes."""
    broadsheet = str(Path(sys.executable).with_name("broadsheet"))
    log = Path(variables["BROADSHEET_HOME"]).with_suffix(".log")
    command = [sys.executable, "-m", "bench.watched", str(log), broadsheet, "run"]
    command += ["--sources", str(sources)]
    figures: dict[str, float] = _json_of(command, {**os.environ, **variables})
    if figures["code"]:
        sys.exit(f"the edition did not publish; its output is in {log}")
    return figures


def _stations(variables: dict[str, str], site: Path, sources: Path) -> dict[str, Any]:
    with _served(site) as address:
        environment = {**os.environ, **variables, "BROADSHEET_LOCAL_SITE": address}
        command = [sys.executable, "-m", "bench.stations", "bench", str(sources)]
        figures: dict[str, Any] = _json_of(command, environment)
    return figures


@contextmanager
def _served(site: Path) -> Iterator[str]:
    yield from serve_site(site)


def _json_of(command: list[str], environment: dict[str, str] | None = None) -> Any:
    """The last line that a measuring process prints, as JSON."""
    done = subprocess.run(
        command, env=environment, cwd=PROJECT_ROOT, stdout=subprocess.PIPE, check=True, text=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _write_bodies(site: Path, target: Path) -> None:
    """The bodies that the site serves as pages, uncompressed, in one Parquet file."""
    import gzip

    routes = json.loads((site / "routes.json").read_bytes())
    files = [
        site / route["file"]
        for paths in routes.values()
        for route in paths.values()
        if str(route["file"]).endswith(".html.gz")
    ]
    bodies = [gzip.decompress(file.read_bytes()) for file in files]
    pl.DataFrame({"body": bodies}).write_parquet(target)


def _task_seconds(home: Path) -> tuple[dict[str, float], float]:
    """Seconds of each station (first start to last end) and from first fetch to publication."""
    query = """
        select task_id, min(start_date), max(end_date) from task_instance
        where dag_id = 'daily_news' and start_date is not null and operator <> 'EmptyOperator'
        group by task_id
    """
    with sqlite3.connect(Home(home).airflow / "airflow.db") as database:
        rows = [
            (task, datetime.fromisoformat(start), datetime.fromisoformat(end))
            for task, start, end in database.execute(query)
        ]
    groups: dict[str, tuple[datetime, datetime]] = {}
    for task, start, end in rows:
        name = "build.dbt, models' results" if RESULT in task else task.removesuffix(PRODUCER)
        first, last = groups.get(name, (start, end))
        groups[name] = (min(first, start), max(last, end))
    seconds = {name: (end - start).total_seconds() for name, (start, end) in groups.items()}
    first = min(
        start for task, start, _ in rows if task.startswith("collect.") and "plan" not in task
    )
    last = max(end for task, _, end in rows if task.startswith("publish."))
    return seconds, (last - first).total_seconds()
