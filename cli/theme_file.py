"""Put measured thresholds and accuracies into a taxonomy, every other character left as it is."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from core.accuracy import fingerprint
from core.config import load_themes
from core.errors import ConfigError
from core.files import write_bytes
from core.taxonomy import Accuracy, Themes
from core.yaml_files import load_model

_LEAST = 0.01


def write_thresholds(path: Path, thresholds: Mapping[str, float]) -> None:
    """Set the threshold of these themes; shown with two decimals, never 0.

    Raises:
        ConfigError: a theme is not written as a block of lines.
    """
    values = {theme: f"{max(value, _LEAST):.2f}" for theme, value in thresholds.items()}
    _write(path, "threshold", values)


def write_accuracies(path: Path, accuracies: Mapping[str, Accuracy | None]) -> None:
    """Set the accuracy of these themes as they stand in the file; None takes it away.

    Raises:
        ConfigError: a theme is not written as a block of lines.
    """
    themes = load_model(path, Themes)
    rules = {theme.id: fingerprint(themes, theme) for theme in themes.themes}
    values = {
        theme: None
        if one is None
        else f"{{precision: {one.precision:.3f}, recall: {one.recall:.3f}, "
        f'positives: {one.positives}, articles: {one.articles}, rules: "{rules[theme]}"}}'
        for theme, one in accuracies.items()
    }
    _write(path, "accuracy", values)


def _write(path: Path, key: str, values: Mapping[str, str | None]) -> None:
    path = path.resolve()  # a link stays one
    lines = path.read_bytes().decode().split("\n")  # "\r\n" stays, too
    root = yaml.compose("\n".join(lines), Loader=yaml.SafeLoader)
    for node in reversed(_value(root, "themes").value):  # so that earlier lines stay in place
        theme_id = _value(node, "id").value
        if theme_id not in values or (values[theme_id] is None and not _has(node, key)):
            continue
        if node.flow_style:
            raise ConfigError(
                f"{path}:{node.start_mark.line + 1}: write the theme '{theme_id}' as a block, one "
                f"key a line, so that its {key} can be set."
            )
        _put(lines, node, key, values[theme_id])
    write_bytes(path, "\n".join(lines).encode())
    load_themes.cache_clear()
    load_model(path, Themes)


def _put(lines: list[str], node: Any, key: str, value: str | None) -> None:
    """Replace, add (below the name) or take away one line of a theme."""
    if not _has(node, key):
        indent = " " * node.start_mark.column
        above = _value(node, "name").end_mark.line
        ending = "\r" if lines[above].endswith("\r") else ""
        lines.insert(above + 1, f"{indent}{key}: {value}{ending}")
        return
    start, end = _value(node, key).start_mark, _value(node, key).end_mark
    before, after = lines[start.line][: start.column], lines[end.line][end.column :]
    lines[start.line : end.line + 1] = [] if value is None else [before + value + after]


def _has(node: Any, key: str) -> bool:
    return any(name.value == key for name, _ in node.value)


def _value(node: Any, key: str) -> Any:
    return next(value for name, value in node.value if name.value == key)
