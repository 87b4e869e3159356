"""How the web server behaves under `manage.py up`."""

from typing import Any

from config.supervisor import die_with_parent


def post_fork(server: Any, _worker: Any) -> None:
    """End a worker with its master; by itself it would hold the port for another half of its time-out."""
    die_with_parent(server.pid)
