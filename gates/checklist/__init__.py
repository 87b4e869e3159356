"""The checklist of one gate: its criteria, their state and evidence."""
