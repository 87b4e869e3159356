"""Keeps several programs running in one terminal, and leaves none behind.

Knows nothing of what the programs are: `config/programs.py` lists them, `manage.py up` starts them.
One thread only: forking from several is unsafe.
"""

import contextlib
import ctypes
import logging
import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import IO

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds before a dead program starts again; doubles each time
CALM = 30.0  # seconds after which a program counts as healthy again
TICK = 0.25  # seconds between two looks at the programs
LOG_BYTES = 5_000_000
WORTH_SHOWING = re.compile(r"\b(WARNING|ERROR|CRITICAL|FATAL)\b|^Traceback")
SET_PARENT_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of <sys/prctl.h>
_LIBC = ctypes.CDLL(None) if sys.platform.startswith("linux") else None
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(frozen=True)
class Program:
    """What to run, and how to end it."""

    name: str
    command: list[str]
    patience: float  # seconds between the polite signal and SIGKILL
    stop_signal: signal.Signals = signal.SIGTERM
    shows_warnings: bool = True  # on the terminal; the log file gets every line either way
    when_orphaned: signal.Signals = signal.SIGKILL  # sent by Linux when the supervisor itself was killed


class StopRequested(BaseException):
    """A stop signal arrived while the supervisor was preparing."""


class Child:
    """One running program: its process, its log, and when it may be started again."""

    def __init__(self, program: Program, logs: Path, say: Callable[[str], None]):
        self.program = program
        self.process: subprocess.Popen[bytes] | None = None
        self.restart_at: float | None = None
        self.pause = FIRST_PAUSE
        self.started_at = 0.0
        self.log_path = logs / f"{program.name}.log"
        self._log = RotatingFileHandler(self.log_path, maxBytes=LOG_BYTES, backupCount=1, encoding="utf-8")
        self._say = say
        self._rest = b""

    def start(self) -> None:
        """Start the program in a process group of its own, so that Ctrl-C reaches the supervisor only."""
        self.restart_at = None
        self.started_at = time.monotonic()
        self.process = subprocess.Popen(
            self.program.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=partial(die_with_parent, os.getpid(), self.program.when_orphaned),
        )
        os.set_blocking(self.output.fileno(), False)

    @property
    def output(self) -> IO[bytes]:
        """The pipe that carries what the program prints."""
        assert self.process is not None and self.process.stdout is not None
        return self.process.stdout

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def read(self) -> bool:
        """Log the lines that have arrived; returns False once the program has closed its output."""
        while chunk := self.output.read(65536):
            *lines, self._rest = (self._rest + chunk).split(b"\n")
            for line in lines:
                self._note(line.decode("utf-8", "replace").rstrip())
        return chunk is None

    def _note(self, line: str) -> None:
        self._log.emit(logging.LogRecord(self.program.name, logging.INFO, "", 0, line, None, None))
        if self.program.shows_warnings and WORTH_SHOWING.search(line):
            self._say(f"{self.program.name:>7} | {line}")

    def plan_restart(self) -> float:
        """Decide when to start again after a death; returns the pause in seconds."""
        lived = time.monotonic() - self.started_at
        self.pause = FIRST_PAUSE if lived > CALM else min(self.pause * 2, LONGEST_PAUSE)
        self.restart_at = time.monotonic() + self.pause
        return self.pause

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the program and everything it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def stop(self) -> None:
        """Ask the program to end, wait for its patience, then end it and whatever it left behind."""
        if self.process is None:
            return
        self.process.send_signal(self.program.stop_signal)
        until = time.monotonic() + self.program.patience
        while self.is_running() and time.monotonic() < until:
            self.read()  # a full pipe would keep it from ending
            time.sleep(0.05)
        self.signal_group(signal.SIGKILL)
        self.process.wait()
        self.read()
        self.output.close()
        self.process = None
        self._log.close()


class Supervisor:
    """Starts programs, starts them again when they die, and stops them in the reverse order."""

    def __init__(self, logs: Path, say: Callable[[str], None]):
        logs.mkdir(parents=True, exist_ok=True)
        self._logs = logs
        self._say = say
        self._children: list[Child] = []
        self._selector = selectors.DefaultSelector()
        self._preparing = True
        self._stopping = False

    def __enter__(self) -> "Supervisor":
        for number in STOP_SIGNALS:
            signal.signal(number, self._on_signal)
        return self

    def __exit__(self, *_exception: object) -> None:
        self._preparing = False  # a second Ctrl-C must not interrupt the stopping
        for child in reversed(self._children):
            child.stop()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._stopping = True
        if self._preparing:
            raise StopRequested

    def start(self, program: Program) -> None:
        """Start a program; from now on it is kept running."""
        child = Child(program, self._logs, self._say)
        self._children.append(child)
        self._launch(child)

    def watch(self, *, until: Callable[[], bool] = lambda: False, patience: float | None = None) -> bool:
        """Keep the programs running; True once `until` says so, False when asked to stop or out of time."""
        self._preparing = False
        deadline = None if patience is None else time.monotonic() + patience
        while not self._stopping:
            if until():
                return True
            if deadline is not None and time.monotonic() > deadline:
                return False
            self._read_output()
            for child in self._children:
                self._revive(child)
        return False

    @property
    def was_asked_to_stop(self) -> bool:
        return self._stopping

    def _launch(self, child: Child) -> None:
        child.start()
        self._selector.register(child.output, selectors.EVENT_READ, child)

    def _read_output(self) -> None:
        for key, _events in self._selector.select(timeout=TICK):
            if not key.data.read():
                self._selector.unregister(key.fileobj)

    def _revive(self, child: Child) -> None:
        """Start a dead program again, each time after a longer pause."""
        if child.is_running():
            return
        if child.restart_at is None:
            self._bury(child)
        elif time.monotonic() >= child.restart_at:
            self._launch(child)

    def _bury(self, child: Child) -> None:
        assert child.process is not None
        child.signal_group(signal.SIGKILL)  # what it left behind may hold a port or a task
        child.read()
        with contextlib.suppress(KeyError):  # closed already, if its last output came first
            self._selector.unregister(child.output)
        child.output.close()
        code = child.process.returncode
        ending = f"signal {-code}" if code < 0 else f"exit code {code}"
        pause = child.plan_restart()
        self._say(
            f"{child.program.name:>7} | ended unexpectedly ({ending}); starting it again in {pause:g} s. "
            f"Its log: {child.log_path}"
        )


def die_with_parent(parent: int, number: signal.Signals = signal.SIGKILL) -> None:
    """On Linux, have this process sent a signal when its parent dies. Safe between fork and exec."""
    if _LIBC is None:
        return
    _LIBC.prctl(SET_PARENT_DEATH_SIGNAL, int(number))
    if os.getppid() != parent:  # it died before the request was made
        os._exit(1)
