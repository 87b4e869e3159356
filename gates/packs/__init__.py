"""The decision pack: a gate on one page, frozen at a moment, and what has changed between two of them."""
