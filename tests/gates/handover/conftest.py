"""Olga holds one of everything; Otto, who owns other pilots of the programme, takes over."""

import pytest

from gates.models import Condition, Gatekeeper
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


@pytest.fixture
def everything(gate, sponsored, condition, pilot, olga):
    """Of each kind one, and the same things of the past."""
    make_kpi(pilot, owner=olga)
    make_benefit(pilot, by=olga, owner=olga)
    Gatekeeper.objects.create(programme=pilot.programme, role="Finance", person=olga)
    for register in REGISTERS:
        make_entry(pilot, register, owner=olga)
    make_pilot(pilot.programme, owner=olga, title="Long over", state="stopped")
    make_kpi(sponsored, "Archived", owner=olga, archived_at=gate.opened_at)
    return pilot
