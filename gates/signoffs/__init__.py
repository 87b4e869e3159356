"""Who signs at a gate, for whom, and whether enough have."""
