"""Run editions of a newsroom in this process, serving its sites on loopback meanwhile.

    python -m tests.e2e.sample_run SOURCES RUN_ID…

A known problem is one sentence and exit status 1, as in the `broadsheet` command.
"""

import os
import sys
from contextlib import contextmanager
from pathlib import Path

from core.config import load_sources
from core.errors import BroadsheetError
from core.files import disk_told
from core.home import Home
from tests.support.run_edition import run_edition
from tests.support.serving import serve_site


def main() -> None:
    sources = Path(sys.argv[1])
    site = sources.parent / (load_sources(sources).local_site or ".")
    with contextmanager(serve_site)(site) as address:
        os.environ["BROADSHEET_LOCAL_SITE"] = address
        try:
            with disk_told(Home.from_environment().root):
                for run_id in sys.argv[2:]:
                    run_edition(run_id, sources=str(sources), brief=True)
        except BroadsheetError as error:
            print(f"broadsheet: {error}", file=sys.stderr)
            raise SystemExit(1) from None


if __name__ == "__main__":
    main()
