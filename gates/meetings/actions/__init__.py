"""What can be done about a gate meeting: calling it, and while it is held."""
