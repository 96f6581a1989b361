"""Takes an article down: finds what is known of it, and erases it from a home or a backup.

The order lets a killed command be given again: the tombstone first, so that nothing brings the
article back meanwhile; the seals and landings last, since its words are known from them.
"""

import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

import polars as pl

from core.decisions import append_decision, read_decisions
from core.erasure import Target, erased_file
from core.errors import HomeError
from core.files import exclusive_lock, fsync_folder
from core.home import Home
from core.identity import article_id_of_url
from ingest import urls as spelling
from ingest.archives import RECORD_SCHEME
from ingest.erase import erase_pages
from ingest.warc import whole_members
from warehouse.backup_store import Entry, Store, opened
from warehouse.database import remove_database, writer_lock
from warehouse.erase import erase_publication, holds_article, wordings
from warehouse.publications import set_aside_log

_UNTOUCHED = {"decisions", "kb", "locks"}
_LAST = {"sealed": 1, "landing": 2}  # order of erasing; all else is 0
_ERASING = ".erasing"
_PID_DIGITS = 7  # Linux counts to 4,194,304; more digits are a hash
type Tell = Callable[[str], object]
type Files = Iterable[tuple[PurePosixPath, Path]]


@dataclass(frozen=True)
class Article:
    """An article as the landings know it: `urls` with the canonical one first.

    `edition` is the first that landed it, None if none did; `alike` are (outlet, URL) of articles
    with nearly the same text, which are not touched.
    """

    article_ids: frozenset[str]
    urls: tuple[str, ...]
    edition: date | None
    alike: tuple[tuple[str, str], ...]


# What is known of it ----------------------------------------------------------------------


def find(home: Home, given: str) -> Article:
    """What the landings, seals and tombstones say of the article that has the URL `given`.

    Raises:
        HomeError: it is no URL of a page.
    """
    spelled = _spelled(given)
    stones = [one for one in read_decisions(home) if one.decision == "takedown"]
    known = [one for one in stones if set(one.urls) & set(spelled)]
    pairs = _landed(home, "article_url", ["article_id", "url"])
    ids = set(pairs.filter(pl.col("url").is_in(spelled))["article_id"])
    ids |= {one.article_id for one in known if one.article_id}
    ids = ids or {article_id_of_url(spelled[-1])}
    articles = _landed(home, "article", ["article_id", "source_id", "url", "fetched_url"])
    own = articles.filter(pl.col("article_id").is_in(ids))
    urls = dict.fromkeys(own["url"])
    urls |= dict.fromkeys([*spelled, *(url for one in known for url in one.urls)])
    urls |= dict.fromkeys(pairs.filter(pl.col("article_id").is_in(ids))["url"])
    urls |= dict.fromkeys(own["fetched_url"])
    shown = _landed(home, "discovered", ["url", "found_url"])
    urls |= dict.fromkeys(shown.filter(pl.col("url").is_in(list(urls)))["found_url"])
    return Article(
        frozenset(ids),
        tuple(url for url in urls if url),
        min(own["edition"], default=None),
        _alike(home, ids, articles),
    )


def _spelled(given: str) -> list[str]:
    if given.startswith(RECORD_SCHEME):
        return [given]
    try:
        return [given, spelling.canonical_url(given)]
    except spelling.UrlRefusedError as error:
        raise HomeError(f"'{given}' is no URL of an article ({error}); give one whole.") from error


def _landed(home: Home, table: str, columns: list[str]) -> pl.DataFrame:
    """Rows of a table in every landing and seal, with the `edition`."""
    frames = [
        pl.read_parquet(file, columns=columns).with_columns(
            edition=pl.lit(date.fromisoformat(file.parents[2].name))
        )
        for root in ("landing", "sealed")
        for file in sorted((home.root / root).glob(f"????-??-??/*/{table}/*.parquet"))
    ]
    empty = pl.DataFrame(schema={**dict.fromkeys(columns, pl.String), "edition": pl.Date})
    return pl.concat([empty, *frames]).unique(maintain_order=True)


def _alike(home: Home, ids: set[str], articles: pl.DataFrame) -> tuple[tuple[str, str], ...]:
    pairs = _landed(home, "near_duplicate", ["article_id_a", "article_id_b"])
    first, second = pl.col("article_id_a"), pl.col("article_id_b")
    ours = pairs.filter(first.is_in(ids) | second.is_in(ids))
    others = {*ours["article_id_a"], *ours["article_id_b"]} - ids
    found = articles.filter(pl.col("article_id").is_in(others)).select("source_id", "url")
    return tuple(sorted(set(found.rows())))


def _target(article: Article, files: Files) -> Target:
    """The article with its wordings, as landings, seals and publications among `files` have them.

    Of a publication only what it has is asked, of a landing only the table `article`.
    """
    told: set[tuple[str, str, str]] = set()
    named: list[pl.DataFrame] = []
    for path, file in files:
        if path.parts[0] in _LAST and path.parent.name == "article":
            rows = pl.read_parquet(file, columns=["article_id", "version_id", "title", "text"])
            own = rows.filter(pl.col("article_id").is_in(article.article_ids))
            told.update(own.select("version_id", "title", "text").rows())
        elif path.parts[0] in _LAST and path.parent.name == "mention":
            rows = pl.read_parquet(file, columns=["article_id", "entity_id", "surface"])
            named.append(rows.filter(pl.col("entity_id").str.starts_with("local:")).unique())
        elif path.parts[0] == "publications" and path.suffix == ".duckdb":
            told.update(wordings(file, article.article_ids))
    texts = frozenset(text for _, title, body in told for text in (title, body) if text)
    versions = frozenset(version for version, _, _ in told)
    names = _own_names(pl.concat(named).unique(), article) if named else frozenset[str]()
    return Target(article.article_ids, versions, frozenset(article.urls), texts, names)


def _own_names(mentions: pl.DataFrame, article: Article) -> frozenset[str]:
    """The names that only this article mentions."""
    own = pl.col("article_id").is_in(article.article_ids)
    others = mentions.filter(~own)["entity_id"].implode()
    return frozenset(mentions.filter(own, ~pl.col("entity_id").is_in(others))["surface"])


def bury(home: Home, article: Article, by: str, why: str) -> None:
    """Leave a tombstone of every id that has none yet, or none with all of its URLs."""
    stones = [one for one in read_decisions(home) if one.decision == "takedown"]
    there = {one.article_id for one in stones if set(article.urls) <= set(one.urls)}
    day = article.edition or datetime.now(UTC).date()
    for article_id in sorted(one for one in article.article_ids if one not in there):
        append_decision(
            home, "takedown", day, "", by, why, article_id=article_id, urls=article.urls
        )


# A home -----------------------------------------------------------------------------------


def places(home: Home, article: Article) -> Iterator[str]:
    """The files that `erase_home` would change or remove; nothing is changed."""
    target = _target(article, _files(home))
    aside = home.root / f".taking-down{_ERASING}"
    try:
        for path, file in _files(home):
            if _is_gone(path, target) or _erased(path, file, aside, target, is_trial=True):
                yield str(path)
    finally:
        aside.unlink(missing_ok=True)


def erase_home(home: Home, article: Article, tell: Tell) -> int:
    """Erase the article from every file of the home; returns how many were changed.

    Waits for a collection or publication that is under way. A candidate that holds the article
    is removed: its run has to be built again.

    Raises:
        HomeError: a file is damaged, or the disk refused; the same command goes on.
    """
    changed = 0
    with ExitStack() as stack:
        for lock in sorted({f"{_source_of(one)}.source" for one in _warcs(home)}):
            stack.enter_context(exclusive_lock(home.locks / lock))
        stack.enter_context(writer_lock(home))
        _remove_leftovers(home)
        for publication in home.publications.glob("p*.duckdb"):
            set_aside_log(publication)
        target = _target(article, _files(home))
        for gone in _remove_unpublished(home, target):
            tell(gone)
            changed += 1
        for path, file in _files(home):
            if _is_gone(path, target):
                file.unlink()
            elif not _replace(path, file, target):
                continue
            tell(str(path))
            changed += 1
    return changed


def _files(home: Home) -> list[tuple[PurePosixPath, Path]]:
    """Every file that may hold words, those last from which the words are known."""
    paths = (path for path in home.root.rglob("*") if path.is_file() and not path.is_symlink())
    found = [(PurePosixPath(path.relative_to(home.root)), path) for path in paths]
    found = [one for one in found if one[0].parts[0] not in _UNTOUCHED and _is_whole(one[1])]
    return sorted(found, key=lambda one: (_LAST.get(one[0].parts[0], 0), one[0]))


def _is_whole(file: Path) -> bool:
    """Whether nobody is still writing it, or it is an archive that a killed look left."""
    return not file.name.startswith(".") or file.name.endswith(".warc.gz.tmp")


def _warcs(home: Home) -> Iterator[Path]:
    yield from home.archive_root.rglob("*.warc.gz")
    yield from home.archive_root.rglob(".*.warc.gz.tmp")


def _source_of(warc: Path) -> str:
    return warc.name.lstrip(".").partition(".")[0]


def _is_gone(path: PurePosixPath, target: Target) -> bool:
    """Whether the whole file is about the article."""
    return path.parent.name == "explain" and path.stem in target.article_ids


def _erased(
    path: PurePosixPath, file: Path, out: Path, target: Target, *, is_trial: bool = False
) -> bool:
    """Write to `out` the file without the article; whether it held anything of it."""
    try:
        if path.name.endswith((".warc.gz", ".warc.gz.tmp")):
            return erase_pages(file, out, target.urls)
        if path.suffix == ".duckdb":
            is_public = path.parts[0] == "publications"
            if is_trial or not is_public:
                return holds_article(file, target)
            return erase_publication(file, out, target)
        content = erased_file(path, file.read_bytes(), target)
    except (pl.exceptions.PolarsError, ValueError) as error:
        raise HomeError(
            f"{file} is damaged ({str(error).splitlines()[0]}); bring it back from a backup or "
            "remove it, then give the same command again."
        ) from error
    if content is not None:
        out.write_bytes(content)
    return content is not None


def _replace(path: PurePosixPath, file: Path, target: Target) -> bool:
    """Put the file without the article in its place, with its mode and time."""
    out = file.with_name(f".{file.name}{_ERASING}")
    if not file.exists():  # a run that goes on removed it
        return False
    stat = file.stat()
    if file.name.endswith(".warc.gz.tmp"):  # what a killed writer got to; it goes on from there
        os.truncate(file, whole_members(file))
    try:
        if not _erased(path, file, out, target):
            return False
        with out.open("rb") as written:
            os.fsync(written.fileno())
        out.chmod(stat.st_mode & 0o777)
        os.utime(out, ns=(stat.st_atime_ns, stat.st_mtime_ns))
        out.replace(file)
        fsync_folder(file.parent)
    except OSError as error:
        raise HomeError(
            f"{file} could not be written: {error.strerror or error}; free or grant space there, "
            "then give the same command again."
        ) from error
    finally:
        out.unlink(missing_ok=True)
    return True


def _remove_leftovers(home: Home) -> None:
    """Remove what killed writers left under temporary names; the locks say that nobody writes."""
    for path in sorted(home.root.rglob(".*"), reverse=True):
        is_ours = _ERASING in path.name
        if not is_ours and (path.suffix != ".tmp" or ".warc.gz." in path.name or _is_alive(path)):
            continue
        if path.name.endswith(".ledger.jsonl.tmp"):
            continue
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _is_alive(path: Path) -> bool:
    """Whether the process that names a temporary file still runs."""
    number = path.stem.rpartition(".")[2]
    if not number.isdigit() or len(number) > _PID_DIGITS:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return int(number) != os.getpid()


def _remove_unpublished(home: Home, target: Target) -> Iterator[str]:
    """Remove databases that no gate has let out: candidates with the article, logs set aside."""
    databases = [*home.root.glob("work/*/*.duckdb"), *home.root.glob("work/*/frontier/*.sqlite")]
    for path in sorted(databases):
        if path.suffix == ".sqlite" or holds_article(path, target):
            remove_database(path)
            yield str(path.relative_to(home.root))
    for path in (*home.root.glob("work/*/spill"), home.publications / "set_aside"):
        if path.is_dir():
            shutil.rmtree(path)
            yield str(path.relative_to(home.root))


# A backup ---------------------------------------------------------------------------------


def erase_backup(folder: Path, article: Article, tell: Tell) -> int:
    """Erase the article from every backup in `folder`; returns how many contents were changed.

    Raises:
        BackupError: it is no backup folder, or a manifest is damaged.
        HomeError: a file of it is damaged.
    """
    with opened(folder) as store:
        manifests = [store.read(name) for name in store.names()]
        entries = {(one.path, one.sha256): one for made in manifests for one in made.entries}
        files = sorted(
            ((PurePosixPath(one.path), store.object(one.sha256)) for one in entries.values()),
            key=lambda one: _LAST.get(one[0].parts[0], 0),
        )
        files = [(path, file) for path, file in files if path.parts[0] not in _UNTOUCHED]
        target = _target(article, files)
        new = {
            (str(path), file.name): changed
            for path, file in files
            if (changed := _erased_entry(store, entries[str(path), file.name], target, tell))
        }
        for made in manifests:
            kept = [new.get((one.path, one.sha256), one) for one in made.entries]
            kept = [one for one in kept if not _is_gone(PurePosixPath(one.path), target)]
            if kept != list(made.entries):
                store.write(replace(made, entries=tuple(kept)))
        store.prune()
    return len(new)


def _erased_entry(store: Store, entry: Entry, target: Target, tell: Tell) -> Entry | None:
    """The entry with the content that it has without the article; None if it holds nothing."""
    out = store.root / _ERASING
    path, file = PurePosixPath(entry.path), store.object(entry.sha256)
    try:
        if _is_gone(path, target) or not _erased(path, file, out, target):
            return None
        with out.open("rb") as content:
            sha256, size, _ = store.add(content)
    finally:
        with suppress(FileNotFoundError):
            out.unlink()
    tell(f"{entry.path} in {store.root}")
    return replace(entry, sha256=sha256, size=size, inode=0)
