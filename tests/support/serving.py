"""Serve a folder of sites on loopback for a test or a measurement, as a run does."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from core.config import PROJECT_ROOT


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def serve_site(folder: Path) -> Iterator[str]:
    """Serve `folder` as a run does; yields host:port, ends the process afterwards."""
    port = free_port()
    command = [sys.executable, "-m", "core.local_site", str(folder), "--port", str(port)]
    with subprocess.Popen(command, cwd=PROJECT_ROOT) as process:
        try:
            for _ in range(200):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.05)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
