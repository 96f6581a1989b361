"""The room of the prove tests: two editions published, the third to come."""

from collections.abc import Iterator

import pytest

from tests.prove.room import Room, opened


@pytest.fixture(scope="package")
def room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """The environment names the room for the tests of this folder alone."""
    with opened(tmp_path_factory.mktemp("room")) as made:
        yield made
