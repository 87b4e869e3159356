"""A pilot at the first gate of three in November 2026, planned for the 26th, with a freeze two days before."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
import time_machine

from gates.evidence.actions import add_evidence
from gates.feedback.actions import give_feedback
from gates.journey.actions import plan_gate, request_review
from gates.models import Gate
from tests.builders import make_kpi, make_outlook, make_playbook, measure, start

DAY = date(2026, 11, 20)
PLANNED = date(2026, 11, 26)
BERLIN = ZoneInfo("Europe/Berlin")


def moment(text: str):
    """`with moment("2026-11-24 18:00"):` in Berlin."""
    return time_machine.travel(datetime.fromisoformat(text).replace(tzinfo=BERLIN), tick=False)


@pytest.fixture(autouse=True)
def today(on, settings):
    settings.TIME_ZONE = "Europe/Berlin"
    with on(DAY):
        yield DAY


@pytest.fixture
def gate(pilot, olga) -> Gate:
    """Open, planned, with everything that a pack tells of."""
    version = make_playbook(
        freeze_days_before=2, gatekeeper_roles=[{"role": "Sponsor", "quorum": "all"}], question="Scale it?"
    )
    found = start(pilot, version, on=date(2026, 10, 1))
    plan_gate(gate=found, planned_on=PLANNED, forecast_on=None, reason="Board date.", by=olga)
    kpi = make_kpi(pilot)
    measure(kpi, "14", on=date(2026, 10, 20), by=olga)
    measure(kpi, "17.5", on=date(2026, 11, 10), by=olga)
    make_outlook(pilot, as_of=date(2026, 11, 1))
    return Gate.objects.get(pk=found.pk)


@pytest.fixture
def in_review(gate, olga, ana) -> Gate:
    first = gate.assessments.get(criterion__key="V1")
    add_evidence(assessment=first, kind="note", title="Problem note", note="It takes an hour.", by=olga)
    give_feedback(gate=gate, assessment=first, level="major", comment="Ask the users.", by=ana)
    request_review(gate=gate, by=olga, message="We ask for EUR 310k.")
    return Gate.objects.get(pk=gate.pk)
