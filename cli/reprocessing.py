"""The tasks of the DAG `reprocess`: a replay that is shown, thought about, then published or not.

Each takes the run's id. What they agree on lies in `work/<run_id>/`: `wish.json`, who asked for
what, and `shown.json`, what the person who approves was shown.
"""

import logging
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from cli.diff_page import Changes, compare, page_path, summary, write_page
from cli.replaying import (
    ReplayError,
    build_on_current,
    chosen_editions,
    discard_replayed,
    is_in_shadow,
    plan_replay,
    publish_replayed,
    rebuild_edition,
    stands_on_current,
    told,
)
from cli.stations import group_texts
from core.config import config_folder
from core.files import read_json, write_json
from core.home import Home
from core.plan import Run, load_run
from core.run_ids import REPROCESS, file_id
from warehouse.publications import require_kept

_log = logging.getLogger(__name__)
UNKNOWN = "an operator"
"""Who approved, where Airflow knows no name."""


def plan(
    dag_run_id: str,
    *,
    editions: Sequence[str],
    first: str | None,
    last: str | None,
    files: Mapping[str, str | None],
) -> dict[str, Any]:
    """Choose the editions and plan a run of each.

    Returns:
        {"run_id", "runs": [{"run", "edition"}], "editions": the days in words}.

    Raises:
        BroadsheetError: an edition was never collected, a file is wrong, nothing is published.
    """
    home = Home.from_environment().require_writable()
    run_id = file_id(REPROCESS, dag_run_id)
    days = chosen_editions(home, editions, first, last)
    runs = plan_replay(home, run_id, days, files)
    write_json(_wish(home, run_id), {"editions": days, "files": dict(files)})
    named = [{"run": one.run_id, "edition": one.edition.isoformat()} for one in runs]
    return {"run_id": run_id, "runs": named, "editions": told(days)}


def rebuild(run_id: str) -> None:
    """Land and enrich one edition from its archive.

    Raises:
        ReplayError: the gate refused what landed.
    """
    rebuild_edition(load_run(run_id))


def group(run_id: str) -> None:
    """Put the texts of all editions beside each other and those of the days around."""
    group_texts(load_run(run_id))


def show(run_id: str, pages: str) -> str:
    """Build on what is published now, compare, write the page; the summary, in Markdown.

    It is empty where nothing would change.

    `pages` is the address under which the folder `reports` of the home is served.

    Raises:
        ReplayError: the gate refused it.
    """
    home = Home.from_environment()
    changes = _build_and_compare(home, load_run(run_id))
    path = page_path(home, run_id)
    write_page(path, changes)
    write_json(home.work(run_id) / "shown.json", {"digest": changes.digest, "base": changes.base})
    _log.info("compared with %s; see %s", changes.base, path)
    if not changes.differing:
        return ""
    return summary(changes, f"{pages}/{path.relative_to(home.root / 'reports')}")


def publish(run_id: str, by: str, why: str) -> dict[str, str]:
    """Publish what was approved; returns publication id and edition.

    If another publication came between, it is built on that one, and published if it changes the
    same in the same articles.

    Raises:
        ReplayError: it would change other facts than those that were approved.
        GateRefused: the gate refuses it on the newer publication.
    """
    home = Home.from_environment()
    run = load_run(run_id)
    if is_in_shadow(home, run) and not stands_on_current(home, run):
        changes = _build_and_compare(home, run)
        write_page(page_path(home, run_id), changes)
        if changes.digest != read_json(home.work(run_id) / "shown.json")["digest"]:
            raise ReplayError(
                f"{changes.base} was published since, and what would change now is not what was "
                "approved; clear 'show' with its downstream, and it is shown and asked again."
            )
        _log.info("%s came between: built on that, with the same changes", changes.base)
    published = publish_replayed(home, run_id, by, why)
    _warn_of_other_files(home, run_id)
    return published


def discard(run_id: str, by: str, why: str) -> dict[str, str]:
    """Remove what was built; nothing of the home was changed by it."""
    home = Home.from_environment()
    discard_replayed(home, run_id)
    write_json(home.work(run_id) / "rejected.json", {"by": by, "why": why})
    _log.info("rejected by %s (%s); nothing was published", by, why)
    return {"rejected_by": by, "why": why}


def _build_and_compare(home: Home, run: Run) -> Changes:
    build_on_current(home, run)
    wish = read_json(_wish(home, run.run_id))
    return compare(
        require_kept(run.paths),
        home.candidate(run.run_id),
        editions=[date.fromisoformat(one) for one in wish["editions"]],
        made_with=_made_with(run, wish["files"]),
    )


def _made_with(run: Run, files: Mapping[str, str | None]) -> list[str]:
    """How the candidate was made: the files that stood in, and what that means for tomorrow."""
    lines = [f"taxonomy_version {run.themes.taxonomy_version}"]
    lines += [f"{name}: {files[name]}" for name in ("themes", "entities") if files.get(name)]
    lines += [_still_to_copy(name, given) for name, given in _other_files(files)]
    return lines


def _warn_of_other_files(home: Home, run_id: str) -> None:
    for name, given in _other_files(read_json(_wish(home, run_id))["files"]):
        _log.warning("%s", _still_to_copy(name, given))


def _other_files(files: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The files that the next edition is not made with."""
    return [
        (name, given)
        for name in ("themes", "entities")
        if (given := files.get(name))
        and Path(given).read_bytes() != (config_folder() / f"{name}.yml").read_bytes()
    ]


def _still_to_copy(name: str, given: str) -> str:
    own = config_folder() / f"{name}.yml"
    return f"the next edition is made with {own}: copy {given} there to keep this change"


def _wish(home: Home, run_id: str) -> Path:
    return home.work(run_id) / "wish.json"
