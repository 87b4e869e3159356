"""Ends waivers by themselves: their criterion is met now, or no longer applies. When, `gates.rules.waiver_end` says.

Whatever moves a criterion scores its gate anew, and that calls this: no way past it is left. A waiver that
has ended never comes back; where the criterion counts again, somebody asks again.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from gates import events
from gates.choices import AskStatus, AssessmentState, WaiverEnd
from gates.models import Assessment, Waiver
from gates.rules import waiver_end
from pilots import clock
from pilots.events import build
from pilots.models import Event

OVERTAKING = (AssessmentState.MET, AssessmentState.NOT_APPLICABLE)


def with_standing_waiver(assessments: "QuerySet[Assessment]") -> "QuerySet[Assessment]":
    """The same with `has_waiver`: one was asked for or approved, and nothing has put an end to it."""
    return assessments.annotate(
        has_waiver=Exists(Waiver.objects.standing().filter(assessment=OuterRef("pk")))
    )


def is_overtaken(assessment: Assessment, *, today: date) -> bool:
    """Whether a waiver stands at this row of `with_standing_waiver` that must end. No query."""
    return assessment.has_waiver and _end_of(assessment, today) is not None  # type: ignore[attr-defined]


def end_overtaken(gate_ids: Sequence[int], *, today: date) -> list[Event]:
    """End what was overtaken at these locked gates. Returns an event for each, not yet written.

    One query, and one more where something ends. One whose day has passed has ended by that; it is only
    put away.
    """
    standing = Waiver.objects.standing().filter(
        assessment__gate__in=gate_ids, assessment__state__in=OVERTAKING
    )
    found = standing.select_related(
        "assessment__criterion", "assessment__gate__pilot", "assessment__gate__definition"
    )
    told, ended = [], []
    for waiver in found.order_by("pk"):
        why = _end_of(waiver.assessment, today)
        if why is None:
            continue
        ended.append(waiver)
        waiver.ended_at = clock.now()
        if waiver.status == AskStatus.ASKED or waiver.expires_on > today:
            told.append(_ended(waiver, why))
    Waiver.objects.bulk_update(ended, ["status", "ended_at", "ended_because"], batch_size=500)
    return told


def put_away_lapsed(assessment_ids: Iterable[int]) -> None:
    """Waivers past their day at criteria that were judged anew: what was approved is kept, without effect."""
    approved = Waiver.objects.standing().filter(status=AskStatus.APPROVED)
    approved.filter(assessment__in=list(assessment_ids)).update(ended_at=clock.now())


def _end_of(assessment: Assessment, today: date) -> WaiverEnd | None:
    stale = assessment.stale_on is not None and assessment.stale_on <= today
    return waiver_end(state=assessment.state, stale=stale)


def _ended(waiver: Waiver, why: WaiverEnd) -> Event:
    before, gate = waiver.status, waiver.assessment.gate
    waiver.status, waiver.ended_because = AskStatus.ENDED, why
    return build(
        events.WAIVER_ENDED,
        subject=waiver,
        pilot=gate.pilot,
        actor=None,
        changes={"status": [before, AskStatus.ENDED]},
        criterion=str(waiver.assessment.criterion),
        gate=gate.definition.key,
        expires_on=str(waiver.expires_on),
        reason=str(why.label),
    )
