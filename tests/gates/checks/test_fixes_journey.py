"""The fixes of checks over the way of a pilot, done through their pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from gates.models import Gate
from metrics.choices import KpiKind
from pilots.models import Pilot
from tests.builders import (
    bring,
    criterion,
    days_ago,
    make_benefit,
    make_gate,
    make_kpi,
    make_playbook,
    measure,
    start,
)
from tests.gates.checks.walk import Walker, passes

pytestmark = [pytest.mark.django_db, pytest.mark.either]
PHASES = ("proof_of_concept", "pilot", "production_planning", "production_deployment")


def test_the_sponsor_says_something_at_the_gate(pilot, sven, client_of):
    gate = make_gate(pilot=pilot)
    Pilot.objects.update(created_at=timezone.now() - timedelta(days=60))
    assert not passes("sponsor_active", pilot)

    walker = Walker(client_of(sven), "sponsor_active", pilot)
    walker.follow(reverse("gates:reading", args=[pilot.key, gate.definition.key]))
    client, at = walker.client, reverse("gates:review_criterion", args=[pilot.key, gate.definition.key, "V1"])
    assert client.post(at, {"level": "minor", "comment": "Whose problem is it?"}).status_code == 302

    assert passes("sponsor_active", pilot)


def test_the_review_is_asked_for(pilot, olga, client_of):
    gate = make_gate(pilot=pilot)
    kpi = make_kpi(pilot)
    for week in range(8):
        measure(kpi, 25, on=days_ago(7 * week))
    assert not passes("next_step_planned", pilot)

    walker = Walker(client_of(olga), "next_step_planned", pilot)
    walker.follow(reverse("gates:review", args=[pilot.key, gate.definition.key]))
    walker.send({"message": "Ready."})

    assert passes("next_step_planned", pilot)


def test_more_time_is_planned_before_production(pilot, olga, client_of):
    start(pilot, make_playbook(phases=PHASES), on=days_ago(5))
    ends, ready = Gate.objects.filter(pilot=pilot).order_by("definition__phase__position")[1:3]
    Gate.objects.filter(pk__in=[ends.pk, ready.pk]).update(planned_on=days_ago(-40))
    assert not passes("room_before_production", pilot)

    walker = Walker(client_of(olga), "room_before_production", pilot)
    walker.follow(reverse("gates:gate", args=[pilot.key, ready.definition.key]))
    walker.follow(reverse("gates:plan", args=[pilot.key, ready.definition.key]))
    walker.send({"planned_on": days_ago(-90).isoformat(), "reason": "There is much to build."})

    assert passes("room_before_production", pilot)


def test_a_pilot_that_stays_too_long_is_decided(pilot, ana, client_of):
    gate = start(pilot, make_playbook(), on=days_ago(200))
    assert not passes("within_usual_time", pilot)

    walker = Walker(client_of(ana), "within_usual_time", pilot)
    walker.follow(reverse("gates:decide", args=[pilot.key, gate.definition.key]))
    stop = {"outcome": "stop", "code_stop": "no_value", "reason": "Nobody would use it."}
    walker.send(stop | {"lesson": "Ask the users first.", "confirm": "yes"})

    assert passes("within_usual_time", pilot)


def test_what_expired_is_renewed(pilot, olga, client_of):
    gate = make_gate([criterion("V1", state="met", stale_on=days_ago(1))], pilot=pilot)
    assert not passes("proof_in_force", pilot)

    walker = Walker(client_of(olga), "proof_in_force", pilot)
    walker.follow(reverse("gates:criterion", args=[pilot.key, gate.definition.key, "V1"]))
    client = walker.client
    for state in ("in_progress", "met"):
        body = {"state": state, "note": "Shown anew.", "responsible": ""}
        assert client.post(walker.at, body).status_code == 302

    assert passes("proof_in_force", pilot)


@pytest.mark.parametrize(
    ("name", "kind", "before"),
    [("adoption_as_planned", KpiKind.ADOPTION, (5,)), ("technical_kpis_hold", KpiKind.TECHNICAL, ())],
)
def test_a_kpi_recovers(name, kind, before, pilot, olga, client_of):
    kpi = make_kpi(pilot, "Rate", kind=kind)
    falling = before or [60 - 3 * week for week in range(10)]
    for week, value in enumerate(reversed(falling), start=1):
        measure(kpi, value, on=days_ago(7 * week))
    assert not passes(name, pilot)

    for day in range(6, -1, -1):
        walker = Walker(client_of(olga), name, pilot)
        walker.follow(reverse("metrics:kpi", args=[pilot.key, kpi.pk]))
        walker.follow(reverse("metrics:record", args=[pilot.key, kpi.pk]))
        walker.send({"value": "90", "measured_at": days_ago(day).isoformat()})

    assert passes(name, pilot)


def test_measured_value_is_supported_and_benefits_are_verified(pilot, olga, ana, client_of):
    benefit, last = make_benefit(pilot), days_ago(0).replace(day=1) - timedelta(days=1)
    bring(benefit, last, 1000, by=olga)
    benefit.periods.update(expected=1000, expected_counts=1000)
    month = [pilot.key, benefit.pk, last.year, last.month]
    assert not passes("value_at_agreed_share", pilot)
    assert not passes("benefits_verified", pilot)

    for name, who, page, body in (
        ("value_at_agreed_share", olga, "metrics:benefit_support", {"basis": "Ledger.", "comparison": "So."}),
        ("benefits_verified", ana, "metrics:benefit_verify", {"note": "Checked against the ledger."}),
    ):
        walker = Walker(client_of(who), name, pilot)
        walker.follow(reverse("metrics:benefit", args=[pilot.key, benefit.pk]))
        walker.follow(reverse("metrics:benefit_month", args=month))
        walker.follow(reverse(page, args=month))
        walker.send(body)
        assert passes(name, pilot)
