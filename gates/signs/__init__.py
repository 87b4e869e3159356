"""Warning signs: which of the known ways to fail each pilot walks into, since when, and what to do about it."""
