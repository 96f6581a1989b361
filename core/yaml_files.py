"""YAML read into a pydantic model, every fault told with its file and line."""

from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ValidationError

from core.errors import ConfigError

_DEEPEST = 50
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def load_model[ModelT: BaseModel](path: Path, model: type[ModelT]) -> ModelT:
    """Read `path` and check it as `model`.

    Raises:
        ConfigError: the file is missing, not YAML, repeats a key, or does not fit the model;
            the text has one line per fault, each `file:line: what`.
    """
    node = _compose(path)
    if node is None:
        raise ConfigError(f"{path} is empty; see config/ for an example.")
    _refuse_repeated_keys(path, node)
    try:
        return model.model_validate(_LOADER("").construct_document(node))
    except ValidationError as error:
        # Read again: what is merged into a mapping (`<<`) stood in front of its own keys now.
        raise ConfigError("\n".join(_faults(path, _compose(path) or node, error))) from error
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        what = getattr(error, "problem", None) or error
        if isinstance(error, RecursionError):
            what = "it is nested too deeply"
        raise ConfigError(f"{where}: a value cannot be read: {what}; correct it.") from error


def line_of(path: Path, location: tuple[int | str, ...]) -> int:
    """The 1-based line of the value at `location` (keys and indexes) in the YAML file."""
    node = _compose(path)
    return 1 if node is None else _line(node, location)


def _compose(path: Path) -> yaml.Node | None:
    content = b""
    try:
        content = path.read_bytes()
        node: yaml.Node | None = yaml.compose(content, Loader=_LOADER)
    except FileNotFoundError as error:
        raise ConfigError(f"{path} does not exist; give the path of a YAML file.") from error
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}.") from error
    except (yaml.reader.ReaderError, UnicodeDecodeError) as error:
        place = error.start if isinstance(error, UnicodeDecodeError) else error.position
        raise ConfigError(
            f"{path}:{content.count(b'\n', 0, place) + 1}: no UTF-8 text, or a control character "
            "in it; correct that and save the file as UTF-8."
        ) from error
    except RecursionError as error:
        raise ConfigError(f"{path}: nested too deeply; undo that.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark else str(path)
        what = getattr(error, "problem", None) or str(error)
        raise ConfigError(f"{where}: not valid YAML: {what}.") from error
    return node


def _refuse_repeated_keys(path: Path, node: yaml.Node, depth: int = 0) -> None:
    if depth > _DEEPEST:
        raise ConfigError(f"{path}: nested too deeply, or an alias that holds itself; undo that.")
    if isinstance(node, yaml.MappingNode):
        seen: set[str] = set()
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                line = key.start_mark.line + 1
                raise ConfigError(f"{path}:{line}: a key must be a plain word.")
            if key.value in seen:
                line = key.start_mark.line + 1
                raise ConfigError(f"{path}:{line}: the key '{key.value}' stands here twice.")
            seen.add(key.value)
            _refuse_repeated_keys(path, value, depth + 1)
    elif isinstance(node, yaml.SequenceNode):
        for value in node.value:
            _refuse_repeated_keys(path, value, depth + 1)


def _line(node: yaml.Node, location: tuple[int | str, ...]) -> int:
    line: int = node.start_mark.line
    for step in location:
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            found = next(((k, v) for k, v in node.value if k.value == str(step)), None)
            if found is None:
                continue  # a tag of a union, or a key that is missing: the parent's line serves
            line, node = found[0].start_mark.line, found[1]
            continue
        line = node.start_mark.line
    return line + 1


def _faults(path: Path, node: yaml.Node, error: ValidationError) -> list[str]:
    faults = []
    for fault in error.errors():
        # A fault between entries says itself where below the model it is.
        place = getattr(fault.get("ctx", {}).get("error"), "place", ())
        location = _written(node, (*fault["loc"], *place), is_missing=fault["type"] == "missing")
        faults.append(f"{path}:{_line(node, location)}: {_sentence(fault, location)}")
    return faults


def _written(
    node: yaml.Node, location: tuple[int | str, ...], *, is_missing: bool
) -> tuple[int | str, ...]:
    """The location without pydantic's own steps, which stand nowhere in the file."""
    steps: list[int | str] = []
    for number, step in enumerate(location):
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
            node = node.value[step]
        elif isinstance(node, yaml.MappingNode):
            found = next((value for key, value in node.value if key.value == str(step)), None)
            if found is None:
                if is_missing and number == len(location) - 1:
                    steps.append(step)
                continue
            node = found
        else:
            continue
        steps.append(step)
    return tuple(steps)


def _sentence(fault: Any, location: tuple[int | str, ...]) -> str:
    where = ".".join(str(step) for step in location) or "the file"
    if fault["type"] == "extra_forbidden":
        return f"'{where}' is not a known key; remove it or correct its spelling."
    if fault["type"] == "model_type":  # pydantic would name our class
        return f"'{where}': keys with values belong here (key: value)."
    message = fault["msg"].removeprefix("Value error, ")
    return f"'{where}': {message}."
