"""Settings of the collecting tests, and the site and sources that looks are tried on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.ingest.looks import sources_with
from tests.ingest.site import Site, serving

# A slow machine is no fault of the code; the suite's own time limit stands.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    with serving(Site()) as running:
        monkeypatch.setenv("BROADSHEET_LOCAL_SITE", running.address)
        yield running


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    return sources_with(tmp_path)
