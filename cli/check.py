"""`broadsheet check`: read every configuration file and tell each one's faults."""

from collections.abc import Callable
from pathlib import Path

from rich.console import Console
from rich.text import Text

from core.alerts import load_alerts
from core.config import config_folder, load_entities, load_sources, load_themes, load_thresholds
from core.errors import ConfigError
from core.home import Home
from core.knowledge_base import KnowledgeBaseError, named_base
from core.retention import load_retention


def check(sources: Path | None) -> int:
    """Print a line per file, and every fault with file and line; 1 if there is any."""
    folder = config_folder()
    checks: list[tuple[Path, Callable[[Path], str]]] = [
        (
            sources or folder / "sources.yml",
            lambda path: f"{len(load_sources(path).sources)} outlets",
        ),
        (folder / "themes.yml", lambda path: f"{len(load_themes(path).themes)} themes"),
        (folder / "entities.yml", _entities),
        (
            folder / "thresholds.yml",
            lambda path: f"{len(load_thresholds(path).model_fields_set)} limits",
        ),
        (folder / "alerts.yml", _alerts),
    ]
    if (folder / "retention.yml").exists():
        checks.append((folder / "retention.yml", _retention))
    console = Console(highlight=False, soft_wrap=True)
    faults = 0
    for path, read in checks:
        try:
            console.print(Text.assemble(("ok    ", "green"), f"{path}: {read(path)}"))
        except (ConfigError, KnowledgeBaseError) as error:
            faults += 1
            for line in str(error).splitlines():
                console.print(Text.assemble(("fault ", "red"), line))
    return 1 if faults else 0


def _alerts(path: Path) -> str:
    settings = load_alerts(path)
    by = f"sent by {' and '.join(settings.channels)}" if settings.channels else "none is sent"
    due = settings.deadline
    return f"alerts: {by}; an edition is due by {due.time} {due.timezone}"


def _entities(path: Path) -> str:
    entities = load_entities(path)
    base = named_base(entities, Home.from_environment(), verify=True)
    return f"{len(entities.entities)} entities" + (f", and those of {base.path}" if base else "")


def _retention(path: Path) -> str:
    rule = load_retention(path).publications
    return (
        f"{rule.daily} daily, {rule.weekly} weekly, {rule.monthly} monthly publications "
        f"under {rule.max_gigabytes:g} GB"
    )
