"""Puts everything on a gate that a pack has room for: money, risks, a waiver, an amendment, issues."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from gates.amendments.actions import approve_amendment, ask_amendment
from gates.choices import AssessmentState, CriterionKind
from gates.feedback.actions import give_feedback
from gates.models import Assessment, Gate
from gates.waivers.actions import approve_waiver, ask_waiver
from pilots.models import User
from tests.builders import make_entry, make_outlook


def fill(gate: Gate, keeper: User) -> None:
    """`keeper` approves and finds fault; the pilot's owner asks."""
    owner = gate.pilot.owner
    make_outlook(gate.pilot, spent=Decimal(80_000), basis="Business case of October, seen by finance.")
    for number in range(5):
        mitigation = "Every tenth answer is read by two people of the team, who stop it where it is wrong."
        make_entry(
            gate.pilot, title=f"Agents trust wrong answer no. {number}", mitigation=mitigation, by=owner
        )
    rows = list(gate.assessments.select_related("criterion").filter(check_name="").order_by("pk"))
    waived, blocked, spoken_of = rows[0], rows[1], rows[2]
    Assessment.objects.filter(pk__in=[waived.pk, blocked.pk]).update(
        state=AssessmentState.NOT_MET, kind=CriterionKind.MUST_MEET, note="The last test run was stopped."
    )
    waiver = ask_waiver(
        assessment=waived,
        reason="The test environment comes in May; until then only ten people use it.",
        expires_on=timezone.localdate() + timedelta(days=90),
        by=owner,
    )
    approve_waiver(waiver=waiver, by=keeper)
    for field, after in (("score_threshold", 50), ("floor_threshold", 10)):
        amendment = ask_amendment(
            gate=gate, assessment=None, field=field, after=after, reason="A small pilot.", by=owner
        )
        approve_amendment(amendment=amendment, by=keeper)
    give_feedback(
        gate=gate, assessment=spoken_of, level="major", comment="Ask those who use it daily.", by=keeper
    )
    give_feedback(gate=gate, level="minor", comment="The numbers of June are missing.", by=keeper)
