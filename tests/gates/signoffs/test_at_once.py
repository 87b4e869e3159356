"""Two people, or one person twice, at the same moment. PostgreSQL only."""

import pytest

from gates.choices import Outcome
from gates.decisions.actions import decide
from gates.models import Delegation, Gatekeeper, SignOff
from gates.signoffs.actions import (
    dismiss_gatekeeper,
    give_delegation,
    name_gatekeeper,
    sign_off,
    withdraw_sign_off,
)
from pilots.rules import RuleViolation
from tests.at_once import at_once, errors
from tests.gates.signoffs.conftest import DAY, name, quorum

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_people_sign_at_once_and_both_have_signed(gate, programme, sven, rita):
    name(rita, "Risk", programme)

    results = at_once(
        lambda: sign_off(gate=gate, role="Sponsor", by=sven),
        lambda: sign_off(gate=gate, role="Risk", by=rita),
    )

    assert errors(results) == []
    assert quorum(gate).reached


def test_one_person_signing_twice_at_once_has_signed_once(gate, sven):
    results = at_once(*[lambda: sign_off(gate=gate, role="Sponsor", by=sven)] * 3)

    assert errors(results) == []
    assert SignOff.objects.count() == 1


def test_of_two_who_sign_in_one_seat_at_once_one_has(gate, programme, rita, ben):
    name(rita, "Risk", programme)
    give_delegation(receiver=ben, starts_on=DAY, ends_on=DAY, reason="Away", by=rita)

    results = at_once(
        lambda: sign_off(gate=gate, role="Risk", by=rita),
        lambda: sign_off(gate=gate, role="Risk", by=ben, holder=rita),
    )

    assert [type(error) for error in errors(results)] == [RuleViolation]
    assert SignOff.objects.count() == 1


def test_nothing_is_signed_or_taken_back_once_a_stop_is_recorded(gate, sven, ana):
    sign_off(gate=gate, role="Sponsor", by=sven)

    results = at_once(
        lambda: withdraw_sign_off(gate=gate, role="Sponsor", by=sven),
        lambda: decide(
            gate=gate,
            outcome=Outcome.STOP,
            reason="No.",
            reason_code="data",
            lesson="Ask.",
            by=ana,
        ),
    )

    late = errors(results)
    assert len(late) <= 1  # taken back before the stop, or told that it is over
    assert all(isinstance(error, RuleViolation) and "has been decided" in str(error) for error in late)


def test_named_and_delegated_twice_at_once_it_is_there_once(programme, rita, ben, petra):
    named = at_once(*[lambda: name_gatekeeper(programme=programme, role="Risk", person=rita, by=petra)] * 3)
    facts = {"receiver": ben, "starts_on": DAY, "ends_on": DAY, "reason": "Away"}
    lent = at_once(*[lambda: give_delegation(by=rita, **facts)] * 3)

    assert errors(named) == errors(lent) == []
    assert Gatekeeper.objects.count() == Delegation.objects.count() == 1

    dismissed = at_once(*[lambda: dismiss_gatekeeper(gatekeeper=named[0], by=petra)] * 2)
    assert errors(dismissed) == []
    assert not Gatekeeper.objects.exists()
