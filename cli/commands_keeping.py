"""The words and options of the commands that bring back, save and take down."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import By, EntitiesFile, SourcesFile, ThemesFile

app = typer.Typer()


@app.command()
def rollback(
    publication: Annotated[str, typer.Argument(help="The publication to go back to.")],
    why: Annotated[str, typer.Option(help="The reason, for whoever reads of it later.")],
    by: Annotated[
        str | None, typer.Option(help="Who decides; your login name if left out.")
    ] = None,
) -> None:
    """Publish older content again, under a new id, and hold what came after it."""
    from cli.publications import rollback as go_back

    raise typer.Exit(go_back(publication, why, by))


@app.command()
def replay(
    editions: Annotated[
        list[str] | None, typer.Argument(metavar="EDITION…", help="Days such as 2026-10-16.")
    ] = None,
    *,
    first: Annotated[
        str | None, typer.Option("--from", help="Every edition from this day …")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="… to this one.")] = None,
    themes: ThemesFile = None,
    entities: EntitiesFile = None,
    sources: SourcesFile = None,
    publish: Annotated[
        bool, typer.Option("--publish", help="Publish what passes the gate, without asking.")
    ] = False,
    why: Annotated[str | None, typer.Option(help="The reason, for whoever reads it later.")] = None,
    by: By = None,
    limit: Annotated[int, typer.Option(min=0, help="Samples of each kind and table.")] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="The differences, JSON lines.")] = False,
) -> None:
    """Rebuild editions from the archive, show what would change, publish it if wanted."""
    from cli.replay import Wish
    from cli.replay import replay as rebuild

    files = {"sources": sources, "themes": themes, "entities": entities}
    wish = Wish(
        editions=tuple(editions or ()),
        first=first,
        last=last,
        files={name: str(file) if file else None for name, file in files.items()},
        publish=publish,
        why=why,
        by=by,
    )
    raise typer.Exit(rebuild(wish, limit, as_json=as_json))


@app.command()
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


@app.command()
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


@app.command()
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
