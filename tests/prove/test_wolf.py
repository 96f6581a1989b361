"""No crying wolf: a seeded part of the editions of `python -m tests.prove.wolf`."""

import pytest

from tests.prove.wolf import prove


@pytest.mark.parametrize("seed", [7])
def test_healthy_editions_pass(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROADSHEET_HOME", "")
    monkeypatch.setenv("BROADSHEET_CONFIG", "")
    landed, _ = prove(10, seed, marts=0)
    assert landed.judged == 10
    assert landed.stopped == []
