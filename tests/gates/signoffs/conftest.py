"""A gate in review whose roles are Sponsor (Sven) and Risk (Rita, or any gatekeeper)."""

from datetime import date, timedelta

import pytest

from gates.choices import Area
from gates.journey.actions import request_review
from gates.models import Delegation, Gate, Gatekeeper
from gates.signoffs.queries import Quorum, quorum_of
from pilots.choices import Role
from tests.builders import criterion, join, make_playbook, make_user, start

DAY = date(2026, 3, 2)
RISK = {"role": "Risk", "quorum": "any", "areas": ["risk"]}
FINANCE = {"role": "Finance", "quorum": "any", "areas": ["finance"]}
SPONSOR = {"role": "Sponsor", "quorum": "any", "areas": []}


@pytest.fixture(autouse=True)
def today(on):
    with on(DAY):
        yield DAY


@pytest.fixture
def rita(programme):
    return join(make_user("Rita Risk", "rita@example.com"), programme, Role.EXECUTIVE)


@pytest.fixture
def ben(programme):
    return join(make_user("Ben Brandt", "ben@example.com"), programme, Role.EXECUTIVE)


def in_review(pilot, roles=(SPONSOR, RISK), quorum: str = "all") -> Gate:
    """The pilot's first gate with these roles, its review asked for."""
    criteria = (criterion("V1"), criterion("T1", area=Area.TECHNICAL), criterion("R1", area=Area.RISK))
    version = make_playbook(criteria=criteria, gatekeeper_roles=list(roles), quorum=quorum)
    gate = start(pilot, version, on=DAY - timedelta(40))
    request_review(gate=gate, by=pilot.owner)
    return fresh(gate)


def fresh(gate: Gate) -> Gate:
    """As a page reads it."""
    rows = Gate.objects.select_related(
        "pilot__programme", "pilot__owner", "pilot__sponsor", "definition__phase__version__playbook"
    )
    return rows.get(pk=gate.pk)


@pytest.fixture
def gate(pilot):
    return in_review(pilot)


def name(person, role: str, programme) -> Gatekeeper:
    return Gatekeeper.objects.create(programme=programme, role=role, person=person)


def lend(giver, receiver, *, programme=None, starts_on=DAY, ends_on=DAY) -> Delegation:
    return Delegation.objects.create(
        giver=giver,
        receiver=receiver,
        programme=programme,
        starts_on=starts_on,
        ends_on=ends_on,
        reason="Away",
    )


def quorum(gate: Gate, on: date = DAY) -> Quorum:
    return quorum_of(fresh(gate), today=on)


def states(gate: Gate, role: str) -> dict[str, str]:
    """Name → how the seat stands, in one role."""
    standing = next(one for one in quorum(gate).roles if one.label == role)
    return {str(seat.person or ""): seat.state for seat in standing.seats}
