"""The command line: `broadsheet …`, each command a thin wrapper over one tested function."""
