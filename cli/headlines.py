"""The headline numbers of a publication, read from its file, read-only."""

from datetime import date

from rich.console import Console
from rich.table import Table

from core.home import Home
from warehouse.publications import open_read_only

_COUNTS = {
    "new articles": "select count(*) from broadsheet.marts.dim_article"
    " where first_seen_edition = $edition",
    "stories they tell": "select count(distinct story_id) from broadsheet.marts.dim_article"
    " where first_seen_edition = $edition",
    "themes with evidence": "select count(distinct e.theme_id)"
    " from broadsheet.marts.fct_theme_evidence as e"
    " join broadsheet.marts.dim_article as a using (article_id)"
    " where a.first_seen_edition = $edition",
    "entities named": "select count(distinct m.entity_id)"
    " from broadsheet.marts.fct_entity_mention as m"
    " join broadsheet.marts.dim_article as a using (article_id)"
    " where a.first_seen_edition = $edition",
}
_DISPOSITIONS = (
    "select status, count(*) from broadsheet.quality.fct_disposition"
    " where edition = $edition group by status order by count(*) desc, status"
)


def headlines(home: Home, publication_id: str, edition: date) -> dict[str, int]:
    """What the edition brought, by name; dispositions as `URLs: <status>`."""
    with open_read_only(home, publication_id) as connection:
        counts = {
            name: int(connection.execute(query, {"edition": edition}).fetchall()[0][0])
            for name, query in _COUNTS.items()
        }
        ends = connection.execute(_DISPOSITIONS, {"edition": edition}).fetchall()
    return {**counts, **{f"URLs {status}": int(number) for status, number in ends}}


def print_headlines(console: Console, home: Home, publication_id: str, edition: date) -> None:
    """The numbers, the brief's path, and how to ask the warehouse."""
    console.print(f"\nEdition {edition}, publication {publication_id}", soft_wrap=True)
    table = Table(show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, number in headlines(home, publication_id, edition).items():
        table.add_row(name, f"{number:,}")
    console.print(table)
    console.print(f"The brief: {home.report(edition) / 'brief.html'}", soft_wrap=True)
    console.print("Ask it in SQL: make sql", soft_wrap=True)
