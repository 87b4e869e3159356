"""CPU time, read from /proc: of our processes, of our database's, of everything."""

import os
from pathlib import Path

import psycopg2
from psycopg2.extensions import connection as Connection

TICKS = os.sysconf("SC_CLK_TCK")  # of /proc/stat, per second


def process_seconds(pid: int) -> float:
    """CPU seconds of a single-threaded process so far; 0 when it has ended."""
    try:
        return int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) / 1e9
    except OSError:
        return 0.0


def machine_seconds() -> float:
    """CPU seconds that all processes of this machine have used so far."""
    user, nice, system, _idle, _waiting, irq, softirq, *_ = (
        int(word) for word in Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:]
    )
    return (user + nice + system + irq + softirq) / TICKS


class Backends:
    """The processes of a PostgreSQL on this machine that serve one of our databases; none for SQLite."""

    def __init__(self, database_url: str):
        self.connection: Connection | None = None
        if database_url.startswith("postgres"):
            self.connection = psycopg2.connect(database_url)
            self.connection.autocommit = True

    def pids(self) -> list[int]:
        if self.connection is None:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid()"
            )
            return [pid for (pid,) in cursor.fetchall()]

    def close(self) -> None:
        if self.connection is not None:
            self.connection.close()
