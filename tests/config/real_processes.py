"""Starting the real `manage.py up` on a throwaway data folder, and seeing which of its processes live."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SET_BY_TESTS = {
    *("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "REDIS_URL", "BROKER_URL"),
    *("SECRET_KEY", "DEMO", "BASE_URL"),
}


class Up:
    """One `manage.py up`: its process, its port and its data folder."""

    def __init__(self, data_dir: Path, port: int):
        self.data_dir = data_dir
        self.port = port
        self.output = data_dir.with_suffix(".output")
        with self.output.open("w") as output:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", "up"],
                cwd=ROOT,
                env=environment(data_dir, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_running(self) -> None:
        wait_until(lambda: "is running at" in self.said() or self.process.poll() is not None, patience=60)
        assert self.process.poll() is None, self.said()

    def ask(self, path: str) -> int:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as response:
            return int(response.status)

    def processes(self, words: str = "") -> list[int]:
        """The processes that belong to this data folder and have the words in their command line."""
        mine = (pid for pid in _all_processes() if _belongs(pid, str(self.data_dir)))
        return [pid for pid in mine if words in _command(pid)]

    def kill_all(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait(10)


@contextlib.contextmanager
def running(data_dir: Path) -> Iterator[Up]:
    """A running Pilotage on the data folder; whatever is left of it at the end is killed."""
    up = Up(data_dir, free_port())
    try:
        up.wait_until_running()
        yield up
    finally:
        up.kill_all()


def run_up(data_dir: Path, port: int | str) -> subprocess.CompletedProcess[str]:
    """Run a `manage.py up` that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env=environment(data_dir, port),
        capture_output=True,
        text=True,
        timeout=60,
    )


def environment(data_dir: Path, port: int | str) -> dict[str, str]:
    """The environment of a person at a terminal, without what the test run has set."""
    kept = {name: value for name, value in os.environ.items() if name not in SET_BY_TESTS}
    return {**kept, "DATA_DIR": str(data_dir), "PORT": str(port), "PYTHONUNBUFFERED": "1"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(condition: Callable[[], object], patience: float = 15.0) -> None:
    until = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < until, f"Still not so after {patience} seconds."
        time.sleep(0.1)


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _belongs(pid: int, data_dir: str) -> bool:
    """A broker overwrites its environment, but its command line names the socket in the folder."""
    return data_dir in _command(pid) or f"DATA_DIR={data_dir}" in _read(pid, "environ").split("\0")


def _command(pid: int) -> str:
    return _read(pid, "cmdline").replace("\0", " ")


def _read(pid: int, name: str) -> str:
    try:
        return Path(f"/proc/{pid}/{name}").read_text(errors="replace")
    except OSError:  # it has ended meanwhile
        return ""
