"""`broadsheet backup` and `restore`: saving a home to another folder, and bringing it back."""

from pathlib import Path

from rich.console import Console

from core.home import Home
from warehouse.backup import CONFIG, back_up
from warehouse.backup_store import opened
from warehouse.backup_store import verify as read_all
from warehouse.restore import restore as bring_back


def backup(folder: Path, keep: int, home: Home | None = None) -> int:
    """Make a backup and say what it came to; 0.

    Raises:
        BackupError: it could not be made; the backups before it stand.
    """
    home = home or Home.from_environment()
    made = back_up(home, folder, keep=keep)
    _console().print(
        f"{home.root} is backed up as {made.name} in {folder}: {made.files:,} files "
        f"({made.size / 1e6:,.1f} MB), {made.copied:,} of them copied "
        f"({made.copied_size / 1e6:,.1f} MB)."
    )
    return 0


def verify(folder: Path) -> int:
    """Read every file of every backup in `folder`; 0 if all are whole.

    Raises:
        BackupError: some are not; each is named on the way.
    """
    console = _console()
    with opened(folder) as store:
        files, size = read_all(store, lambda path: console.print(f"damaged: {path}"))
        count = len(store.names())
    console.print(f"{count} backups, {files:,} files ({size / 1e6:,.1f} MB): all are whole.")
    return 0


def restore(folder: Path, into: Path | None, name: str | None) -> int:
    """Bring a backup back into an empty home and say what it holds; 0.

    Raises:
        BackupError: the home is not empty, or the backup is missing or damaged.
    """
    home = Home(into.resolve()) if into else Home.from_environment()
    manifest = bring_back(folder, home, name)
    console = _console()
    console.print(f"{home.root} is what it was in the backup {manifest.name} of {folder}.")
    console.print(
        f"Published there: {Path(manifest.current).stem}."
        if manifest.current
        else "Nothing was published there yet."
    )
    console.print(
        f"The configuration of that time is in {home.root / CONFIG}; compare it with yours, "
        "or name it in BROADSHEET_CONFIG."
    )
    return 0


def _console() -> Console:
    return Console(highlight=False, soft_wrap=True)
