"""The words and options of the commands that try outlets, themes and names."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.options import SourcesFile, ThemesFile

sources_app = typer.Typer(help="Outlets and where their articles are found.")
themes_app = typer.Typer(help="The taxonomy: try it, and set its thresholds.")
kb_app = typer.Typer(help="A larger knowledge base of names, made from Wikidata.")


@sources_app.command("test")
def sources_test(
    url: Annotated[str, typer.Argument(help="A feed, sitemap or page, or a configured id.")],
    sources: SourcesFile = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="Pages to fetch.")] = 10,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines.")] = False,
) -> None:
    """Try one source and print what would happen, item by item; nothing is kept."""
    from cli.sources import examine

    raise typer.Exit(examine(url, sources, limit, sys.stdout, as_json=as_json))


@themes_app.command("check")
def themes_check(themes: ThemesFile = None) -> None:
    """Classify the examples and counterexamples of every theme; 1 if one comes out wrong."""
    from cli.themes import check as check_examples

    raise typer.Exit(check_examples(themes, sys.stdout))


@themes_app.command("calibrate")
def themes_calibrate(
    labels: Annotated[
        Path, typer.Option(help='Labelled articles, {"id","title","text","themes"} a line.')
    ],
    themes: ThemesFile = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Leave the file as it is.")] = False,
) -> None:
    """Set every theme's threshold from labelled articles; tells precision and recall."""
    from cli.themes import set_thresholds

    raise typer.Exit(set_thresholds(labels, themes, sys.stdout, dry_run=dry_run))


@kb_app.command("build")
def kb_build(
    dump: Annotated[Path, typer.Argument(help="A JSON dump or entity export; .gz, .bz2 or plain.")],
    out: Annotated[
        Path | None, typer.Option(help="The file to write, else in $BROADSHEET_HOME/kb/.")
    ] = None,
    classes: Annotated[
        Path | None, typer.Option(help="Another wikidata-classes.yml than config's.")
    ] = None,
    languages: Annotated[
        str, typer.Option(help="Whose labels and aliases are kept; the first label is the name.")
    ] = "en,mul",
    min_sitelinks: Annotated[
        int, typer.Option(min=0, help="Leave out entities with fewer links to wikis.")
    ] = 1,
) -> None:
    """Keep the names, types, owners and popularity of the entities of a Wikidata dump."""
    from cli.kb import build_file, languages_of
    from ingest.wikidata_build import Choice

    choice = Choice(languages_of(languages), min_sitelinks)
    raise typer.Exit(build_file(dump, out, classes, choice))


@kb_app.command("show")
def kb_show(
    name: Annotated[str, typer.Argument(help="A name as an article writes it.")],
    kb: Annotated[
        Path | None, typer.Option("--kb", help="A file, else the one that entities.yml names.")
    ] = None,
) -> None:
    """List what a name may mean, the best known first."""
    from cli.kb import show

    raise typer.Exit(show(name, kb, sys.stdout))
