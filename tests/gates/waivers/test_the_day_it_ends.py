"""The day a waiver ends, where the organisation is, and criteria that a check decides."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus
from gates.journey.readiness import explain, refresh_gates
from gates.models import Gate
from gates.waivers.actions import (
    approve_waiver,
    refuse_waiver,
    revoke_waiver,
)
from gates.waivers.queries import standing_of
from gates.waivers.rules import LAPSED, VALID
from pilots.models import Pilot
from pilots.rules import RuleViolation
from tests.gates.waivers.waiving import RATED, S, ask, fresh, row, waive

pytestmark = pytest.mark.django_db


# --- The day it ends ---------------------------------------------------------------------------
LAST = date(2026, 6, 15)


@pytest.fixture
def until_june(gate, olga, ana, on):
    with on("2026-06-01"):
        return waive(gate, olga, ana, expires_on=LAST)


def blocks(gate: Gate, today: date) -> bool:
    assessments = list(gate.assessments.select_related("criterion"))
    by_hand = "V1" in explain(gate, assessments, today=today).blockers
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
    assert fresh(gate).blocker_count == 1 + by_hand  # R1 always; both definitions agree
    return by_hand


def test_it_blocks_again_from_its_day_on_where_the_organisation_is(gate, until_june, time_machine, settings):
    """Midnight in Berlin is 22:00 the day before in London: only the organisation's day counts."""
    settings.TIME_ZONE = "Europe/Berlin"
    with timezone.override("Europe/Berlin"):
        time_machine.move_to("2026-06-14T21:59:00Z")
        assert not blocks(gate, timezone.localdate())
        assert standing_of(until_june, today=timezone.localdate()) == VALID
        time_machine.move_to("2026-06-14T22:01:00Z")
        assert blocks(gate, timezone.localdate())
        assert standing_of(until_june, today=timezone.localdate()) == LAPSED


def test_after_its_day_it_can_be_asked_for_anew_and_revoked_to_what_was_before(
    gate, until_june, olga, ana, on
):
    with on(LAST):
        again = waive(gate, olga, ana, expires_on=LAST + timedelta(days=30))
        assert not blocks(gate, LAST)
        assert standing_of(fresh(until_june), today=LAST) == LAPSED
        assert again.state_before == S.UNKNOWN
        revoke_waiver(waiver=again, reason="No.", by=ana)
        assert row(gate).state == S.UNKNOWN
        assert blocks(gate, LAST)


def test_a_question_refused_after_the_lapse_leaves_it_blocking(gate, until_june, olga, ana, on):
    with on(LAST):
        refuse_waiver(waiver=ask(gate, olga, expires_on=LAST + timedelta(days=9)), note="No.", by=ana)
        assert blocks(gate, LAST)
        assert ask(gate, olga, expires_on=LAST + timedelta(days=8)).status == AskStatus.ASKED


def test_after_its_day_anything_can_be_said_again(gate, until_june, olga, on):
    with on(LAST):
        assess_criterion(assessment=row(gate), state=S.IN_PROGRESS, by=olga)
        assert (row(gate).state, row(gate).stale_on) == (S.IN_PROGRESS, None)
        assert standing_of(fresh(until_june), today=LAST) == LAPSED


def test_saving_a_lapsed_criterion_as_it_is_does_not_show_it_anew(gate, until_june, olga, on):
    with on(LAST):
        assess_criterion(assessment=row(gate), state=S.WAIVED, by=olga)
        assert row(gate).stale_on == LAST
        assert blocks(gate, LAST)


@pytest.mark.parametrize("day", [LAST - timedelta(days=1), LAST])
def test_meeting_it_the_day_before_or_on_its_day_counts_either_way(gate, until_june, olga, on, day):
    with on(day):
        assess_criterion(assessment=row(gate), state=S.MET, by=olga)
        assert not blocks(gate, day)
    assert not blocks(gate, LAST + timedelta(days=1))
    assert standing_of(fresh(until_june), today=day) == (AskStatus.ENDED if day < LAST else LAPSED)
    assert fresh(until_june).ended_at is not None


def test_revoking_the_day_before_and_then_meeting_it(gate, until_june, olga, ana, on):
    with on(LAST - timedelta(days=1)):
        revoke_waiver(waiver=until_june, reason="Now.", by=ana)
        assert blocks(gate, LAST - timedelta(days=1))
        assess_criterion(assessment=row(gate), state=S.MET, by=olga)
    assert not blocks(gate, LAST)


def test_a_waiver_asked_for_but_decided_on_only_after_its_day_is_not_approved(gate, olga, ana, on):
    with on("2026-06-01"):
        waiver = ask(gate, olga, expires_on=LAST)
    with on(LAST), pytest.raises(RuleViolation, match="must expire tomorrow or later"):
        approve_waiver(waiver=waiver, by=ana)


# --- Criteria that a check decides ----------------------------------------------------------------
def night(gate: Gate, day) -> None:
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=day)


def test_the_check_leaves_a_waived_criterion_alone_until_its_day_and_then_decides_again(gate, olga, ana, on):
    with on("2026-06-01"):
        waiver = waive(gate, olga, ana, "R1", expires_on=LAST)
        assert fresh(gate).blocker_count == 1
    night(gate, LAST - timedelta(days=1))
    assert (row(gate, "R1").state, fresh(gate).blocker_count) == (S.WAIVED, 1)

    with on(LAST):
        night(gate, LAST)

    assert (row(gate, "R1").state, row(gate, "R1").stale_on) == (S.NOT_MET, None)
    assert fresh(gate).blocker_count == 2
    assert standing_of(fresh(waiver), today=LAST) == LAPSED
    with on(LAST):
        assert ask(gate, olga, "R1", expires_on=LAST + timedelta(days=9)).status == AskStatus.ASKED


def test_a_check_that_says_met_ends_the_waiver_for_good(gate, olga, ana, on):
    with on("2026-06-01"):
        waiver = waive(gate, olga, ana, "R1", expires_on=LAST)
        Pilot.objects.filter(pk=gate.pilot_id).update(**RATED)
        night(gate, date(2026, 6, 1))
        assert (row(gate, "R1").state, row(gate, "R1").stale_on) == (S.MET, None)
        assert standing_of(fresh(waiver), today=date(2026, 6, 1)) == AskStatus.ENDED
        assert fresh(gate).must_met == 1

        Pilot.objects.filter(pk=gate.pilot_id).update(risk_tier="")
        night(gate, date(2026, 6, 2))
    assert row(gate, "R1").state == S.NOT_MET
    assert fresh(gate).blocker_count == 2
