"""Where the labelled data lie."""

import gzip
import json
from pathlib import Path
from typing import Any

from core.config import PROJECT_ROOT

CORPUS = PROJECT_ROOT.parent / "shared" / "corpus"


def read_truth(folder: str) -> dict[str, dict[str, Any]]:
    """`truth.json` of a folder of the corpus."""
    truth: dict[str, dict[str, Any]] = json.loads((CORPUS / folder / "truth.json").read_bytes())
    return truth


def read_html(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes())
