"""`broadsheet forget`: takes an article down, or says what that would touch."""

from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from rich.console import Console

from cli.deciding import DecisionError, signed
from cli.taking_down import Article, bury, erase_backup, erase_home, find, places
from core.home import Home


def forget(
    url: str,
    reason: str,
    by: str | None,
    backups: Sequence[Path],
    out: TextIO,
    *,
    dry_run: bool,
    home: Home | None = None,
) -> int:
    """Erase the article with this URL from the home and the named backups; 0.

    With `dry_run` only say which files hold anything of it.

    Raises:
        DecisionError: no reason is given.
        HomeError: it is no URL, or a file is damaged or cannot be written.
        BackupError: a named folder is no backup.
    """
    home = home or Home.from_environment()
    if not reason.strip():
        raise DecisionError("taking an article down needs a reason that others can read: --reason.")
    name, why = signed(by, reason)
    console = Console(file=out, highlight=False, soft_wrap=True)
    article = find(home, url)
    _describe(console, article)
    if dry_run:
        found = list(places(home, article))
        for path in found:
            console.print(f"would be erased from {path}", markup=False)
        console.print(f"{len(found)} files hold something of it. Nothing was changed.")
        return 0
    bury(home, article, name, why)

    def tell(path: str) -> None:
        console.print(f"erased from {path}", markup=False)

    # The backups first: their files may be known by words that only the home's landings have.
    changed = sum(erase_backup(folder, article, tell) for folder in backups)
    changed += erase_home(home, article, tell)
    console.print(
        f"{changed} files were changed. It is never collected again; the next edition counts "
        "without it and lists the decision in its brief."
    )
    if not backups:
        console.print("Backups still hold it: name them with --backup DIR.")
    return 0


def _describe(console: Console, article: Article) -> None:
    console.print(f"The article {', '.join(sorted(article.article_ids))} is known by:")
    for one in article.urls:
        console.print(f"    {one}", markup=False)
    if article.edition is None:
        console.print("No edition landed it.")
    if article.alike:
        console.print("Nearly the same text, not touched, for you to decide:")
        for outlet, url in article.alike:
            console.print(f"    {outlet}  {url}", markup=False)
