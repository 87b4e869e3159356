"""Gate meetings in the browser: calling one and its minutes, and meeting mode."""
