"""Explanations of published articles: rows of one publication, read for many articles at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

import duckdb

from core.errors import PublishError
from core.explanation import (
    About,
    Copy,
    Dated,
    Evidence,
    Explanation,
    Mention,
    Story,
    ThemeAccount,
    ThemeReader,
    Wording,
)
from reports.lists import Row, grouped, query

_SAME = 1e-4


def read_explanations(
    connection: duckdb.DuckDBPyConnection,
    publication_id: str,
    article_ids: Sequence[str],
    reader: ThemeReader | None = None,
) -> dict[str, Explanation]:
    """What `publication_id` says of each of these articles that it has, by id.

    `reader` is today's taxonomy: it tells what the scores are made of and what nearly was.

    Raises:
        PublishError: the publication was made by a version that had no such tables.
    """
    try:
        found = _read(connection, publication_id, list(article_ids))
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        lack = str(error).splitlines()[0]
        raise PublishError(
            f"publication {publication_id} cannot be explained, for an earlier version of "
            f"Broadsheet made it ({lack}); run an edition with this one, then ask again."
        ) from error
    return {one.article_id: recounted(one, reader) if reader else one for one in found}


def recounted(explanation: Explanation, reader: ThemeReader) -> Explanation:
    """The explanation with what today's taxonomy adds; a note where it says something else."""
    text = explanation.text
    today = (
        reader.read(explanation.title, text, explanation.language)
        if explanation.analysis_level != "none"
        else []
    )
    agreed = {one.theme_id: one for one in today if one.is_reached}
    published = {one.theme_id for one in explanation.themes}
    return replace(
        explanation,
        themes=tuple(_with_parts(one, agreed.get(one.theme_id)) for one in explanation.themes),
        nearly=tuple(one for one in today if not one.is_reached and one.theme_id not in published),
        notes=(*explanation.notes, *_differences(explanation, reader, agreed)),
    )


def _with_parts(published: ThemeAccount, today: ThemeAccount | None) -> ThemeAccount:
    """With the parts of the score, where they still add up to it."""
    same = today is not None and abs(today.score - published.score) < _SAME
    return replace(published, parts=today.parts) if today and same else published


def _differences(
    explanation: Explanation, reader: ThemeReader, today: dict[str, ThemeAccount]
) -> list[str]:
    then, now = explanation.taxonomy_version, reader.taxonomy_version
    if then != now:
        return [
            f"Its themes were found by taxonomy {then}; what nearly was is told by today's, {now}."
        ]
    published = {one.theme_id: one.score for one in explanation.themes}
    changed = [
        theme_id
        for theme_id in sorted({*published, *today})
        if theme_id not in published
        or theme_id not in today
        or abs(published[theme_id] - today[theme_id].score) >= _SAME
    ]
    if not changed:
        return []
    note = (
        f"Today's rules, also of taxonomy {now}, give another score for {', '.join(changed)}: they "
        "or the code changed since. What is told here is what was published."
    )
    return [note]


def _read(
    connection: duckdb.DuckDBPyConnection, publication_id: str, article_ids: list[str]
) -> list[Explanation]:
    these: Row = {"article_ids": article_ids}

    def by_article(name: str, key: str = "article_id") -> dict[str, list[Row]]:
        return grouped(key, query(connection, f"explain_{name}", these))

    articles = query(connection, "explain_article", these)
    mentions, dates, wordings = (by_article(one) for one in ("mentions", "dates", "wordings"))
    themes, evidence = by_article("themes"), by_article("evidence")
    duplicates = by_article("duplicates", "of_article_id")
    stories = _stories(connection, sorted({row["story_id"] for row in articles}))
    return [
        Explanation(
            **_of(Explanation, row),
            mentions=tuple(Mention(**_of(Mention, one)) for one in mentions[row["article_id"]]),
            themes=_themes(themes[row["article_id"]], evidence[row["article_id"]]),
            notes=tuple(_notes(row, wordings[row["article_id"]])),
            about=About(**{**_of(About, row), "authors": tuple(row["authors"] or ())}),
            dates=tuple(Dated(**_of(Dated, one)) for one in dates[row["article_id"]]),
            duplicates=tuple(Copy(**_of(Copy, one)) for one in duplicates[row["article_id"]]),
            story=stories.get(row["story_id"]),
            wordings=tuple(Wording(**_of(Wording, one)) for one in wordings[row["article_id"]]),
            publication_id=publication_id,
        )
        for row in articles
    ]


def _of(kind: Any, row: Row) -> Row:
    """The columns of `row` that `kind` has."""
    names = {one.name for one in fields(kind)}
    return {name: value for name, value in row.items() if name in names}


def _themes(themes: list[Row], evidence: list[Row]) -> tuple[ThemeAccount, ...]:
    spoken = grouped("theme_id", evidence)
    return tuple(
        ThemeAccount(
            **_of(ThemeAccount, row),
            is_reached=True,
            evidence=tuple(Evidence(**_of(Evidence, one)) for one in spoken[row["theme_id"]]),
        )
        for row in themes
    )


def _stories(connection: duckdb.DuckDBPyConnection, story_ids: list[str]) -> dict[str, Story]:
    these: Row = {"story_ids": story_ids}
    members: dict[str, list[Copy]] = defaultdict(list)
    for row in query(connection, "explain_members", these):
        members[row["story_id"]].append(Copy(**_of(Copy, row)))
    return {
        row["story_id"]: Story(**row, members=tuple(members[row["story_id"]]))
        for row in query(connection, "explain_stories", these)
    }


def _notes(article: Row, wordings: list[Row]) -> list[str]:
    """What a reader must know before anything else; each one sentence."""
    notes = []
    if article["removed_at"]:
        notes.append(
            f"The outlet took it down (seen {article['removed_at']:%Y-%m-%d %H:%M} UTC); "
            "this is its last wording, and its facts stand."
        )
    seen = [row for row in wordings if row["change"] != "removed"]
    corrections = [row for row in seen if row["change"] == "correction"]
    if corrections:
        moment = max(row["seen_at"] for row in corrections)
        notes.append(
            f"It was corrected (seen {moment:%Y-%m-%d %H:%M} UTC); {len(seen)} wordings were seen, "
            "and this explains the current one."
        )
    elif len(seen) > 1:
        notes.append(
            f"Its words changed without a notice; {len(seen)} wordings were seen, and this "
            "explains the current one."
        )
    if article["is_truncated"]:
        notes.append("The page gave only the beginning of the text.")
    if article["analysis_level"] == "gazetteer_only":
        notes.append("No model reads its language: only names of the gazetteer were looked for.")
    return notes
