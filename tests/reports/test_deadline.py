"""The deadline looks at what readers see, whatever became of the runs."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.alerts import Alerts
from core.decisions import append_decision
from core.home import Home
from core.plan import CUTOFF
from reports.deadline import DeadlineMissed, due_edition, missed_deadline, require_published
from tests.expectations.healthy import SOURCES
from tests.reports.publication import publish_nothing_but

DAY = date(2026, 11, 22)
MORNING = datetime(2026, 11, 22, 7, 30, tzinfo=UTC)


@pytest.fixture
def newsroom(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Three outlets and no fixed edition; returns the sources file."""
    path = tmp_path / "config" / "sources.yml"
    path.parent.mkdir()
    path.write_text(SOURCES.replace("fixed_edition: EDITION\n", ""))
    monkeypatch.setenv("BROADSHEET_CONFIG", str(path.parent))
    monkeypatch.delenv("BROADSHEET_SOURCES", raising=False)
    return path


def test_in_time(home: Home, newsroom: Path) -> None:
    publish_nothing_but(home, "p000002", DAY - timedelta(days=1), DAY)
    assert require_published(MORNING) == {"edition": "2026-11-22", "publication_id": "p000002"}
    assert missed_deadline(home, MORNING, Alerts()) is None


def test_late(home: Home, newsroom: Path) -> None:
    publish_nothing_but(home, "p000001", DAY - timedelta(days=1))
    with pytest.raises(DeadlineMissed, match="not published by 07:30 UTC") as caught:
        require_published(MORNING)
    assert "p000001 of 2026-11-21 is still served to readers." in str(caught.value)
    alert = missed_deadline(home, MORNING, Alerts())
    assert alert is not None
    assert (alert.kind, alert.edition, alert.scope) == ("missed_deadline", DAY, None)


def test_nothing_was_ever_published(home: Home, newsroom: Path) -> None:
    with pytest.raises(DeadlineMissed, match="Nothing has been published yet"):
        require_published(MORNING)


def test_an_edition_on_hold_is_said_to_be(home: Home, newsroom: Path) -> None:
    append_decision(home, "hold", DAY, "aa", "gate", "failed: landed/edition.articles_known")
    alert = missed_deadline(home, MORNING, Alerts())
    assert alert is not None
    assert alert.reason == "It is held back by gate: failed: landed/edition.articles_known"
    append_decision(home, "release", DAY, "aa", "Ada", "The world was odd.")
    released = missed_deadline(home, MORNING, Alerts())
    assert released is not None
    assert released.reason == ""


def test_a_fixed_newsroom_has_one_edition(
    home: Home, newsroom: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other.yml"
    other.write_text(SOURCES.replace("EDITION", "2026-10-16"))
    monkeypatch.setenv("BROADSHEET_SOURCES", str(other))
    publish_nothing_but(home, "p000001", date(2026, 10, 16))
    assert missed_deadline(home, MORNING, Alerts()) is None


@pytest.fixture(scope="module")
def no_fixed_edition(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sources") / "sources.yml"
    path.write_text(SOURCES.replace("fixed_edition: EDITION\n", ""))
    return path


zones = st.sampled_from(["UTC", "Europe/London", "America/Los_Angeles", "Pacific/Kiritimati"])


@given(moment=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1)), zone=zones)
def test_the_edition_due_is_the_last_that_was_closed(
    no_fixed_edition: Path, moment: datetime, zone: str
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_SOURCES", str(no_fixed_edition))
        aware = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(zone))
        closed = datetime.combine(due_edition(aware), CUTOFF, tzinfo=UTC)
    assert closed <= aware < closed + timedelta(days=1)
