"""Passing on everything that a person holds, and taking it back."""
