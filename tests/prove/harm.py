"""What hurts a run from outside: a small disk, folders that take nothing, an analyst who writes.

The mounts are in a mount namespace of this process and end with it (Linux, root).
"""

import ctypes
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.config import PROJECT_ROOT

_VERSION_3 = 0x20080522
_GET_AND_SET = {"x86_64": (125, 126), "aarch64": (90, 91)}  # the system calls of capabilities
_MODES_DO_NOT_COUNT = 0b110  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
_WRITES = """
import duckdb, os, sys
if sys.argv[3] == "obeys modes":
    from tests.prove.harm import obey_modes
    obey_modes()
connection = duckdb.connect(sys.argv[1])
connection.execute("update marts.dim_article set title = 'nobody checked this'")
if sys.argv[2] == "killed":
    os._exit(9)
connection.close()
"""


def obey_modes() -> None:
    """Let this process be bound by file modes as everybody is who is not root.

    Raises:
        OSError: the kernel refused.
    """
    header = struct.pack("Ii", _VERSION_3, 0)
    data = ctypes.create_string_buffer(24)
    libc = ctypes.CDLL(None, use_errno=True)
    get, put = _GET_AND_SET[os.uname().machine]
    if libc.syscall(get, header, data):
        raise OSError(ctypes.get_errno(), "capget")
    words = list(struct.unpack("6I", data.raw))
    words[0] &= ~_MODES_DO_NOT_COUNT
    if libc.syscall(put, header, struct.pack("6I", *words)):
        raise OSError(ctypes.get_errno(), "capset")


def own_mounts() -> None:
    """Give this process mounts that nobody else sees.

    Raises:
        OSError: not allowed here.
    """
    os.unshare(os.CLONE_NEWNS)
    _mount("--make-rprivate", "/")


@contextmanager
def small_disk(folder: Path, kibibytes: int) -> Iterator[Callable[[int], None]]:
    """A disk of that size at `folder`; yields what makes it another size."""
    _mount("-t", "tmpfs", "-o", f"size={kibibytes}k,mode=755", "tmpfs", str(folder))
    try:
        yield lambda size: _mount("-o", f"remount,size={size}k", str(folder))
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def _mount(*words: str) -> None:
    done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    if done.returncode:
        raise OSError(done.returncode, done.stderr.strip())


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """A folder, with those in it, whose modes let nobody write."""
    folders = [folder, *(path for path in folder.rglob("*") if path.is_dir())]
    modes = {path: path.stat().st_mode for path in folders}
    for path in folders:
        path.chmod(0o555)
    try:
        yield
    finally:
        for path, mode in modes.items():
            if path.exists():
                path.chmod(mode)


def write_as_analyst(
    publication: Path, *, ends: str, may_all: bool
) -> subprocess.CompletedProcess[str]:
    """Open a publication read-write and change every title; `ends` is closed or killed."""
    return subprocess.run(
        [sys.executable, "-c", _WRITES, str(publication), ends, "" if may_all else "obeys modes"],
        cwd=PROJECT_ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
