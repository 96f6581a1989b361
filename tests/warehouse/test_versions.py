"""The configuration's hash changes with what the marts show, and with nothing else."""

import re
from pathlib import Path

from core.home import Home
from core.plan import plan_run
from warehouse.versions import code_version, config_hash


def test_the_hash_follows_outlets_themes_and_entities(newsroom: Home, tmp_path: Path) -> None:
    folder = tmp_path / "config"

    def planned(run_id: str) -> str:
        return config_hash(plan_run(run_id, edition="2026-10-01", home=newsroom))

    first = planned("one")
    (folder / "thresholds.yml").write_text("min_articles: 7\n")
    sources = folder / "sources.yml"
    assert planned("two") == first
    sources.write_text(sources.read_text().replace("name: Two", "name: Another"))
    assert planned("three") != first


def test_the_code_version_is_a_hash() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", code_version())
