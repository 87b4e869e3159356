"""Tables as an earlier version had them, in a small database of their own, for tests of what a migration does to rows.

Taking the tables of all tests back and forth again takes many times as long.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.apps.registry import Apps
from django.db import connection, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import ConnectionHandler

Place = list[tuple[str, str]]  # app and migration


def models_as_of(place: Place) -> Apps:
    """Migrate the database to `place`; returns the models that fit its tables."""
    executor = MigrationExecutor(connection)
    executor.migrate(place)
    return executor.loader.project_state(place).apps


@contextmanager
def own_database(file: Path) -> Iterator[None]:
    """Inside, the default database is this empty SQLite file, whatever the other tests use."""
    others = connections["default"]
    facts = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": file}}
    connections["default"] = DatabaseWrapper(ConnectionHandler(facts).settings["default"], "default")
    try:
        yield
    finally:
        connection.close()
        connections["default"] = others
