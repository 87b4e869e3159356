"""What happens after what: event → tasks."""

REACTIONS: dict = {}
