"""Entries of a register from a file: read, shown before anything is written, then recorded."""
