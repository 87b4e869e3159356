"""Rows and files that took long to make, kept beside the database of the tests and put back for each of them."""

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from pathlib import Path
from typing import Any

from django.db import connection


class Kept:
    """Copies of a whole SQLite database with the files that its rows name; on another database all is made anew."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.made: dict[str, Any] = {}

    def find(self, name: str, make: Callable[[], Any], *, files: Path) -> Any:
        """What `make` returns, after the database and the empty folder of files are as `make` leaves them."""
        if connection.vendor != "sqlite":
            return make()
        if name not in self.made:
            self.made[name] = make()
            self._copy(name, back=False)
            shutil.copytree(files, self.folder / f"{name}-files")
        else:
            self._copy(name, back=True)
            shutil.copytree(self.folder / f"{name}-files", files, dirs_exist_ok=True)
        return deepcopy(self.made[name])

    def _copy(self, name: str, *, back: bool) -> None:
        connection.ensure_connection()
        with closing(sqlite3.connect(self.folder / f"{name}.sqlite3")) as beside:
            source, target = (beside, connection.connection) if back else (connection.connection, beside)
            source.backup(target)
