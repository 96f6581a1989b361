"""A backfill of real days: in any order, and beside another run, the marts are the same."""

import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.stations import (
    build_candidate,
    collect_edition,
    enrich_outdated,
    enrich_texts,
    group_texts,
    publish_rebuilding,
)
from core.config import PROJECT_ROOT
from core.errors import BaseMoved
from core.home import Home
from core.plan import Run, plan_run
from tests.dbt.runs import table_hashes
from tests.support.dated import write_archives, write_newsroom
from warehouse.publications import current, loaded_contents
from warehouse.publish import publish

DAYS = (1, 2, 3)
PUBLISH = "import sys; from cli.stations import publish_rebuilding; publish_rebuilding(sys.argv[1])"


@pytest.fixture(scope="module")
def sources(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dated")
    return write_newsroom(folder / "sources.yml", write_archives(corpus, folder, per_day=6))


def built(home: Home, sources: Path, day: int) -> Run:
    """A backfill of the edition of that day of March 2017, up to its gate."""
    os.environ["BROADSHEET_HOME"] = str(home.root)
    end = datetime(2017, 3, day, 5, tzinfo=UTC)
    run = plan_run(f"backfill-{day}", sources=str(sources), data_interval_end=end, is_backfill=True)
    enrich_texts(run, collect_edition(run))
    enrich_outdated(run)
    group_texts(run)
    build_candidate(run)
    return run


def editions(home: Home) -> list[int]:
    return [content.edition.day for content in loaded_contents(home)]


@pytest.fixture(scope="module")
def in_order(sources: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The publication of the days run one by one, each after the other."""
    home = Home(tmp_path_factory.mktemp("in_order") / "home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        for day in DAYS:
            publish_rebuilding(built(home, sources, day).run_id)
    published = current(home)
    assert published is not None
    return published


def test_days_side_by_side_backwards_with_a_kill_give_the_same_marts(
    in_order: Path, sources: Path, home: Home
) -> None:
    runs = {day: built(home, sources, day) for day in reversed(DAYS)}
    publish(runs[2].run_id)
    assert editions(home) == [2, 3], "a gate had passed the third when the second opened"
    with pytest.raises(BaseMoved, match="p000001 is published now"):
        publish(runs[1].run_id)
    kill_while_it_rebuilds(runs[1])
    assert editions(home) == [2, 3]
    publish_rebuilding(runs[1].run_id)
    assert editions(home) == [1, 2, 3]
    assert not (runs[1].work / "rebuilding").exists()
    again = publish_rebuilding(runs[3].run_id)
    assert again["publication_id"] == "p000003"
    published = current(home)
    assert published is not None
    assert table_hashes(published) == table_hashes(in_order)


def kill_while_it_rebuilds(run: Run) -> None:
    """Kill -9 the process that publishes when dbt has begun anew."""
    log = run.work / "dbt" / "dbt.log"
    log.unlink(missing_ok=True)
    command = [sys.executable, "-c", PUBLISH, run.run_id]
    with subprocess.Popen(command, cwd=PROJECT_ROOT, stdout=subprocess.DEVNULL) as process:
        while not log.exists() or " OK created " not in log.read_text():
            assert process.poll() is None, "it ended before it could be killed"
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
