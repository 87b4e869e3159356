"""Who is still asked to sign: written down as the rules say, set-based, and only where it has changed."""

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.choices import GateStatus, SignOffKind
from gates.digest import covered, digest_of
from gates.journey.asking import ask_seats
from gates.journey.tasks import refresh_all_readiness
from gates.models import AskedSeat, Gate, SignOff
from gates.seats.queries import roles_of
from gates.signoffs.actions import sign_off
from gates.signoffs.queries import facts_now
from pilots.choices import Role
from tests.builders import days_ago, join, make_pilot, make_user
from tests.gates.review.world import World
from tests.gates.signoffs.conftest import RISK, SPONSOR, in_review, name

pytestmark = pytest.mark.django_db


def told() -> set[tuple]:
    return set(AskedSeat.objects.values_list("gate", "role", "holder", "signed_by"))


@pytest.fixture
def rita(programme):
    rita = join(make_user("Rita Risk", "rita@example.com"), programme, Role.EXECUTIVE)
    name(rita, "risk", programme)
    return rita


def test_a_request_asks_every_holder_and_any_gatekeeper_where_there_is_none(pilot, rita, sven):
    gate = in_review(pilot, roles=[SPONSOR, RISK, {"role": "Finance"}])

    assert told() == {
        (gate.pk, "Sponsor", sven.pk, None),
        (gate.pk, "Risk", rita.pk, None),
        (gate.pk, "Finance", None, None),
    }


def test_a_role_with_enough_signatures_asks_nobody_nor_does_a_gate_with_enough_roles(pilot, rita, sven):
    gate = in_review(pilot)
    sign_off(gate=gate, role="Risk", by=rita)
    assert told() == {(gate.pk, "Sponsor", sven.pk, None)}

    sign_off(gate=gate, role="Sponsor", by=sven)
    assert told() == set()


def test_where_several_have_to_sign_who_has_signed_is_kept_beside_the_others(pilot, programme, rita, sven):
    other = join(make_user("Ben Brandt"), programme, Role.EXECUTIVE)
    name(other, "Risk", programme)
    gate = in_review(pilot, roles=[RISK | {"quorum": "all"}])

    sign_off(gate=gate, role="Risk", by=rita)

    assert told() == {(gate.pk, "Risk", rita.pk, rita.pk), (gate.pk, "Risk", other.pk, None)}


def test_many_gates_take_as_many_queries_as_few_and_nothing_is_written_twice(programme, olga, sven, rita):
    counts = []
    for more in (3, 17):
        for number in range(more):
            pilot = make_pilot(programme, owner=olga, sponsor=sven, title=f"Pilot {number}")
            sign_off(gate=in_review(pilot), role="Risk", by=rita)
        ids = list(Gate.objects.filter(status=GateStatus.SUBMITTED).values_list("pk", flat=True))
        AskedSeat.objects.all().delete()
        with CaptureQueriesContext(connection) as captured:
            ask_seats(ids, today=days_ago(0))
        counts.append(len(captured))
    with CaptureQueriesContext(connection) as again:
        ask_seats(ids, today=days_ago(0))

    assert counts[0] == counts[1] <= 11
    assert len(told()) == 20
    assert not [q for q in again if q["sql"].startswith(("INSERT", "DELETE", "UPDATE"))]


def test_where_no_gate_is_in_review_it_takes_two_queries(pilot, olga, django_assert_num_queries):
    gate = in_review(pilot)
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.OPEN)
    AskedSeat.objects.all().delete()

    with django_assert_num_queries(2):
        ask_seats([gate.pk], today=days_ago(0))


def test_a_night_heals_what_was_stored_wrongly_and_forgets_gates_that_left_the_review(
    pilot, programme, olga, sven, rita
):
    left = in_review(make_pilot(programme, owner=olga, sponsor=sven, title="Left"))
    gate = in_review(pilot)
    before = {row for row in told() if row[0] == gate.pk}
    Gate.objects.filter(pk=left.pk).update(status=GateStatus.OPEN)
    AskedSeat.objects.filter(gate=gate, role="Risk").delete()

    refresh_all_readiness()

    assert told() == before


def test_the_migration_says_of_gates_from_before_who_is_asked():
    for seed in range(6):
        world = World(seed)
        SignOff.objects.all()._raw_delete("default")
        for gate in world.gates:
            for role in roles_of(gate.definition)[:1]:
                facts = covered(facts_now(gate, days_ago(0)), role.areas)
                person = world.chance.choice(world.people)
                SignOff.objects.create(
                    gate=gate,
                    role=role.label,
                    person=person,
                    kind=SignOffKind.SIGNED,
                    digest=digest_of(facts),
                    seen=facts,
                    at=timezone.now(),
                )
        AskedSeat.objects.all().delete()
        ask_seats([gate.pk for gate in world.gates], today=days_ago(0))
        asked = told()
        AskedSeat.objects.all().delete()

        import_module("gates.migrations.0019_who_is_asked").fill(apps, None)

        assert told() == asked
        Gate.objects.update(status=GateStatus.OPEN)
