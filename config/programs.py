"""The programs that make a running Pilotage: what `manage.py up` starts when nothing runs elsewhere."""

import signal
import sys
from pathlib import Path

from config import broker
from config.supervisor import Program

WEB_WORKERS = TASK_WORKERS = 2


def embedded_broker(data_dir: Path) -> Program:
    """The broker as a child process. Raises broker.NoBroker."""
    broker.make_private_folder(broker.socket_path(data_dir).parent)
    return Program(
        name="broker",
        command=broker.command(broker.find_server(), data_dir),
        patience=2.0,
        shows_warnings=False,  # they concern servers, such as "overcommit_memory is set to 0"
        when_orphaned=signal.SIGTERM,  # so that it writes its file to the end
    )


def web(port: int) -> Program:
    """The pages and the API, on this machine only."""
    return Program(
        name="web",
        command=[
            *(sys.executable, "-m", "gunicorn", "config.wsgi", "--preload"),
            *("--config", "python:config.gunicorn"),
            *("--bind", f"127.0.0.1:{port}", "--workers", str(WEB_WORKERS)),
            *("--graceful-timeout", "2", "--no-control-socket"),
        ],
        patience=3.0,
    )


def worker() -> Program:
    """Background tasks. A task cut off by the stop is done again after the next start."""
    return Program(
        name="worker",
        command=[
            *(sys.executable, "-m", "celery", "-A", "config", "worker", "--loglevel", "INFO"),
            *("--pool", "prefork", "--concurrency", str(TASK_WORKERS)),
            *("--without-gossip", "--without-mingle", "--without-heartbeat"),  # there is only one worker
        ],
        patience=4.0,
        stop_signal=signal.SIGQUIT,  # gives a running task its moment, then puts it back into the queue
    )


def beat(data_dir: Path) -> Program:
    """The clock; its memory of what ran when is a file."""
    return Program(
        name="beat",
        command=[
            *(sys.executable, "-m", "celery", "-A", "config", "beat", "--loglevel", "INFO"),
            *("--pidfile=", "--scheduler", "celery.beat:PersistentScheduler"),
            *("--schedule", str(data_dir / "beat-schedule")),
        ],
        patience=1.5,
    )
