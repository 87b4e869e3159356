"""Pilots drawn at random: words, draws (pure), the rows they become, and writing them in chunks."""
