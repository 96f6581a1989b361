"""What the server does around Airflow: modes, locks, old logs, and clear refusals."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from cli.run import run
from cli.server import main, open_to_analysts, remove_old_files, sources_file
from cli.server_health import airflow_trouble, worker_trouble
from core.config import PROJECT_ROOT
from core.errors import HomeError
from core.home import Home
from tests.support.serving import free_port

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def server(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """`python -m cli.server` with no other secrets than those given."""
    return subprocess.run(
        [sys.executable, "-m", "cli.server", *words],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(PROJECT_ROOT), **environment},
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_others_may_read_publications_and_nothing_else(home: Home) -> None:
    folders = [home.landing_root, home.archive_root, home.airflow, home.decisions]
    for folder in folders[:2]:
        folder.mkdir(mode=0o755)
    home.publications.mkdir(mode=0o700)
    published = home.publication("p000001")
    published.touch(mode=0o444)
    home.warehouse.symlink_to(published)
    home.writer_lock.touch(mode=0o644)
    open_to_analysts(home)
    open_to_analysts(home)
    assert mode(home.root) == 0o711
    assert mode(home.publications) == 0o755
    assert mode(published) == 0o444
    assert {mode(folder) & 0o007 for folder in [*folders, home.writer_lock]} == {0}
    assert home.warehouse.resolve() == published


@pytest.fixture
def nobody_s_home() -> Iterator[Home]:
    """A home of user 65534, who this process is meanwhile, with an entry of root's."""
    if os.geteuid():
        pytest.skip("only root makes an entry that belongs to another user")
    # Outside of pytest's own folder, which other users may not enter.
    with tempfile.TemporaryDirectory(prefix="broadsheet-home-") as name:
        Path(name, "lost+found").mkdir(mode=0o700)
        os.chown(name, 65534, 65534)
        os.seteuid(65534)
        umask = os.umask(0o022)  # `main` sets its own
        try:
            yield Home(Path(name))
        finally:
            os.umask(umask)
            os.seteuid(0)


def test_what_belongs_to_another_user_stays_as_it_is(
    nobody_s_home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    open_to_analysts(nobody_s_home)
    assert mode(nobody_s_home.root) == 0o711
    assert mode(nobody_s_home.root / "lost+found") == 0o700
    assert "lost+found belongs to another user; its mode stays" in capsys.readouterr().out


def test_a_folder_that_may_not_be_written_is_told_in_a_sentence(
    nobody_s_home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As `clean` meets it, whose logs somebody has locked; nothing is started."""
    nobody_s_home.airflow.mkdir(mode=0o500)
    monkeypatch.setenv("BROADSHEET_HOME", str(nobody_s_home.root))
    for name in ("POSTGRES_HOST", "POSTGRES_PASSWORD", "BROADSHEET_FERNET_KEY"):
        monkeypatch.setenv(name, "given")
    with pytest.raises(SystemExit) as ended:
        main(["clean", "30"])
    told = f"broadsheet: {nobody_s_home.airflow / 'tmp'} could not be written: Permission denied"
    assert str(ended.value).startswith(told)


def test_old_logs_go_and_newer_ones_stay(tmp_path: Path) -> None:
    old, new = tmp_path / "dag_id=a" / "run_id=1", tmp_path / "dag_id=a" / "run_id=2"
    for folder, age in ((old, 31), (new, 29)):
        folder.mkdir(parents=True)
        log = folder / "attempt=1.log"
        log.touch()
        moment = (NOW - timedelta(days=age)).timestamp()
        os.utime(log, (moment, moment))
    assert remove_old_files(tmp_path, NOW - timedelta(days=30)) == 1
    assert list(tmp_path.rglob("*.log")) == [new / "attempt=1.log"]
    assert not old.exists()
    assert remove_old_files(tmp_path, NOW) == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("", "config/sources.yml"),
        ("mine.yml", "config/mine.yml"),
        ("/etc/mine.yml", "/etc/mine.yml"),
    ],
)
def test_the_newsroom_is_a_file_of_the_configuration_or_any_other(
    named: str, meant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BROADSHEET_SOURCES", named)
    monkeypatch.delenv("BROADSHEET_CONFIG", raising=False)
    assert sources_file() == PROJECT_ROOT / meant


def test_nothing_starts_without_its_secrets(tmp_path: Path) -> None:
    for part, missing in (("worker", "REDIS_PASSWORD"), ("init", "POSTGRES_PASSWORD")):
        ended = server(part, BROADSHEET_HOME=str(tmp_path / "home"))
        assert ended.returncode == 1
        assert f"broadsheet: {part} cannot start: " in ended.stderr
        assert missing in ended.stderr
        assert "Traceback" not in ended.stderr
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize("words", [("clean", "30"), ("airflow", "dags", "list")])
def test_no_command_takes_another_database_than_the_servers(
    home: Home, words: tuple[str, ...]
) -> None:
    log = home.airflow / "logs" / "old.log"
    log.parent.mkdir(parents=True)
    log.touch()
    os.utime(log, (0, 0))
    ended = server(*words, BROADSHEET_HOME=str(home.root), POSTGRES_HOST="127.0.0.1")
    assert ended.returncode == 1
    told = f"broadsheet: {words[0]} cannot start: POSTGRES_PASSWORD, BROADSHEET_FERNET_KEY must be"
    assert told in ended.stderr
    assert [path.name for path in home.airflow.iterdir()] == ["logs"], "not even a SQLite file"
    assert log.exists()


@pytest.mark.parametrize("words", [(), ("workers",), ("clean", "all"), ("init", "twice")])
def test_what_it_does_not_know_it_explains(words: tuple[str, ...]) -> None:
    ended = server(*words)
    assert ended.returncode == 1
    assert "python -m cli.server init | api-server | scheduler" in ended.stderr


def test_a_second_scheduler_and_a_run_are_kept_out(home: Home) -> None:
    secrets = dict.fromkeys(
        ("POSTGRES_PASSWORD", "BROADSHEET_FERNET_KEY", "REDIS_PASSWORD", "BROADSHEET_JWT_SECRET"),
        "secret",
    )
    holding = "import cli.server, sys; from core.home import Home; "
    holding += "cli.server._keep_other_runs_out(Home.from_environment()); "
    holding += "import os; os.execvp('cat', ['cat'])"  # the lock outlives a change of program
    with subprocess.Popen(
        [sys.executable, "-c", f"{holding}"], cwd=PROJECT_ROOT, stdin=subprocess.PIPE
    ) as scheduler:
        while (
            not home.run_lock.exists() or Path(f"/proc/{scheduler.pid}/comm").read_text() != "cat\n"
        ):
            assert scheduler.poll() is None
        hosts = {"POSTGRES_HOST": "127.0.0.1", "REDIS_HOST": "127.0.0.1"}
        second = server("scheduler", BROADSHEET_HOME=str(home.root), **secrets, **hosts)
        assert second.returncode == 1
        assert f"another scheduler, run or 'make up' is using {home.root}" in second.stderr
        with pytest.raises(HomeError, match="If a server uses it, trigger daily_news there"):
            run(None, None)
        scheduler.communicate()


class Api(BaseHTTPRequestHandler):
    """An api-server that knows of a scheduler, of a lost triggerer and of no DAG processor."""

    told = b'{"scheduler": {"status": "healthy"}, "triggerer": {"status": "unhealthy"}}'

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"version": "3"}' if self.path == "/api/v2/version" else self.told)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


def test_health_is_what_the_api_server_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    from http.server import ThreadingHTTPServer
    from threading import Thread

    with ThreadingHTTPServer(("127.0.0.1", 0), Api) as served:
        Thread(target=served.serve_forever, daemon=True).start()
        monkeypatch.setenv("BROADSHEET_API", f"http://127.0.0.1:{served.server_port}")
        assert airflow_trouble("api-server") is None
        assert airflow_trouble("scheduler") is None
        assert airflow_trouble("triggerer") == "triggerer is unhealthy"
        assert airflow_trouble("dag-processor") == "dag-processor is not known"
        served.shutdown()
    told = airflow_trouble("scheduler")
    assert told is not None
    assert told.startswith("the api-server does not answer at http://127.0.0.1:")


def test_a_worker_without_its_redis_is_not_well(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REDIS_HOST", "127.0.0.1")
    monkeypatch.setenv("REDIS_PORT", str(free_port()))
    monkeypatch.setenv("REDIS_PASSWORD", "x")
    assert "Redis does not answer at 127.0.0.1:" in str(worker_trouble("writer"))
