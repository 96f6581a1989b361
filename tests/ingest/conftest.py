"""Settings of the collecting tests."""

from hypothesis import settings

# A slow machine is no fault of the code; the suite's own time limit stands.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")
