"""Fixtures for tests of the dbt project on the paper newsroom."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.home import Home
from tests.dbt.editions import three_editions
from tests.dbt.newsroom import write_config
from tests.dbt.runs import copy_home, do_dbt, open_editions


@pytest.fixture(scope="module")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """An empty home whose configuration is the paper newsroom's."""
    folder = tmp_path_factory.mktemp("newsroom")
    home = Home(folder / "home")
    home.root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        patch.setenv("BROADSHEET_CONFIG", str(write_config(folder / "config")))
        yield home


@pytest.fixture(scope="module")
def candidate(newsroom: Home, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The candidate of the three editions, loaded at once and tested by dbt."""
    home = copy_home(newsroom, tmp_path_factory.mktemp("at-once") / "home")
    run = open_editions(home, "at-once", *three_editions())
    do_dbt(run, "build", "--exclude-resource-type", "unit_test")
    return home.candidate(run.run_id)
