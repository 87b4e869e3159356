"""Two answers at once. SQLite takes one write at a time: PostgreSQL only."""

import pytest

from gates.amendments.actions import approve_amendment, ask_amendment
from gates.choices import AmendedField
from metrics import events
from metrics.models import Kpi
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors
from tests.builders import make_gate, make_kpi

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_two_approvals_of_one_target_one_counts(pilot, olga, ana, petra):
    gate = make_gate(pilot=pilot)
    Pilot.objects.update(phase_number=2)
    facts = {"field": AmendedField.KPI_TARGET, "after": {"target": "15"}, "reason": "So."}
    amendment = ask_amendment(gate=gate, kpi=make_kpi(pilot), by=olga, **facts)

    results = at_once(
        lambda: approve_amendment(amendment=amendment, by=ana),
        lambda: approve_amendment(amendment=amendment, by=petra),
    )

    assert [type(error) for error in errors(results)] == [RuleViolation]
    assert Event.objects.filter(type=events.KPI_AMENDED).count() == 1
    assert Kpi.objects.get().target == 15
