"""The two questions a watcher asks of the process."""

import pytest
from django.db import OperationalError, connection

from config.celery import app


@pytest.fixture
def broker_in_memory(settings, monkeypatch):
    monkeypatch.setitem(app.conf, "broker_url", "memory://")
    monkeypatch.setitem(app.conf, "broker_transport_options", {})


@pytest.fixture
def broker_absent(tmp_path, monkeypatch):
    monkeypatch.setitem(app.conf, "broker_url", f"redis+socket://{tmp_path}/nobody.sock")


def test_the_process_says_that_it_is_up_without_asking_database_or_broker(client, broker_absent):
    response = client.get("/healthz")  # no database mark: a query would fail this test

    assert response.status_code == 200
    assert response.json() == {"status": "up"}


@pytest.mark.django_db
def test_ready_when_database_and_broker_answer(client, broker_in_memory):
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "database": "answers", "broker": "answers"}


@pytest.mark.django_db
def test_not_ready_names_the_broker_that_does_not_answer(client, broker_absent):
    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "answers", "broker": "does not answer"}


def test_not_ready_names_the_database_that_does_not_answer(client, broker_in_memory, monkeypatch):
    def refuse():
        raise OperationalError("connection refused")

    monkeypatch.setattr(connection, "cursor", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json() == {"status": "not ready", "database": "does not answer", "broker": "answers"}


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
@pytest.mark.django_db
def test_a_watcher_is_not_redirected_to_https(client, settings, broker_in_memory, path):
    settings.SECURE_SSL_REDIRECT = True

    assert client.get(path).status_code == 200
