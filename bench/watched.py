"""Run a command and print, as JSON, its exit code, CPU seconds and the peak of its largest process.

    python -m bench.watched LOGFILE COMMAND…

All processes that the command started and waited for count.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path


def watch(log: Path, command: list[str]) -> dict[str, float]:
    """Run `command` with its output in `log`; peak in megabytes."""
    with log.open("w") as file:
        done = subprocess.run(command, stdout=file, stderr=subprocess.STDOUT, check=False)
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "code": done.returncode,
        "cpu_seconds": usage.ru_utime + usage.ru_stime,
        "peak_megabytes": usage.ru_maxrss / 1024,
    }


if __name__ == "__main__":
    print(json.dumps(watch(Path(sys.argv[1]), sys.argv[2:])))
