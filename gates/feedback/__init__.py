"""What reviewers say of a gate and its criteria. Advice, never an approval."""
