"""The templates of the pages inside Airflow's UI: no charts, so no chart library is loaded."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"


def render(template: str, **values: Any) -> str:
    """The page of a template; every value is escaped."""
    return _environment().get_template(template).render(**values)


def words(identifier: str) -> str:
    """An identifier as people write it."""
    return identifier.replace("_", " ")


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["words"] = words
    return made
