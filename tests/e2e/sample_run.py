"""Run editions of the sample newsroom in this process, serving it on loopback meanwhile.

python -m tests.e2e.sample_run RUN_ID…
"""

import os
import sys
from contextlib import contextmanager

from core.config import PROJECT_ROOT
from tests.support.run_edition import run_edition
from tests.support.serving import serve_site


def main() -> None:
    with contextmanager(serve_site)(PROJECT_ROOT / "samples" / "site") as address:
        os.environ["BROADSHEET_LOCAL_SITE"] = address
        for run_id in sys.argv[1:]:
            run_edition(run_id, brief=True)


if __name__ == "__main__":
    main()
