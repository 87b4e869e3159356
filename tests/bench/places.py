"""What a run needs and throws away: databases, filled, and web servers in front of them."""

import json
import os
import re
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.error import URLError
from urllib.parse import urlencode, urlsplit, urlunsplit

import psycopg2

from config.programs import web
from tests.config.real_processes import SET_BY_TESTS, free_port
from tests.everything.services import find_postgres

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0  # seconds for a server to answer


@contextmanager
def database(folder: Path, name: str, *, on_sqlite: bool) -> Iterator[str]:
    """The URL of an empty database of our own, gone afterwards: PostgreSQL when one answers, else SQLite."""
    server = None if on_sqlite else find_postgres()
    if server is None:
        yield f"sqlite:///{folder / f'{name}.sqlite3'}"
        return
    name = f"pilotage_bench_{name}_{secrets.token_hex(4)}"
    _administer(server, f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(server)._replace(path=f"/{name}"))
    finally:
        _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


def _administer(server: str, statement: str) -> None:
    connection = psycopg2.connect(server, dbname="postgres")
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
    finally:
        connection.close()


def environment(folder: Path, database_url: str) -> dict[str, str]:
    """Ours, without what a developer has set, on the run's own data folder."""
    kept = {name: value for name, value in os.environ.items() if name not in SET_BY_TESTS}
    return kept | {
        "DJANGO_SETTINGS_MODULE": "tests.bench.settings",
        "DATA_DIR": str(folder),
        "DATABASE_URL": database_url,
        "CONN_MAX_AGE": "3600",  # a connection that ends takes along what its CPU time was
        "LOG_LEVEL": "WARNING",
    }


def fill(folder: Path, database_url: str, module: str, *numbers: int) -> dict:
    """Fill a database by `python -m` this module, a process of its own; returns what that says."""
    done = subprocess.run(
        [sys.executable, "-m", module, *map(str, numbers)],
        cwd=ROOT,
        env=environment(folder, database_url),
        stdout=subprocess.PIPE,
        text=True,
    )
    if done.returncode:
        raise SystemExit(f"{module} could not fill its database; the reason is above.")
    return json.loads(done.stdout)


class Server:
    """A gunicorn of two workers, as `manage.py up` starts it, and the processes it consists of."""

    def __init__(self, application: str, port: int, process: subprocess.Popen[bytes]):
        self.application, self.port, self.process = application, port, process

    @property
    def workers(self) -> list[int]:
        """The process ids of the workers."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def wait_until_it_answers(self, path: str) -> None:
        until = time.monotonic() + PATIENCE
        while True:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE).close()
                return
            except URLError:
                if time.monotonic() > until or self.process.poll() is not None:
                    raise SystemExit(f"The web server of {self.application} does not answer.") from None
                time.sleep(0.1)

    def sign_in(self, email: str, password: str) -> str:
        """Sign in through the form; returns the Cookie header of the person from then on."""
        jar = CookieJar()
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(jar))
        address = f"http://127.0.0.1:{self.port}/accounts/login/"
        form = browser.open(address).read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        if token is None:
            raise SystemExit("The sign-in page has no form.")
        fields = {"login": email, "password": password, "csrfmiddlewaretoken": token[1]}
        browser.open(address, urlencode(fields).encode()).close()
        cookies = {cookie.name: cookie.value for cookie in jar}
        if "sessionid" not in cookies:
            raise SystemExit("The manager could not sign in.")
        return "; ".join(f"{name}={value}" for name, value in cookies.items())


@contextmanager
def server(application: str, environment: dict[str, str], *, probe: str) -> Iterator[Server]:
    """A running server of a WSGI module, which answers `probe`; stopped afterwards."""
    port = free_port()
    command = [application if word == "config.wsgi" else word for word in web(port).command]
    process = subprocess.Popen(
        [*command, "--log-level", "warning"], cwd=ROOT, env=environment, stdin=subprocess.DEVNULL
    )
    try:
        started = Server(application, port, process)
        started.wait_until_it_answers(probe)
        yield started
    finally:
        process.terminate()
        process.wait(10)
