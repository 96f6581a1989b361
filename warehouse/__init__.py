"""The only Python that opens DuckDB for writing: a run's candidate, and its publication."""
