"""The words and options of the commands that save, restore and take down."""

import sys
from pathlib import Path
from typing import Annotated

import typer


def backup(
    folder: Annotated[Path, typer.Argument(help="Where backups lie: not the home's own disk.")],
    keep: Annotated[int, typer.Option(min=1, help="How many backups stay there.")] = 7,
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make none: read every file of those there.")
    ] = False,
) -> None:
    """Save what cannot be had again, and the publications; only what changed is copied."""
    from cli.backup import backup as make_backup
    from cli.backup import verify as read_all

    raise typer.Exit(read_all(folder) if verify else make_backup(folder, keep))


def restore(
    folder: Annotated[Path, typer.Argument(help="Where backups lie.")],
    into: Annotated[
        Path | None, typer.Option(help="An empty folder; $BROADSHEET_HOME by default.")
    ] = None,
    name: Annotated[
        str | None, typer.Option("--backup", help="An older one; the newest by default.")
    ] = None,
) -> None:
    """Bring a backup back into an empty home; every file's checksum is proved."""
    from cli.backup import restore as bring_back

    raise typer.Exit(bring_back(folder, into, name))


def forget(
    url: Annotated[str, typer.Argument(help="Any URL of the article.")],
    reason: Annotated[str, typer.Option(help="Why, for those who read it later.")],
    by: Annotated[str | None, typer.Option(help="Who decides; your login name by default.")] = None,
    backup: Annotated[
        list[Path] | None, typer.Option(help="A backup folder to erase it from, too.")
    ] = None,
    *,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would touch.")
    ] = False,
) -> None:
    """Erase an article's text everywhere, and never collect it again."""
    from cli.forget import forget as take_down

    raise typer.Exit(take_down(url, reason, by, backup or [], sys.stdout, dry_run=dry_run))
