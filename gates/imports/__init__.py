"""Importing a portfolio: pilots from a file, each in its phase with its gate open."""
