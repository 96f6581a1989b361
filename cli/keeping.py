"""The words and options of the commands that save, restore and take down: `backup`, `restore`."""

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
