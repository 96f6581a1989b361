"""Airflow's notifiers: what happened to a task, told by the channels of `config/alerts.yml`.

A notifier runs after its task has ended, in the task's process, or in the DAG processor if that
process was lost. Whatever goes wrong here is one sentence in the log and fails nothing.
"""

from datetime import date
from typing import Any

from airflow.sdk.bases.notifier import BaseNotifier


class _Told(BaseNotifier):  # type: ignore[misc]
    """Sends the alert that `alert_of` makes of a task and what Airflow knows about it."""

    def notify(self, context: Any) -> None:
        """Send it; never raises."""
        try:
            self._send(context)
        except Exception as error:  # noqa: BLE001 - an alert must not hurt what it tells of
            self.log.warning("no alert was sent: %s", " ".join(str(error).split()))

    def _send(self, context: Any) -> None:
        from core.alerts import load_alerts
        from core.home import Home
        from reports.alert_sending import send

        settings = load_alerts()
        if not settings.channels:
            return
        home = Home.from_environment()
        alert = self.alert_of(home, _task(context["ti"], settings.ui_url), context, settings)
        for outcome in send(alert, settings, home) if alert else ():
            # No error: the last one of a log is shown as the reason why its task failed.
            level = self.log.warning if outcome.is_failure else self.log.info
            level("alert '%s' %s by %s", alert.what, outcome.state, outcome.told)

    def alert_of(self, home: Any, task: Any, context: Any, settings: Any) -> Any:
        raise NotImplementedError


class TaskFailed(_Told):
    """A task failed for good: a refused edition, a failed publication, or anything else."""

    def alert_of(self, home: Any, task: Any, context: Any, settings: Any) -> Any:
        from reports.alert_facts import failed_task

        error = context.get("exception") or ""
        return failed_task(home, task, str(error), settings, _announced(context))


class SilentSources(_Told):
    """The landed batch passed, without some of the outlets."""

    def alert_of(self, home: Any, task: Any, context: Any, settings: Any) -> Any:  # noqa: ARG002
        from reports.alert_facts import silence

        return silence(home, task, settings)


class DeadlineMissed(_Told):
    """The edition that was due is not published."""

    def alert_of(self, home: Any, task: Any, context: Any, settings: Any) -> Any:
        from reports.alert_facts import failed_task
        from reports.deadline import missed_deadline

        run = context.get("dag_run")  # not known if the task's process was lost early
        moment = (run.logical_date or run.run_after) if run else None
        missed = missed_deadline(home, moment, settings, task) if moment else None
        return missed or failed_task(home, task, str(context.get("exception") or ""), settings)


def _task(ti: Any, ui_url: str | None) -> Any:
    """The task, with the link to its page and log in the UI that people reach."""
    from core.run_ids import file_id
    from reports.alert_facts import Task

    link = str(ti.log_url)
    if ui_url:
        link = f"{ui_url}/dags/{link.partition('/dags/')[2]}"
    return Task(ti.dag_id, file_id(ti.dag_id, ti.run_id), ti.task_id, link)


def _announced(context: Any) -> date | None:
    """The edition of the publication that triggered the run, if one did."""
    found = context.get("triggering_asset_events") or {}
    editions = [event.extra.get("edition") for events in found.values() for event in events]
    return date.fromisoformat(editions[-1]) if editions and editions[-1] else None
