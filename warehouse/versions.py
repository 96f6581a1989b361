"""With what a publication was made: versions of code and configuration."""

import hashlib
from functools import cache

from core.config import PROJECT_ROOT
from core.plan import Run

_CODE = (
    "core",
    "ingest",
    "enrich",
    "warehouse",
    "dbt_project/models",
    "dbt_project/macros",
    "expectations",
)
_SUFFIXES = {".py", ".sql", ".yml"}


@cache
def code_version() -> str:
    """12 hex of the SHA-256 over the source files that make a publication."""
    digest = hashlib.sha256()
    files = [file for folder in _CODE for file in (PROJECT_ROOT / folder).rglob("*")]
    for file in sorted(file for file in files if file.suffix in _SUFFIXES):
        digest.update(str(file.relative_to(PROJECT_ROOT)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def config_hash(run: Run) -> str:
    """16 hex over the outlets, themes and entities of a run; the limits of the gate are not in."""
    digest = hashlib.sha256()
    for outlet in run.sources.sources:
        digest.update(outlet.model_dump_json().encode())
    digest.update(run.themes.model_dump_json().encode())
    digest.update(run.entities.model_dump_json().encode())
    return digest.hexdigest()[:16]
