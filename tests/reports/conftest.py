"""A paper newsroom whose second edition corrects and takes down what the first brief cited."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pytest

from core.home import Home
from reports.brief import write_brief
from tests.dbt.newsroom import Article, Edition, write_config
from tests.dbt.runs import publish_editions

VOICE = Article(
    "voice",
    "gazette",
    "Studio used a voice clone of Jane Doe",
    (
        "Amazon used a voice clone in nine scenes of the film.",
        "Jane Doe had not agreed to it.",
        "MGM said that it had asked her agent <twice>.",
    ),
    datetime(2026, 10, 14, 9, 30),
)
UNION = Article(
    "union", "courier", "A union vote", ("Meta faces a union vote.",), datetime(2026, 10, 14, 10)
)
STRIKE = Article(
    "strike", "gazette", "A strike", ("A union vote is near.",), datetime(2026, 10, 14, 11)
)
FIRST = Edition(date(2026, 10, 15), (VOICE, UNION, STRIKE))
CORRECTED = replace(
    VOICE,
    title="Studio used a voice clone of an actor",
    body=(
        "Amazon used a voice clone in two scenes of the film.",
        *VOICE.body[1:],
        "Correction: an earlier text spoke of nine scenes.",
    ),
)
REWORDED = replace(STRIKE, body=("A union vote is over.",))
NEWS = Article(
    "news", "gazette", "Another union vote", ("Amazon next.",), datetime(2026, 10, 15, 9)
)
SECOND = Edition(
    date(2026, 10, 16),
    (CORRECTED, REWORDED, NEWS),
    failed=(("courier", "a"), ("courier", "b")),
    sources=("gazette", "courier"),
    removals=((UNION, True),),
    unwell=("courier",),
)


@dataclass(frozen=True)
class Briefs:
    """The home, and the briefs of its two editions in their order."""

    home: Home
    first: Path
    second: Path


@pytest.fixture(scope="package")
def briefs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Briefs]:
    folder = tmp_path_factory.mktemp("briefs")
    home = Home(folder / "home")
    home.root.mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("BROADSHEET_HOME", str(home.root))
        patch.setenv("BROADSHEET_CONFIG", str(write_config(folder / "config")))
        one = publish_editions(home, "first", FIRST)
        first = write_brief(one.stem, FIRST.day.isoformat(), home)
        two = publish_editions(home, "second", SECOND)
        second = write_brief(two.stem, SECOND.day.isoformat(), home)
        yield Briefs(home, first, second)
