"""Options that several commands of `broadsheet` have, each with its one meaning."""

from pathlib import Path
from typing import Annotated, Literal

import typer

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
    Literal["table", "csv", "json", "jsonl"], typer.Option("--format", help="How rows are printed.")
]
