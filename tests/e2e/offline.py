"""Run a command in a network of its own that has loopback and nothing else (Linux).

    python -m tests.e2e.offline COMMAND…

Ends with UNAVAILABLE where the kernel does not let this user make a network namespace.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
from functools import cache
from pathlib import Path

UNAVAILABLE = 69
_SIOCSIFFLAGS = 0x8914
_UP_AND_RUNNING = 0x1 | 0x40


def cut_off() -> None:
    """Leave this machine's network for an empty one; keeps the user's own id.

    Raises:
        OSError: not allowed here.
    """
    user, group = os.getuid(), os.getgid()
    if user == 0:
        os.unshare(os.CLONE_NEWNET)
    else:
        os.unshare(os.CLONE_NEWUSER | os.CLONE_NEWNET)
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
        Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        request = struct.pack("16sH14x", b"lo", _UP_AND_RUNNING)
        fcntl.ioctl(control, _SIOCSIFFLAGS, request)


@cache
def prefix() -> list[str]:
    """What to put before a command so that it runs cut off; empty where that is not allowed."""
    command = [sys.executable, "-m", "tests.e2e.offline"]
    tried = subprocess.run([*command, sys.executable, "-c", ""], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def main() -> None:
    try:
        cut_off()
    except OSError as error:
        print(f"no network namespace for this user: {error}", file=sys.stderr)
        raise SystemExit(UNAVAILABLE) from error
    os.execvp(sys.argv[1], sys.argv[1:])


if __name__ == "__main__":
    main()
