"""Which databases and brokers answer, found before the tests start."""

import getpass
import hashlib
import os
import shutil
from pathlib import Path

import psycopg2
from redis import Redis
from redis.exceptions import RedisError

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 3  # seconds for a service to answer
# One name per clone, so that two of them can be tested on one machine at the same time.
DATABASE = "pilotage_" + hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:8]
LOCAL_REDIS = "redis://127.0.0.1:6379/15"  # not the first database, which people use by hand


def find_postgres() -> str | None:
    """The URL of a PostgreSQL where test databases may be created, None when none answers."""
    given = os.environ.get("DATABASE_URL", "")
    if given.startswith(("postgres://", "postgresql://")):
        candidates = [given]
    else:
        user = getpass.getuser()
        people = (user, "postgres", "postgres:postgres")
        candidates = [f"postgres://{someone}@127.0.0.1:5432/{DATABASE}" for someone in people]
    return next((url for url in candidates if _may_create_databases(url)), None)


def _may_create_databases(url: str) -> bool:
    try:
        # The database of the URL need not exist: the tests create one beside it.
        connection = psycopg2.connect(url, dbname="postgres", connect_timeout=PATIENCE)
    except psycopg2.Error:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user")
        (allowed,) = cursor.fetchone() or (False,)
    connection.close()
    return bool(allowed)


def find_redis() -> str | None:
    """The URL of a Redis that answers, None when none does."""
    url = os.environ.get("REDIS_URL") or LOCAL_REDIS
    try:
        with Redis.from_url(url, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE) as client:
            client.ping()
    except (RedisError, ValueError):
        return None
    return url


def another_database(url: str | None) -> str | None:
    """The same Redis, with the database before the one of this URL (or after, where that is the first)."""
    if url is None:
        return None
    server, _, number = url.partition("://")[2].partition("/")
    first = int(number or 0)
    return f"{url.partition('://')[0]}://{server}/{first - 1 if first else 1}"


def find_prometheus() -> str | None:
    """The path of the program, which the tests start themselves; None when it is not here."""
    return shutil.which("prometheus")


def find_shared_data() -> Path | None:
    """The folder of public data sets beside the repository, None when it is not there."""
    folder = Path(os.environ.get("PILOTAGE_SHARED_DATA") or ROOT.parent / "shared" / "data")
    return folder if folder.is_dir() else None
