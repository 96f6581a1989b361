"""Measuring processes that begin together, and what one of them can say of itself."""

import resource
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from core.config import PROJECT_ROOT


class Measured(Protocol):
    """What a process cost; `start` and `end` are readings of the machine's monotonic clock."""

    @property
    def start(self) -> float: ...
    @property
    def end(self) -> float: ...
    @property
    def cpu_seconds(self) -> float: ...


@dataclass(frozen=True)
class Together[C: Measured]:
    """What the processes of one measurement cost together."""

    costs: list[C]

    @property
    def wall_seconds(self) -> float:
        """From the common start to the last one's end."""
        return max(cost.end for cost in self.costs) - min(cost.start for cost in self.costs)

    @property
    def cpu_seconds(self) -> float:
        return sum(cost.cpu_seconds for cost in self.costs)

    @property
    def cores(self) -> float:
        """How many cores the processes had together, on average."""
        return self.cpu_seconds / self.wall_seconds


def run_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> list[str]:
    """Start all commands, let them begin when each is ready; the last line that each printed.

    Every command is a module of ours that calls `wait_for_go`.

    Raises:
        RuntimeError: one of them failed; the figures would mean nothing.
    """
    failed = RuntimeError("a measuring process failed; its message stands above")
    processes = []
    with ExitStack() as stack:
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", *command],
                env=environment,
                cwd=PROJECT_ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            processes.append(stack.enter_context(process))
        for process in processes:
            assert process.stdout is not None
            if process.stdout.readline() != "ready\n":
                raise failed
        for process in processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        outputs = [process.communicate()[0] for process in processes]
    if any(process.returncode for process in processes):
        raise failed
    return [output.splitlines()[-1] for output in outputs]


def wait_for_go() -> None:
    """Say that everything is imported and loaded, and wait for the others."""
    print("ready", flush=True)
    if not sys.stdin.readline():
        sys.exit("nobody said go")


def cpu_seconds() -> float:
    """Of this process and of its ended children, so far."""
    usages = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def peak_megabytes() -> float:
    """The most memory that this process ever had resident (`ru_maxrss` would count its parent)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))
