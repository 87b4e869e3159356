"""Whatever happens to a waiver, in any order and around any midnight: it is never counted as met."""

from datetime import date, timedelta

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from gates.amendments.actions import approve_amendment, ask_amendment
from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus, AssessmentState
from gates.journey.readiness import explain, refresh_gates
from gates.models import Gate, Waiver
from gates.waivers.actions import approve_waiver, ask_waiver, refuse_waiver, revoke_waiver, withdraw_waiver
from gates.waivers.queries import standing_of
from gates.waivers.rules import VALID
from pilots.models import Pilot
from pilots.rules import RuleViolation
from tests.builders import criterion, make_gate
from tests.gates.waivers.waiving import RATED

pytestmark = pytest.mark.django_db
S = AssessmentState
START = date(2026, 6, 1)
CRITERIA = (
    criterion("V1", weight=3),
    criterion("R1", weight=2, check_name="risk_tier_recorded", state=S.NOT_MET),
    criterion("O1", state=S.MET),
)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "ask",
                "ask",
                "approve",
                "approve",
                "refuse",
                "withdraw",
                "revoke",
                "met",
                "not_met",
                "rate",
                "unrate",
                "set aside",
                "bring back",
            ]
        ),
        st.sampled_from(["V1", "R1"]),
        st.integers(0, 2),  # days that pass before it
        st.integers(1, 3),  # days that a waiver lasts
    ),
    max_size=14,
)


def criterion_of(gate: Gate, key: str):
    return gate.assessments.select_related("criterion").get(criterion__key=key)


def step(gate: Gate, what: str, key: str, lasts: int, today: date, olga, ana) -> None:
    assessment = criterion_of(gate, key)
    latest = assessment.waivers.first()
    if what == "ask":
        until = today + timedelta(days=lasts)
        ask_waiver(assessment=assessment, reason=f"Since {today}.", expires_on=until, by=olga)
    elif what in ("met", "not_met"):
        assess_criterion(assessment=assessment, state=what, note=f"On {today}.", by=olga)
    elif what in ("set aside", "bring back"):
        amend(assessment, applies=what == "bring back", olga=olga, ana=ana)
    elif what in ("rate", "unrate"):
        Pilot.objects.filter(pk=gate.pilot_id).update(**RATED if what == "rate" else {"risk_tier": ""})
    elif latest is not None and what == "approve":
        approve_waiver(waiver=latest, by=ana)
    elif latest is not None and what == "refuse":
        refuse_waiver(waiver=latest, note="No.", by=ana)
    elif latest is not None and what == "withdraw":
        withdraw_waiver(waiver=latest, by=olga)
    elif latest is not None:
        revoke_waiver(waiver=latest, reason="No.", by=ana)


def amend(assessment, *, applies: bool, olga, ana) -> None:
    asked = ask_amendment(
        gate=assessment.gate, assessment=assessment, field="applies", after=applies, reason="So.", by=olga
    )
    approve_amendment(amendment=asked, by=ana)


@given(steps=STEPS)
def test_in_any_order_a_waiver_unblocks_for_its_time_and_never_counts_as_met(
    programme, pilot, olga, ana, on, steps
):
    with transaction.atomic():
        Pilot.objects.filter(pk=pilot.pk).update(risk_tier="")
        gate, today = make_gate(CRITERIA, pilot=pilot, score_threshold=10), START
        ended: dict[int, dict] = {}
        for what, key, days, lasts in steps:
            today += timedelta(days=days)
            with on(today):
                try:
                    with transaction.atomic():
                        step(gate, what, key, lasts, today, olga, ana)
                except RuleViolation:
                    pass
                refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
                hold(gate, today)
                never_back(ended)
        transaction.set_rollback(True)


def hold(gate: Gate, today: date) -> None:
    """What is so at every moment."""
    assessments = list(gate.assessments.select_related("criterion"))
    shown, gate = explain(gate, assessments, today=today), Gate.objects.get(pk=gate.pk)
    assert (gate.score, gate.blocker_count) == (int(shown.score), len(shown.blockers))
    waived = {row.criterion.key for row in assessments if row.state == S.WAIVED}
    assert waived <= set(shown.gaps)  # nothing of them is in the score
    assert gate.must_met == sum(row.state == S.MET for row in assessments)
    for row in assessments:
        counts = row.state != S.NOT_APPLICABLE
        waivers = list(Waiver.objects.filter(assessment=row))
        in_force = [waiver for waiver in waivers if standing_of(waiver, today=today) == VALID]
        blocks = row.criterion.key in shown.blockers
        assert blocks == (counts and row.state != S.MET and not in_force)
        assert not in_force or (row.state, row.stale_on) == (S.WAIVED, in_force[0].expires_on)
        asked = sum(waiver.status == AskStatus.ASKED for waiver in waivers)
        assert asked + len(in_force) <= (counts and row.state != S.MET)


def never_back(ended: dict[int, dict]) -> None:
    """What has ended by itself stays as it is, whatever becomes of its criterion."""
    now = {row["id"]: row for row in Waiver.objects.filter(status=AskStatus.ENDED).values()}
    assert {pk: now.get(pk) for pk in ended} == ended
    ended |= now


@given(
    states=st.lists(st.sampled_from([S.UNKNOWN, S.NOT_MET, S.IN_PROGRESS, S.MET]), min_size=1, max_size=6),
    place=st.integers(0, 5),
    lapsed=st.booleans(),
)
def test_a_score_with_a_waiver_is_that_without_and_below_that_of_being_met(pilot, states, place, lapsed):
    place %= len(states)
    terms = [criterion(f"V{n}", weight=n, state=state) for n, state in enumerate(states, start=1)]
    without = terms[place] | {"state": S.NOT_MET}
    waived = terms[place] | {"state": S.WAIVED, "stale_on": START if lapsed else START + timedelta(days=1)}
    met = terms[place] | {"state": S.MET}

    def scored(one) -> Gate:
        with transaction.atomic():
            gate = make_gate([*terms[:place], one, *terms[place + 1 :]], pilot=pilot, today=START)
            transaction.set_rollback(True)
        return gate

    gates = [scored(one) for one in (without, waived, met)]
    assert gates[0].score == gates[1].score < gates[2].score
    assert gates[0].must_met == gates[1].must_met == gates[2].must_met - 1
    assert gates[1].blocker_count == gates[0].blocker_count - (not lapsed)
