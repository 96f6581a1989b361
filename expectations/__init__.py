"""The gate: what must be true of a landed batch, of its enrichment and of the built marts."""
