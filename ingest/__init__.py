"""Collecting: from the entry points of the outlets to landed articles. Never opens DuckDB."""
