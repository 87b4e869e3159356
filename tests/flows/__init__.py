"""Whole pages and journeys, through the real doors."""
