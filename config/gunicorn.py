"""How the web server behaves under `manage.py up`."""

from typing import Any

from config.supervisor import die_with_parent


def post_fork(server: Any, _worker: Any) -> None:
    """A worker would notice the death of its master only after half its time-out, and hold the port until then."""
    die_with_parent(server.pid)
