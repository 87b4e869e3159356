"""Lessons where they matter: offered to pilots that are like the one that learned, and asked for in two fields."""
