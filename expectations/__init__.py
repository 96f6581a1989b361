"""The gate: what must be true of a landed batch, of its enrichment and of the built marts."""

import logging
import os

# Set before Great Expectations is imported: nothing phones home, whatever the environment says,
# and of what that library logs (every class that it registers) a task's log keeps the errors.
os.environ["GX_ANALYTICS_ENABLED"] = "false"
logging.getLogger("great_expectations").setLevel(logging.ERROR)
