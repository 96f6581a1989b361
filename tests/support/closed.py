"""The edition before the open one, closed: else the first hours after a cut-off plan no polls."""

from datetime import UTC, datetime, timedelta

from core.files import write_json
from core.home import Home
from core.plan import CUTOFF, closed_path


def close_last_edition(home: Home) -> None:
    """Mark the edition of the machine's last cut-off as closed."""
    now = datetime.now(UTC)
    day = now.date() - timedelta(days=now.time() < CUTOFF)
    write_json(closed_path(home, day), {"collect_id": "", "edition": day.isoformat(), "looks": []})
