"""The `broadsheet` command: its words and options; what they do lies in the module each names.

Every command ends with 0 when it did what was asked, 1 when it could not (one sentence on
stderr says why and what to do), 2 when its words are wrong.
"""

import io
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from cli.keeping import backup, forget, restore
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

sources_app = typer.Typer(help="Outlets and where their articles are found.")
app.add_typer(sources_app, name="sources", no_args_is_help=True)

themes_app = typer.Typer(help="The taxonomy: try it, and set its thresholds.")
app.add_typer(themes_app, name="themes", no_args_is_help=True)

quarantine_app = typer.Typer(help="Articles that the gate keeps out of their edition.")
app.add_typer(quarantine_app, name="quarantine", no_args_is_help=True)

gate_app = typer.Typer(help="What the gate said of an edition, and deciding about it.")
app.add_typer(gate_app, name="gate", no_args_is_help=True)

kb_app = typer.Typer(help="A larger knowledge base of names, made from Wikidata.")
app.add_typer(kb_app, name="kb", no_args_is_help=True)

for command in (backup, restore, forget):
    app.command()(command)

alerts_app = typer.Typer(help="Who is told when an edition is refused, late or incomplete.")
app.add_typer(alerts_app, name="alerts", no_args_is_help=True)

SourcesFile = Annotated[Path | None, typer.Option(help="Another sources.yml than config's.")]
ThemesFile = Annotated[Path | None, typer.Option(help="Another themes.yml than config's.")]
EntitiesFile = Annotated[Path | None, typer.Option(help="Another entities.yml than config's.")]
EditionDay = Annotated[str, typer.Argument(help="A day such as 2026-10-16.")]
CaseId = Annotated[str, typer.Argument(help="Its id, or how that begins.")]
Why = Annotated[str, typer.Option(help="The reason, for those who read it later.")]
By = Annotated[str | None, typer.Option(help="Who decides; your login name by default.")]
Publication = Annotated[
    str | None, typer.Option(help="What was known then: an older publication's id.")
]
JsonLines = Annotated[bool, typer.Option("--json", help="JSON lines.")]
OutputOption = Annotated[
    Literal["table", "csv", "jsonl"], typer.Option("--format", help="How rows are printed.")
]


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
    query: Annotated[str | None, typer.Argument(help="Statements to run.")] = None,
    publication: Publication = None,
    output: OutputOption = "table",
) -> None:
    """Ask the published warehouse, read-only; without a query a prompt."""
    from cli.sql import sql as ask

    raise typer.Exit(ask(query, publication, output))


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
    out: Annotated[Path, typer.Option(help="The file: .csv, .parquet or .xlsx.")],
    file_format: Annotated[
        Literal["csv", "parquet", "xlsx"] | None,
        typer.Option("--format", help="Another format than the file's name tells."),
    ] = None,
    publication: Publication = None,
) -> None:
    """The rows of a query as a file, with the publication's id and whom to credit."""
    from cli.export import export as write

    rows, withheld = write(query, out, file_format=file_format, publication_id=publication)
    typer.echo(f"{out}: {rows} {'row' if rows == 1 else 'rows'}")
    if withheld:
        outlets = ", ".join(withheld)
        typer.echo(f"without the texts of {outlets}: may_export_text in sources.yml is false")


@app.command()
def publications(output: OutputOption = "table") -> None:
    """What was published when, by which run, with which verdict, and what is still kept."""
    from cli.publications import publications as show

    raise typer.Exit(show(output))


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


@quarantine_app.command("list")
def quarantine_list(
    edition: Annotated[str | None, typer.Option(help="A day such as 2026-10-16.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Those decided about, too.")] = False,
    as_json: JsonLines = False,
) -> None:
    """The articles kept out, each with the reason."""
    from cli.quarantine import list_cases

    raise typer.Exit(list_cases(edition, sys.stdout, every=every, as_json=as_json))


@quarantine_app.command("show")
def quarantine_show(case: CaseId, as_json: JsonLines = False) -> None:
    """One of them with the whole row that landed."""
    from cli.quarantine import show_case

    raise typer.Exit(show_case(case, sys.stdout, as_json=as_json))


@quarantine_app.command("release")
def quarantine_release(cases: list[str], why: Why, by: By = None) -> None:
    """Take articles in as they are; tells the command that does it."""
    from cli.quarantine import decide

    raise typer.Exit(decide("release", cases, why, by, sys.stdout))


@quarantine_app.command("discard")
def quarantine_discard(cases: list[str], why: Why, by: By = None) -> None:
    """Leave articles out for good: they are no open case any more."""
    from cli.quarantine import decide

    raise typer.Exit(decide("discard", cases, why, by, sys.stdout))


@gate_app.command("explain")
def gate_explain(
    edition: EditionDay,
    run_id: Annotated[str | None, typer.Option("--run", help="Another run than the last.")] = None,
    as_json: JsonLines = False,
) -> None:
    """What failed in an edition, why that matters, how it stands now and what to do."""
    from cli.gate import explain

    raise typer.Exit(explain(edition, run_id, sys.stdout, as_json=as_json))


@gate_app.command("override")
def gate_override(edition: EditionDay, why: Why, by: By = None) -> None:
    """Let what the gate holds pass with exactly the failures it was refused for."""
    from cli.gate import override

    raise typer.Exit(override(edition, why, by, sys.stdout))


@gate_app.command("hold")
def gate_hold(edition: EditionDay, why: Why, by: By = None) -> None:
    """Keep an edition out of the next publications until a person releases it."""
    from cli.gate import hold

    raise typer.Exit(hold(edition, why, by, sys.stdout))


@gate_app.command("release")
def gate_release(edition: EditionDay, why: Why, by: By = None) -> None:
    """Lift a hold that a person put on an edition."""
    from cli.gate import release

    raise typer.Exit(release(edition, why, by, sys.stdout))


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


@alerts_app.command("test")
def alerts_test() -> None:
    """Send a test message through each channel of alerts.yml and say what happened."""
    from cli.alerts import try_channels

    raise typer.Exit(try_channels(sys.stdout))


@alerts_app.command("deadline")
def alerts_deadline() -> None:
    """Is the edition that is due published? If not, send the alert and end with 1 (for a timer)."""
    from cli.alerts import deadline

    raise typer.Exit(deadline(sys.stdout))


@app.command()
def check(sources: SourcesFile = None) -> None:
    """Check the configuration: every fault with file and line."""
    from cli.check import check as check_configuration

    raise typer.Exit(check_configuration(sources))


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
