"""`broadsheet replay` asks before it publishes, where somebody is there to answer."""

import io

import pytest

from cli import replay


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("typed", "differing", "wanted"),
    [("y\n", 3, True), ("n\n", 3, False), ("\n", 3, False), ("y\n", 0, False)],
)
def test_a_person_is_asked_whether_to_publish(
    typed: str, differing: int, wanted: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = Terminal()
    monkeypatch.setattr("sys.stdin", Terminal(typed))
    monkeypatch.setattr("sys.stdout", screen)
    assert replay._is_wanted(differing) is wanted
    assert ("Publish this? [y/N]" in screen.getvalue()) is (differing > 0)


def test_nobody_is_asked_where_nobody_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    assert replay._is_wanted(3) is False
