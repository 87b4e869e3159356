"""Deciding at a gate: go, conditional go, hold, recycle, stop."""
