"""The API's doors of value."""
