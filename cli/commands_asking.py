"""The words and options of the commands that ask what is published."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.options import EntitiesFile, OutputOption, Publication, ThemesFile

app = typer.Typer()


@app.command()
def explain(
    target: Annotated[
        str, typer.Argument(metavar="ARTICLE_ID|URL|FILE", help="What is to be explained.")
    ],
    *,
    publication: Publication = None,
    html: Annotated[Path | None, typer.Option(help="Write one HTML page there instead.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON an article.")] = False,
    themes: ThemesFile = None,
    entities: EntitiesFile = None,
) -> None:
    """Why an article counts as it does: its text with every mark, rule, score, link and date."""
    from cli.explain import explain as explain_article

    status = explain_article(
        target,
        sys.stdout,
        publication_id=publication,
        html=html,
        as_json=as_json,
        themes=themes,
        entities=entities,
    )
    raise typer.Exit(status)


@app.command()
def sql(
    query: Annotated[
        str | None, typer.Argument(help="Statements to run, or a .sql file of them.")
    ] = None,
    *,
    publication: Publication = None,
    output: Annotated[
        Literal["table", "csv", "json", "jsonl", "parquet"] | None,
        typer.Option(
            "--format", help="How rows are written; what the name of --out tells, or a table."
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="A file instead of standard output.")] = None,
) -> None:
    """Ask the published warehouse, read-only; without a query a prompt."""
    from cli.sql import sql as ask

    raise typer.Exit(ask(query, publication, output, out=out))


@app.command()
def search(
    phrase: Annotated[str, typer.Argument(help="Words; * ends the beginning of a word.")],
    *,
    outlet: Annotated[str | None, typer.Option(help="Only of this outlet (its id).")] = None,
    theme: Annotated[str | None, typer.Option(help="Only about it, or a theme below it.")] = None,
    entity: Annotated[str | None, typer.Option(help="Only naming it, or what it owns.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"])] = None,
    limit: Annotated[int, typer.Option(min=1, help="Sentences, the newest first.")] = 50,
    publication: Publication = None,
    output: OutputOption = "table",
) -> None:
    """The sentences that hold a phrase, each with its article; 1 if there is none."""
    from cli.search import Narrowed
    from cli.search import search as find

    days = (since.date() if since else None, until.date() if until else None)
    narrowed = Narrowed(outlet, theme, entity, *days)
    raise typer.Exit(find(phrase, narrowed, most=limit, publication_id=publication, output=output))


@app.command()
def export(
    query: Annotated[str, typer.Argument(help="A SELECT, or a .sql file with one.")],
    out: Annotated[
        Path | None, typer.Option(help="The file: .csv, .parquet or .xlsx; else standard output.")
    ] = None,
    file_format: Annotated[
        Literal["csv", "parquet", "xlsx"] | None,
        typer.Option("--format", help="Another format than the file's name tells."),
    ] = None,
    quoting: Annotated[
        str | None,
        typer.Option(help="Of texts that may not leave, quote sentences with these words first."),
    ] = None,
    publication: Publication = None,
) -> None:
    """The rows of a query as a file, with the publication's id and whom to credit."""
    from cli.export import export as write

    rows, withheld = write(
        query, out, file_format=file_format, phrase=quoting, publication_id=publication
    )
    typer.echo(f"{out or 'export'}: {rows} {'row' if rows == 1 else 'rows'}", err=out is None)
    if withheld:
        outlets = ", ".join(withheld)
        typer.echo(
            f"without the texts of {outlets}, and at most three sentences of an article there: "
            "may_export_text in sources.yml is false",
            err=out is None,
        )


@app.command()
def publications(output: OutputOption = "table") -> None:
    """What was published when, by which run, with which verdict, and what is still kept."""
    from cli.publications import publications as show

    raise typer.Exit(show(output))


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A publication's id.")],
    after: Annotated[str, typer.Argument(help="Another's.")],
    *,
    table: Annotated[list[str] | None, typer.Option(help="Only this table.")] = None,
    limit: Annotated[int, typer.Option(min=0, help="Samples of each kind and table.")] = 5,
    texts: Annotated[
        bool, typer.Option("--texts", help="Compare texts letter by letter, not by their hash.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="A line of JSON a table.")] = False,
) -> None:
    """Facts added, removed and changed from one publication to another, by table."""
    from cli.publications import diff as compare

    raise typer.Exit(compare(before, after, table or [], limit, texts=texts, as_json=as_json))
