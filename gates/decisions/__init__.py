"""Deciding at a gate: go, conditional go, recycle, hold, stop."""
