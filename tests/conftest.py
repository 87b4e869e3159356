"""The cast: Olga owns, Ana keeps the gate, Sven sponsors, Petra manages the programme, Erik is the
executive, Adam audits, Ida administers, and Nils owns pilots of another programme, so is nobody here."""

import gc
import os
from datetime import date, datetime, time

import pytest
import time_machine
from django.db import connection
from django.db.backends.postgresql.operations import DatabaseOperations
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, settings

from pilots.choices import Role
from tests.builders import join, make_pilot, make_programme, make_user
from tests.old_tables import own_database

BOUNDED = {
    "deadline": None,
    # A database test rolls back what each example wrote by itself.
    "suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
}
settings.register_profile("ci", max_examples=40, derandomize=True, database=None, **BOUNDED)
settings.register_profile("deep", max_examples=1_000, **BOUNDED)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(tryfirst=True)  # before tests are chosen by their markers
def pytest_collection_modifyitems(items):
    """What touches no database need not run on two."""
    for item in items:
        said = any(item.get_closest_marker(name) for name in ("browser", "process", "prometheus", "either"))
        if not said and not item.get_closest_marker("django_db") and "db" not in item.fixturenames:
            item.add_marker(pytest.mark.either)


def pytest_collection_finish(session):
    """Thousands of collected tests live to the end: looking through them for garbage takes a tenth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def pytest_configure():
    """PostgreSQL deletes the few rows of a test a hundred times faster than it truncates all tables."""
    truncates = DatabaseOperations.sql_flush

    def deletes(self, style, tables, *, reset_sequences=False, allow_cascade=False):
        if reset_sequences:
            return truncates(self, style, tables, reset_sequences=True, allow_cascade=allow_cascade)
        return [f"DELETE FROM {self.quote_name(table)}" for table in tables]

    DatabaseOperations.sql_flush = deletes


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgres") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL: set DATABASE_URL to one")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """SQLite is asked once in a process what it can do with JSON: not in the middle of a test that counts queries."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


@pytest.fixture
def old_database(tmp_path, django_db_blocker):
    """The test has a database of its own without any table, to which `models_as_of` brings those of a version."""
    with django_db_blocker.unblock(), own_database(tmp_path / "old.sqlite3"):
        yield


@pytest.fixture
def programme(db):
    return make_programme("Customer service")


@pytest.fixture
def olga(programme):
    return join(make_user("Olga Owner", "olga@example.com"), programme, Role.OWNER)


@pytest.fixture
def ana(programme):
    return join(make_user("Ana Anders", "ana@example.com"), programme, Role.GATEKEEPER)


@pytest.fixture
def sven(programme):
    return join(make_user("Sven Sponsor", "sven@example.com"), programme, Role.GATEKEEPER)


@pytest.fixture
def petra(programme):
    return join(make_user("Petra Plan", "petra@example.com"), programme, Role.PROGRAMME_MANAGER)


@pytest.fixture
def erik(programme):
    return join(make_user("Erik Exec", "erik@example.com"), programme, Role.EXECUTIVE)


@pytest.fixture
def adam(programme):
    return join(make_user("Adam Audit", "adam@example.com"), programme, Role.AUDITOR)


@pytest.fixture
def ida(db):
    return join(make_user("Ida Admin", "ida@example.com"), None, Role.ADMINISTRATOR)


@pytest.fixture
def nils(db):
    return join(make_user("Nils Nobody", "nils@example.com"), make_programme("Logistics"), Role.OWNER)


@pytest.fixture
def pilot(programme, olga, sven):
    """In intake, with an owner and a sponsor."""
    return make_pilot(programme, owner=olga, sponsor=sven, title="Invoice reading")


@pytest.fixture
def on():
    """`with on("2026-03-02"):` makes it noon of that day where the organisation is."""

    def travel(day: str | date):
        day = date.fromisoformat(day) if isinstance(day, str) else day
        return time_machine.travel(timezone.make_aware(datetime.combine(day, time(12))), tick=False)

    return travel


@pytest.fixture
def client_of():
    """`client_of(olga)` is a browser in which Olga has signed in."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in
