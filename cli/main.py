"""The `broadsheet` command: its words and options; what they do lies in the module each names.

Every command ends with 0 when it did what was asked, 1 when it could not (one sentence on
stderr says why and what to do), 2 when its words are wrong.
"""

import io
import sys
from pathlib import Path
from typing import Annotated

import typer

from cli import commands_asking, commands_keeping
from cli.commands_configuring import kb_app, sources_app, themes_app
from cli.commands_deciding import alerts_app, gate_app, quarantine_app
from cli.options import EntitiesFile, SourcesFile, ThemesFile
from core.errors import BroadsheetError
from core.files import disk_told
from core.home import Home

app = typer.Typer(
    name="broadsheet",
    help="A news warehouse that a small team owns.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def run(
    edition: Annotated[str | None, typer.Option(help="A day such as 2026-10-16.")] = None,
    sources: SourcesFile = None,
) -> None:
    """Run one edition through Airflow, with progress; ends with the path of the brief."""
    from cli.run import run as run_edition

    raise typer.Exit(run_edition(edition, sources))


@app.command()
def up(sources: SourcesFile = None) -> None:
    """Start Airflow with its UI on 127.0.0.1:8080 and the daily schedule."""
    from cli.up import up as start

    raise typer.Exit(start(sources))


@app.command()
def down() -> None:
    """Stop what `up` started."""
    from cli.up import down as stop

    raise typer.Exit(stop())


@app.command(
    add_help_option=False,
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
)
def airflow(words: typer.Context) -> None:
    """Airflow's own command line for this home: `broadsheet airflow backfill create --help`."""
    from cli.airflow_command import airflow as become_airflow

    become_airflow(words.args)


@app.command()
def check(sources: SourcesFile = None) -> None:
    """Check the configuration: every fault with file and line."""
    from cli.check import check as check_configuration

    raise typer.Exit(check_configuration(sources))


@app.command()
def extract(
    file: Annotated[Path | None, typer.Argument(help="One saved page (with --url).")] = None,
    url: Annotated[str | None, typer.Option(help="The URL of that page.")] = None,
) -> None:
    """Pages in ({"id","url","html"} a line on stdin), articles out, a line of JSON each."""
    from cli.extract import extract_file, extract_lines

    if file is None and url is None:
        extract_lines(sys.stdin, sys.stdout)
    elif file is None or url is None:
        raise typer.BadParameter("one page needs both its FILE and --url")
    else:
        raise typer.Exit(extract_file(file, url, sys.stdout))


@app.command()
def feed(files: list[Path]) -> None:
    """The items of saved feeds and sitemaps, a line of JSON each."""
    from cli.feed import list_feeds

    raise typer.Exit(1 if list_feeds(files, sys.stdout, sys.stderr) else 0)


@app.command()
def enrich(themes: ThemesFile = None, entities: EntitiesFile = None) -> None:
    """Documents in ({"id","title","text"} a line on stdin), entities and themes out."""
    from cli.enrich import enrich as enrich_documents

    raise typer.Exit(enrich_documents(themes, entities, sys.stdin, sys.stdout))


@app.command()
def cluster() -> None:
    """Documents in ({"id","text","title","published_at"}), syndication and story ids out."""
    from cli.cluster import cluster as cluster_documents

    raise typer.Exit(cluster_documents(sys.stdin, sys.stdout))


for group in (commands_asking, commands_keeping):
    app.add_typer(group.app)
for name, group_app in (
    ("sources", sources_app),
    ("themes", themes_app),
    ("kb", kb_app),
    ("quarantine", quarantine_app),
    ("gate", gate_app),
    ("alerts", alerts_app),
):
    app.add_typer(group_app, name=name, no_args_is_help=True)


def main() -> None:
    """The console script: a known problem is one sentence, never a traceback."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a lone surrogate stays a JSON escape
    try:
        with disk_told(Home.from_environment().root):
            app()
    except BroadsheetError as error:
        typer.echo(f"broadsheet: {error}", err=True)
        raise SystemExit(1) from None
    except BrokenPipeError:
        # The reader of a pipe (`| head`) went away; nothing more to say to it.
        sys.stderr.close()
        raise SystemExit(0) from None


if __name__ == "__main__":
    main()
