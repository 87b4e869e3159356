"""Asking for a gate review, reading as a reviewer, sending back."""
