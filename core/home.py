"""Where everything lies under `$BROADSHEET_HOME`: one class, one property or method per path."""

import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from core.errors import HomeError

ENVIRONMENT_VARIABLE = "BROADSHEET_HOME"


@dataclass(frozen=True)
class Home:
    """The data folder of one Broadsheet; makes no folder by being named."""

    root: Path

    @classmethod
    def from_environment(cls) -> "Home":
        """The home named by `$BROADSHEET_HOME`, `./data` where it is not set."""
        return cls(Path(os.environ.get(ENVIRONMENT_VARIABLE) or "data").resolve())

    def require_writable(self) -> "Home":
        """Make the folder if it is missing and prove that it takes a file.

        Raises:
            HomeError: the folder cannot be made or written; the sentence says which and why.
        """
        probe = self.root / f".write-probe-{os.getpid()}"
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            with probe.open("wb") as file:
                file.write(b"\0" * 4096)
                os.fsync(file.fileno())
        except OSError as error:
            raise HomeError(
                f"{self.root} ({ENVIRONMENT_VARIABLE}) cannot be written: {error.strerror}; "
                f"name a folder that you may write, with enough room, in {ENVIRONMENT_VARIABLE}."
            ) from error
        finally:
            with suppress(OSError):
                probe.unlink()
        return self

    @property
    def airflow(self) -> Path:
        return self.root / "airflow"

    @property
    def decisions(self) -> Path:
        return self.root / "decisions"

    @property
    def publications(self) -> Path:
        return self.root / "publications"

    @property
    def warehouse(self) -> Path:
        """The symlink that names the current publication; may not exist yet."""
        return self.root / "warehouse.duckdb"

    @property
    def quality(self) -> Path:
        """Data Docs, and the verdict files that no publication holds yet."""
        return self.root / "quality"

    @property
    def state(self) -> Path:
        return self.root / "state"

    @property
    def enrich_cache(self) -> Path:
        return self.root / "enrich_cache"

    @property
    def kb(self) -> Path:
        """Knowledge bases made from dumps."""
        return self.root / "kb"

    @property
    def writer_lock(self) -> Path:
        """The file whose flock a process holds while it writes a candidate or a publication."""
        return self.root / "writer.lock"

    @property
    def run_lock(self) -> Path:
        return self.root / "run.lock"

    @property
    def locks(self) -> Path:
        """Files whose flock a process holds while it asks a host."""
        return self.root / "locks"

    @property
    def archive_root(self) -> Path:
        return self.root / "archive"

    def archive_editions(self) -> list[Path]:
        """The folders of the archive that are named after an edition, in order."""
        return sorted(path for path in self.archive_root.glob("????-??-??") if path.is_dir())

    def archive(self, edition: date | str, collect_id: str) -> Path:
        return self.archive_root / str(edition) / collect_id

    @property
    def landing_root(self) -> Path:
        return self.root / "landing"

    def landing(self, edition: date, collect_id: str) -> Path:
        return self.landing_root / edition.isoformat() / collect_id

    def work(self, run_id: str) -> Path:
        return self.root / "work" / run_id

    def candidate(self, run_id: str) -> Path:
        return self.work(run_id) / "candidate.duckdb"

    def scratch(self, run_id: str) -> Path:
        return self.work(run_id) / "scratch.duckdb"

    def publication(self, publication_id: str) -> Path:
        return self.publications / f"{publication_id}.duckdb"

    @property
    def reports(self) -> Path:
        """A folder an edition, and the index of them all."""
        return self.root / "reports"

    def report(self, edition: date) -> Path:
        return self.reports / edition.isoformat()
