"""Errors whose message is one sentence for a person: what is wrong, where, and what to do."""


class BroadsheetError(Exception):
    """A problem that a person can mend; its text is shown as it is, without a traceback."""


class ConfigError(BroadsheetError):
    """A configuration file is wrong; the text names file, line and the allowed values."""


class HomeError(BroadsheetError):
    """`$BROADSHEET_HOME` is missing, not writable, full, or used by another run."""


class PlanError(BroadsheetError):
    """A run was asked for that cannot be: a bad edition, an unknown run id."""


class GateRefused(BroadsheetError):
    """A critical expectation failed; the text names every failed expectation and what to do."""


class PublishError(BroadsheetError):
    """A candidate could not become the current publication."""


class BaseMoved(PublishError):
    """Another publication came between: the candidate has to be built again on that one."""


class BackupError(BroadsheetError):
    """A backup cannot be made, is damaged, or cannot be restored where it was asked for."""
