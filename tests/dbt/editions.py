"""Editions of the newsroom on paper: three days of everything, and many days of the same."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta

from tests.dbt.newsroom import Article, Edition


def three_editions() -> tuple[Edition, Edition, Edition]:
    """Three days on which everything happens that may depend on the order of loading.

    Day 2 prints a text of day 1 again; day 3 has a text near both of day 1's and a second one of
    day 2, so that two texts become one, and whose story is that of day 2; an article is changed
    and corrected within one edition; one loses its only mention; one is undated, and that one is
    seen twice; a name is spelt in another way more often later; one text is cut; two articles are
    gone, of which one comes back.
    """
    days = [datetime(2026, 10, day, 9, 30) for day in (14, 15, 16)]
    voice = Article(
        "voice",
        "gazette",
        "Amazon and a voice clone",
        ("MGM dropped the film.", "A voice clone was the reason.", "Jane Doe left."),
        days[0],
    )
    copy = Article("voice-copy", "ledger", voice.title, (*voice.body, "More soon."), days[1])
    union = Article("union", "courier", "A union vote", ("Meta faces a union vote.",), days[0])
    vote = Article(
        "vote", "ledger", "Workers hold a union vote", ("JANE DOE spoke at MGM.",), days[1]
    )
    joins = Article("joins", "courier", "Vote and voice", ("JANE DOE on a union vote.",), days[2])
    leak_first = Article("leak", "gazette", "Meta leak", ("Meta lost data.",), days[0])
    leak_between = replace(leak_first, body=("Meta lost much data.",), hours_before=20)
    leak_later = Article(
        "leak", "gazette", "Leak", ("Data were lost. Correction: not by them.",), days[0]
    )
    undated = Article("undated", "ledger", "Undated", ("Rio Roe had a union vote.",), None, "none")
    monthly = Article("month", "courier", "Last month", ("Meta again.",), days[0], "month")
    cut = Article("cut", "gazette", "Half", ("A union vote",), days[2], is_truncated=True)
    return (
        Edition(date(2026, 10, 15), (voice, union, leak_first, undated), failed=(("ledger", "x"),)),
        Edition(
            date(2026, 10, 16),
            (copy, vote, monthly, undated),
            ((voice, copy),),
            ((copy, voice, date(2026, 10, 15), 0.9),),
            feed_status={"courier": "unreachable"},
            removals=((union, True),),
        ),
        Edition(
            date(2026, 10, 17),
            (joins, leak_later, leak_between, cut),
            ((joins, union), (joins, vote)),
            (
                (joins, union, date(2026, 10, 15), 0.6),
                (joins, vote, date(2026, 10, 16), 0.7),
                (cut, leak_first, date(2026, 10, 15), 0.4),
            ),
            sources=("gazette", "courier"),
            removals=((union, False), (vote, True)),
        ),
    )


def steady_editions(count: int, first_day: date) -> list[Edition]:
    """`count` editions of one `labour` article by the gazette each, two on every fifth day."""
    editions = []
    for index in range(count):
        day = first_day + timedelta(days=index)
        articles = tuple(
            Article(
                f"{day}-{number}",
                "gazette",
                f"A union vote {day} {number}",
                ("Yes.",),
                datetime.combine(day, time(9, 0)),
            )
            for number in range(2 if index % 5 == 4 else 1)
        )
        editions.append(Edition(day + timedelta(days=1), articles))
    return editions
