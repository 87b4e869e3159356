"""Value in the browser."""
