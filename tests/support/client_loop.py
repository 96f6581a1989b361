"""A documented client that opens the symlink again and again, and tells what it was told.

    python -m tests.support.client_loop LANGUAGE FOLDER READY_FILE STOP_FILE < CODE

Runs CODE in FOLDER, makes READY_FILE, and goes on until STOP_FILE is there. LANGUAGE says how:
`python` in this process, `kernel` as a cell of one Jupyter kernel, `sh`, `sql` and `js` as a
process each time. Prints one line of JSON: the publication ids in the order in which they were
seen, and what went wrong.
"""

import contextlib
import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

type Ask = Callable[[str], str]
_PAUSE = 0.1  # seconds
_ID = re.compile(r"p\d{6}")
_PROCESSES = {"sh": ["bash", "-eu"], "sql": ["duckdb"], "js": ["node", "--input-type=module"]}


def once(language: str, code: str, folder: Path) -> str:
    """What code prints, run once in a folder.

    Raises:
        Exception: whatever the code raises; CalledProcessError where a process fails.
    """
    with _client(language, folder) as ask:
        return ask(code)


@contextlib.contextmanager
def _client(language: str, folder: Path) -> Iterator[Ask]:
    if language == "kernel":
        yield from _kernel(folder)
    elif language == "python":
        with contextlib.chdir(folder):
            yield _printed
    else:
        yield lambda code: _process(language, code, folder)


def _printed(code: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(compile(code, "the page", "exec"), {"__name__": "__main__"})
    return out.getvalue()


def _process(language: str, code: str, folder: Path) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        _PROCESSES[language], input=code, cwd=folder, env={**os.environ, "PATH": path},
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def _kernel(folder: Path) -> Iterator[Ask]:
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook()  # type: ignore[no-untyped-call]
    client = NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    )

    def ask(code: str) -> str:
        cell = nbformat.v4.new_code_cell(code)  # type: ignore[no-untyped-call]
        notebook.cells.append(cell)
        client.execute_cell(cell, len(notebook.cells) - 1)
        return "".join(output.get("text", "") for output in cell.outputs)

    with client.setup_kernel():
        yield ask


def again_and_again(ask: Callable[[], str], ready: Path, stop: Path) -> dict[str, list[str]]:
    """Ask until the file `stop` is there, and once more after that; `ready` is made meanwhile."""
    seen: list[str] = []
    errors: list[str] = []
    is_last = False
    while not is_last:
        is_last = stop.exists()
        try:
            seen += _ID.findall(ask())[:1] or ["no publication in the answer"]
        except Exception as error:  # noqa: BLE001 - whatever an analyst would see
            told = getattr(error, "stderr", "") or str(error)
            errors.append(f"{type(error).__name__}: {told.strip()[-300:]}")
        ready.touch()
        time.sleep(_PAUSE)
    return {"seen": seen, "errors": errors}


def main() -> None:
    os.nice(5)  # on two cores, eight that never pause would leave the publisher little
    language, (folder, ready, stop) = sys.argv[1], map(Path, sys.argv[2:])
    code = sys.stdin.read()
    with _client(language, folder) as ask:
        print(json.dumps(again_and_again(lambda: ask(code), ready, stop)))


if __name__ == "__main__":
    main()
