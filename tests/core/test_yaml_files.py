"""A YAML file as a model: a fault is told where it was written."""

from pathlib import Path

import pytest
from pydantic import BaseModel

from core.errors import ConfigError
from core.yaml_files import load_model

MERGED = """\
one: &one
  first: 1
  second: 2
two:
  <<: *one
  first: {first}
"""


class Pair(BaseModel):
    """One of two mappings of which the second takes over the first."""

    first: int
    second: int


class Pairs(BaseModel):
    """The whole file."""

    one: Pair
    two: Pair


def test_a_mapping_takes_over_what_it_does_not_say_itself(tmp_path: Path) -> None:
    file = tmp_path / "pairs.yml"
    file.write_text(MERGED.format(first=3))
    assert load_model(file, Pairs).two == Pair(first=3, second=2)


def test_a_fault_beside_a_merge_is_told_at_its_own_line(tmp_path: Path) -> None:
    file = tmp_path / "pairs.yml"
    file.write_text(MERGED.format(first="many"))
    with pytest.raises(ConfigError, match=r"pairs\.yml:6: 'two\.first': .*valid integer"):
        load_model(file, Pairs)
