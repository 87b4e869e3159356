"""What is owed to whom, and telling them by mail: each step once."""
