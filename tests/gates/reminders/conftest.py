"""The cast: Olga owns, Sven sponsors, Petra manages the programme, Gina is its gatekeeper."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.utils import timezone

from gates.reminders.tasks import remind_overdue_gates
from tests.gates.reminders.builders import make_pilot, make_programme, make_user


@pytest.fixture(autouse=True)
def one_clock(monkeypatch):
    """PostgreSQL's clock does not travel with the test's."""
    monkeypatch.setattr("gates.reminders.actions.shared_now", timezone.now)


@pytest.fixture
def olga(db):
    return make_user("Olga")


@pytest.fixture
def sven(db):
    return make_user("Sven")


@pytest.fixture
def petra(db):
    return make_user("Petra")


@pytest.fixture
def gina(db):
    return make_user("Gina")


@pytest.fixture
def programme(petra, gina):
    return make_programme(programme_manager=petra, gatekeeper=gina)


@pytest.fixture
def pilot(programme, olga, sven):
    return make_pilot(programme, owner=olga, sponsor=sven)


@pytest.fixture
def at():
    """Runs the reminders at a local moment such as "2026-03-03 07:00"; returns who got mail, by address."""

    def run(moment: str) -> list[str]:
        mail.outbox.clear()
        when = datetime.fromisoformat(moment).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
        with time_machine.travel(when, tick=False):
            remind_overdue_gates()
        return sorted(message.to[0] for message in mail.outbox)

    return run


@pytest.fixture
def on(at):
    """The same at 07:00 of a day."""
    return lambda day: at(f"{day} 07:00")
