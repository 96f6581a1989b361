"""The deadline: is the edition that is due in the publication that readers see?"""

import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from core.alerts import Alerts, load_alerts
from core.config import config_folder, load_sources
from core.decisions import read_decisions
from core.errors import BroadsheetError
from core.home import Home
from core.plan import CUTOFF
from reports.alert_facts import Task, runbook, served
from reports.alerts import Alert


class DeadlineMissed(BroadsheetError):
    """The edition that is due has not been published; the text says what is served instead."""


def require_published(moment: datetime, home: Home | None = None) -> dict[str, str | None]:
    """The edition due at `moment` (aware) and the publication that holds it.

    Raises:
        DeadlineMissed: no publication that readers see holds it.
        ConfigError: the sources file or alerts.yml is wrong.
    """
    home = home or Home.from_environment()
    missed = missed_deadline(home, moment, load_alerts())
    if missed:
        told = (missed.subject, missed.reason, missed.served)
        raise DeadlineMissed(" ".join(f"{one.rstrip('.')}." for one in told if one))
    return {
        "edition": due_edition(moment).isoformat(),
        "publication_id": served(home).publication_id,
    }


def missed_deadline(
    home: Home, moment: datetime, settings: Alerts, task: Task | None = None
) -> Alert | None:
    """The alert that the edition due at `moment` (aware) is in no publication; None if it is.

    Raises:
        ConfigError: the sources file is wrong.
    """
    day = due_edition(moment)
    now = served(home)
    if day in now.editions:
        return None
    last = [one for one in read_decisions(home) if one.edition == day and one.article_id is None]
    held = last[-1] if last and last[-1].decision == "hold" else None
    return Alert(
        kind="missed_deadline",
        edition=day,
        what=f"not published by {settings.deadline.time} {settings.deadline.timezone}",
        served=now.sentence,
        todo=f"look at the runs of daily_news for {day} in Airflow; if there is none, see whether "
        "Airflow is up and the DAG is switched on.",
        reason=f"It is held back by {held.decided_by}: {held.why}" if held else "",
        link=task.link if task else None,
        runbook=runbook("daily_news", settings),
    )


def due_edition(moment: datetime) -> date:
    """The newsroom's fixed edition, else the last one whose cut-off lies before `moment`."""
    given = os.environ.get("BROADSHEET_SOURCES")
    newsroom = load_sources(Path(given) if given else config_folder() / "sources.yml")
    utc = moment.astimezone(UTC)
    return newsroom.fixed_edition or utc.date() - timedelta(days=utc.time() < CUTOFF)
