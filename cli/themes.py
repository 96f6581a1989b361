"""`broadsheet themes`: try a taxonomy's examples, and set its thresholds from labelled articles."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from cli.enrich import language_of
from cli.json_lines import InputError, numbered_documents
from cli.theme_file import write_accuracies, write_thresholds
from core.accuracy import LEAST_POSITIVES
from core.config import config_folder, load_themes
from core.config_model import Place
from core.taxonomy import Accuracy, Theme, Themes
from core.yaml_files import line_of
from enrich.document import Document
from enrich.theme_calibration import Calibrated, Interval, calibrate
from enrich.themes import Parts, Taxonomy


class _Row(NamedTuple):
    theme: Theme
    calibrated: Calibrated


def check(themes: Path | None, out: TextIO) -> int:
    """Classify every theme's examples and counterexamples; 1 if one does not come out so.

    Raises:
        ConfigError: the taxonomy is wrong.
    """
    path = themes or config_folder() / "themes.yml"
    configured = load_themes(path)
    taxonomy = Taxonomy(configured)
    console = Console(file=out, highlight=False, soft_wrap=True)
    tried = wrong = 0
    for place, theme, text in _examples(configured):
        tried += 1
        fault = _fault(taxonomy, theme, text, is_example="examples" in place)
        if fault:
            wrong += 1
            line = line_of(path, place)
            console.print(Text.assemble(("fault ", "red"), f"{path}:{line}: {fault}"))
    console.print(f"{tried} examples and counterexamples of {path}, {wrong} not as they should be.")
    return 1 if wrong else 0


def _examples(themes: Themes) -> Iterator[tuple[Place, Theme, str]]:
    """The examples and counterexamples of the active themes, each with its place in the file."""
    for number, theme in enumerate(themes.themes):
        if theme.retired_in_edition is None:
            for kind, texts in (
                ("examples", theme.examples),
                ("counterexamples", theme.counterexamples),
            ):
                for place, text in enumerate(texts):
                    yield ("themes", number, kind, place), theme, text


def _fault(taxonomy: Taxonomy, theme: Theme, text: str, *, is_example: bool) -> str | None:
    """What is wrong with how this text comes out, or None."""
    document = Document("", "en", *_title_and_text(text))
    found = {one.theme_id for one in taxonomy.classify(document)}
    if (theme.id in found) == is_example:
        return None
    parts = taxonomy.scores(document).get(theme.id)
    score = f"score {parts.total if parts else 0:.2f}, threshold {theme.threshold:g}"
    if is_example:
        others = f"; found: {', '.join(sorted(found))}" if found else ""
        return f"an example of '{theme.id}' is not found ({score}{others})."
    rules = sorted({one.rule_id for one in parts.evidence}) if parts else []
    return (
        f"a counterexample of '{theme.id}' is found ({score}; by {', '.join(rules) or 'nearness'})."
    )


def _title_and_text(example: str) -> tuple[str, str]:
    """The first line is the title where more lines follow."""
    title, newline, text = example.strip().partition("\n")
    return (title, text.strip()) if newline else ("", title)


def set_thresholds(labels: Path, themes: Path | None, out: TextIO, *, dry_run: bool) -> int:
    """Set each theme's threshold from `{"id", "title", "text", "themes": [id, …]}` a line.

    Prints threshold, precision and recall (five-fold cross-validated) a theme, and writes them
    into the taxonomy unless `dry_run`; the accuracy only of themes with enough labelled articles.
    Then tells which of the taxonomy's examples the new thresholds fail. Returns 0.

    Raises:
        ConfigError: the taxonomy is wrong, or written so that a threshold cannot be put in.
        InputError: a line is not such a document, has no text or the id of an earlier one, or
            names a theme that is not there.
    """
    path = themes or config_folder() / "themes.yml"
    configured = load_themes(path)
    rows = calibrated_themes(configured, *_labelled(labels, configured))
    Console(file=out).print(_table(rows))
    if not dry_run:
        chosen = {
            row.theme.id: row.calibrated.threshold
            for row in rows
            if row.calibrated.threshold is not None
        }
        accuracies = {row.theme.id: _accuracy(row.calibrated) for row in rows}
        write_thresholds(path, chosen)
        write_accuracies(path, accuracies)
        out.write(
            f"{len(chosen)} thresholds and {sum(map(bool, accuracies.values()))} accuracies "
            f"written to {path}; an accuracy needs {LEAST_POSITIVES} articles of the theme.\n"
        )
        check(path, out)
    return 0


def _accuracy(calibrated: Calibrated) -> Accuracy | None:
    precision, recall = calibrated.precision, calibrated.recall
    if calibrated.positives < LEAST_POSITIVES or precision is None or recall is None:
        return None
    return Accuracy(
        precision=precision.value,
        recall=recall.value,
        positives=calibrated.positives,
        articles=calibrated.articles,
    )


def calibrated_themes(
    themes: Themes, documents: Sequence[Document], labels: Sequence[set[str]]
) -> list[_Row]:
    """Every active theme with its threshold and accuracy on these documents."""
    taxonomy = Taxonomy(themes)
    scored = [taxonomy.scores(document) for document in documents]
    return [
        _Row(
            theme,
            calibrate(
                np.array([_total(parts.get(theme.id)) for parts in scored]),
                np.array([theme.id in one for one in labels], dtype=np.bool_),
                theme.threshold,
            ),
        )
        for theme in themes.themes
        if theme.retired_in_edition is None
    ]


def _total(parts: Parts | None) -> float:
    return parts.total if parts else 0.0


def _labelled(path: Path, themes: Themes) -> tuple[list[Document], list[set[str]]]:
    known = {theme.id for theme in themes.themes}
    try:
        with path.open(encoding="utf-8") as lines:
            numbered = list(numbered_documents(lines, str(path)))
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.") from error
    if not numbered:
        raise InputError(f'{path} has no articles; write {{"id","title","text","themes"}} a line.')
    _refuse_unusable(numbered, path)
    records = [record for _, record in numbered]
    labels = [_labels_of(record, known, path) for record in records]
    documents = [
        Document(str(place), language_of(record), record["title"], record["text"])
        for place, record in enumerate(records)
    ]
    return documents, labels


def _refuse_unusable(numbered: Sequence[tuple[int, dict[str, Any]]], path: Path) -> None:
    """Raise InputError at an article without a text, or with the id of an earlier one."""
    line_of_id: dict[str, int] = {}
    for number, record in numbered:
        if not record["text"].strip():
            raise InputError(f"line {number} on {path}: article {record['id']} has no 'text'.")
        first = line_of_id.setdefault(str(record["id"]), number)
        if first != number:
            raise InputError(
                f"{path}: article {record['id']} stands on line {first} and on line {number}; "
                "leave one, or its labels would count twice."
            )


def _labels_of(record: dict[str, Any], known: set[str], path: Path) -> set[str]:
    given = record.get("themes")
    if not isinstance(given, list) or not all(isinstance(one, str) for one in given):
        raise InputError(f"{path}: article {record['id']}: 'themes' must be a list of theme ids.")
    unknown = sorted(set(given) - known)
    if unknown:
        raise InputError(
            f"{path}: article {record['id']} has the theme '{unknown[0]}', which is not in the "
            f"taxonomy: {', '.join(sorted(known))}."
        )
    return set(given)


def _table(rows: list[_Row]) -> Table:
    table = Table(title="Thresholds, with cross-validated precision and recall (95 % interval)")
    for name in ("theme", "articles", "threshold", "was", "precision", "recall"):
        table.add_column(name, justify="left" if name == "theme" else "right")
    for theme, calibrated in rows:
        threshold = calibrated.threshold
        table.add_row(
            theme.id,
            str(calibrated.positives),
            "kept: too few or no signal" if threshold is None else f"{threshold:.2f}",
            f"{theme.threshold:g}",
            _shown(calibrated.precision),
            _shown(calibrated.recall),
        )
    return table


def _shown(interval: Interval | None) -> str:
    if interval is None:
        return "unmeasured"
    return f"{interval.value:.2f} ({interval.low:.2f}–{interval.high:.2f})"
