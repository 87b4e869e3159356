"""`manage.py up`: everything Pilotage needs, in one terminal, until Ctrl-C."""

import errno
import fcntl
import importlib
import os
import socket
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from redis import Redis
from redis.exceptions import RedisError

from config import broker, programs
from config.preparation import prepare
from config.supervisor import StopRequested, Supervisor

DEFAULT_PORT = 8000
START_PATIENCE = 90.0  # seconds for the first page on a slow machine
PORT_PATIENCE = 3.0  # seconds for a predecessor that was killed to let go of the port


class Command(BaseCommand):
    help = "Start broker, web, worker and clock in this terminal; Ctrl-C stops them all."

    def handle(self, *_args: object, **_options: object) -> None:
        began = time.monotonic()
        data_dir = settings.DATA_DIR
        data_dir.mkdir(parents=True, exist_ok=True)
        port = wanted_port()
        address = f"http://127.0.0.1:{port}"
        with claim(data_dir, address), Supervisor(data_dir / "logs", self.say) as supervisor:
            try:
                require_free(port)
                start_broker(supervisor, data_dir)
                prepare(self.say)
                start_programs(supervisor, port, data_dir)
            except StopRequested:
                self.say("Stopped.")
                return
            except broker.NoBroker as error:
                raise CommandError(str(error)) from error
            if supervisor.watch(until=partial(answers, f"{address}/healthz"), patience=START_PATIENCE):
                self.welcome(address, time.monotonic() - began)
                supervisor.watch()
            elif not supervisor.was_asked_to_stop:
                logs = data_dir / "logs"
                raise CommandError(f"No page came up within {START_PATIENCE:g} seconds. The logs: {logs}")
            self.say("\nStopping.")
        self.say("Stopped. The data is kept; start again to go on.")

    def say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()

    def welcome(self, address: str, seconds: float) -> None:
        """Print the address and, with the demo portfolio, one sign-in per role."""
        self.say(f"\nPilotage is running at {self.style.SUCCESS(address)} (started in {seconds:.0f} s).")
        if settings.DEMO:
            self.say("Sign in as one of these people; their mail can be read at /mail/:\n")
            for row in demo_accounts():
                self.say("  " + row)
        self.say("\nCtrl-C stops everything and keeps the data.")


def wanted_port() -> int:
    """The port to listen on. Raises CommandError when the setting is not a port."""
    text = settings.PORT
    if not text.isdecimal() or not 0 < int(text) < 65536:
        raise CommandError(f"PORT must be a number from 1 to 65535; it is “{text}”.")
    return int(text)


def claim(data_dir: Path, address: str) -> IO[str]:
    """Hold the data folder until the returned file is closed. Raises CommandError when another holds it."""
    holder = (data_dir / "up.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(holder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder.seek(0)
        where = holder.read().strip() or "another terminal"
        holder.close()
        raise CommandError(
            f"Pilotage is already running on this data ({where}). Stop it there with Ctrl-C first, "
            "or set DATA_DIR to another folder to run a second one."
        ) from error
    holder.truncate(0)
    holder.write(f"process {os.getpid()}, {address}\n")
    holder.flush()
    return holder


def require_free(port: int) -> None:
    """Raises CommandError when the port cannot be listened on."""
    until = time.monotonic() + PORT_PATIENCE
    while (problem := port_problem(port)) == errno.EADDRINUSE and time.monotonic() < until:
        time.sleep(0.2)
    if problem == errno.EADDRINUSE:
        raise CommandError(
            f"Port {port} is already used by another program. Choose another one, for example: "
            f"make run PORT={port + 1 if port < 65535 else DEFAULT_PORT}"
        )
    if problem:
        raise CommandError(
            f"Port {port} may not be used here ({os.strerror(problem)}). Try: make run PORT={DEFAULT_PORT}"
        )


def port_problem(port: int) -> int | None:
    """The error number of listening on the port, None when it works."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            return error.errno
    return None


def start_broker(supervisor: Supervisor, data_dir: Path) -> None:
    """Start the embedded broker unless the environment names one, and wait until it answers."""
    if os.environ.get("REDIS_URL") or os.environ.get("BROKER_URL"):
        return
    supervisor.start(programs.embedded_broker(data_dir))
    with Redis(unix_socket_path=str(broker.socket_path(data_dir))) as client:
        log = data_dir / "logs" / "broker.log"
        wait_for(partial(pongs, client), broker.NoBroker(f"The broker did not start. Its log: {log}"))


def start_programs(supervisor: Supervisor, port: int, data_dir: Path) -> None:
    """Start web first, so that the page comes up soonest; stopping goes the other way round."""
    supervisor.start(programs.web(port))
    supervisor.start(programs.worker())
    supervisor.start(programs.beat(data_dir))


def wait_for(condition: Callable[[], bool], otherwise: Exception, patience: float = 20.0) -> None:
    """Wait until the condition holds; raises `otherwise` after `patience` seconds."""
    until = time.monotonic() + patience
    while not condition():
        if time.monotonic() > until:
            raise otherwise
        time.sleep(0.05)


def pongs(client: Redis) -> bool:
    """Whether the broker has started and read its file."""
    try:
        return bool(client.ping())
    except RedisError:
        return False


def answers(url: str) -> bool:
    """Whether a page answers with success."""
    try:
        with urllib.request.urlopen(url, timeout=2) as response:  # noqa: S310 (our own address)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def demo_accounts() -> list[str]:
    """One line per demo sign-in: role, name, e-mail, password."""
    accounts = importlib.import_module("gates.demo").accounts()
    return [f"{role:<20} {name:<18} {email:<28} {password}" for role, name, email, password in accounts]
