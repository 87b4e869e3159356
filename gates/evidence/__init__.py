"""Evidence and its revisions: one piece may serve many criteria."""
