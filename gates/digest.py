"""The one fingerprint of what a gate was decided on, and the difference between two such states. Pure."""
