"""Imports DAG files one after the other, and prints as JSON what each took and touched.

    python -m tests.dags.import_alone bare|dag-processor FILE…

Before them, `bare` imports Airflow alone; `dag-processor` also what Broadsheet's settings have the
processes of Airflow import when they start. "seconds" is the CPU time of the file and of all that
it imports then. "opened" are the files outside Python and its libraries that it read or wrote,
"asked" what it asked of a network, "started" the programs that it ran.
"""

import importlib
import importlib.util
import json
import logging
import sys
import time
from pathlib import Path
from typing import Any

_LIBRARIES = (
    sys.prefix,
    sys.base_prefix,
    "/usr/share/zoneinfo",
    "/proc/",
    "/etc/",
    "/sys/",
    "/dev/",
)
_CODE = (".py", ".pyc")


class Trace:
    """What an import did, told by the interpreter itself."""

    def __init__(self) -> None:
        self.is_on = False
        self.clear()

    def clear(self) -> None:
        self.opened: list[str] = []
        self.asked: list[str] = []
        self.started: list[str] = []

    def hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open" and isinstance(arguments[0], (str, bytes, Path)):
            path = arguments[0].decode() if isinstance(arguments[0], bytes) else str(arguments[0])
            if not path.endswith(_CODE) and not path.startswith(_LIBRARIES):
                self.opened.append(path)
        elif event in {"socket.connect", "socket.getaddrinfo", "socket.sendto", "socket.bind"}:
            self.asked.append(f"{event} {arguments[1:]}")
        elif event in {"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork"}:
            self.started.append(f"{event} {arguments[:2]}")


def import_file(path: Path, trace: Trace) -> dict[str, Any]:
    spec = importlib.util.spec_from_file_location(f"alone_{path.stem}", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    trace.clear()
    trace.is_on, started = True, time.process_time()
    spec.loader.exec_module(module)
    seconds, trace.is_on = time.process_time() - started, False
    return {
        "seconds": seconds,
        "opened": trace.opened,
        "asked": trace.asked,
        "started": trace.started,
    }


def main() -> None:
    """Print {file name: what came of it}; Airflow itself is imported before and does not count."""
    logging.disable(logging.WARNING)
    importlib.import_module("airflow.sdk")
    importlib.import_module("airflow.settings")
    importlib.import_module("airflow_local_settings")  # looks for "dag-processor" among the words
    trace = Trace()
    sys.addaudithook(trace.hear)
    told = {path.name: import_file(path, trace) for path in map(Path, sys.argv[2:])}
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
