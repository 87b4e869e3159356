"""The portfolio: every pilot with its next gate, filtered, sorted, paged."""
