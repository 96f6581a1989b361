"""`python -m tests.support.hostile FOLDER` serves the hostile site."""

from tests.support.hostile.server import main

main()
