"""Olga holds one of everything; Otto, who owns other pilots of the programme, takes over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from gates.choices import MeetingState
from gates.models import Attendee, Condition, Delegation, Gatekeeper, GateReview
from pilots.choices import Role
from pilots.registers.table import REGISTERS
from tests.api.world import make_condition
from tests.builders import (
    criterion,
    join,
    make_benefit,
    make_entry,
    make_gate,
    make_kpi,
    make_pilot,
    make_user,
)


@pytest.fixture
def otto(programme):
    return join(make_user("Otto Other", "otto@example.com"), programme, Role.OWNER)


@pytest.fixture
def gate(pilot, olga):
    """The current gate of Olga's pilot; its first criterion is hers."""
    gate = make_gate([criterion("V1"), criterion("V2")], pilot=pilot)
    gate.assessments.filter(criterion__key="V1").update(responsible=olga)
    return gate


@pytest.fixture
def sponsored(programme, olga, otto):
    return make_pilot(programme, owner=otto, sponsor=olga, title="Claims triage")


@pytest.fixture
def condition(gate, ana, olga) -> Condition:
    return make_condition(gate, ana, olga)


def make_meeting(programme, by, title="May meeting", **facts) -> GateReview:
    """A gate meeting in three days, called by this person."""
    now = timezone.now()
    facts = {"starts_at": now + timedelta(days=3), "called_at": now} | facts
    return GateReview.objects.create(programme=programme, title=title, called_by=by, **facts)


def delegate(giver, receiver, programme, **facts) -> Delegation:
    """The receiver signs for the giver, from a month ago to a month ahead."""
    today = timezone.localdate()
    facts = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=30)} | facts
    people = {"giver": giver, "receiver": receiver}
    return Delegation.objects.create(**people, programme=programme, reason="On leave.", **facts)


@pytest.fixture
def everything(gate, sponsored, condition, pilot, olga, otto, ana):
    """Of each kind one, and the same things of the past."""
    make_kpi(pilot, owner=olga)
    make_benefit(pilot, by=olga, owner=olga)
    Gatekeeper.objects.create(programme=pilot.programme, role="Finance", person=olga)
    for register in REGISTERS:
        make_entry(pilot, register, owner=olga)
    held_now = make_meeting(pilot.programme, olga, state=MeetingState.RUNNING, presenter=olga)
    Attendee.objects.create(review=held_now, person=olga)
    delegate(olga, ana, pilot.programme)
    delegate(ana, olga, pilot.programme)
    join(otto, pilot.programme, Role.GATEKEEPER)
    make_pilot(pilot.programme, owner=olga, title="Long over", state="stopped")
    over = {"state": MeetingState.HELD, "closed_at": gate.opened_at}
    Attendee.objects.create(review=make_meeting(pilot.programme, olga, **over), person=olga)
    delegate(olga, ana, pilot.programme, ends_on=timezone.localdate() - timedelta(days=1))
    make_kpi(sponsored, "Archived", owner=olga, archived_at=gate.opened_at)
    return pilot
