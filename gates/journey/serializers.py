"""The shapes of gates in the API, with their readiness explained. Nothing here saves."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_serializer
from rest_framework import serializers

from gates.choices import CURRENT, Area, GateStatus, WaitingOn
from gates.models import Assessment
from gates.readiness import Readiness
from pilots.serializers import Day, Person, Sent, Shown


class GateShown(Shown):
    """One gate of one pilot, with its readiness as last computed. Percentages are cut to whole numbers."""

    computed: tuple[str, ...] = ("overdue",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    key = serializers.CharField(source="definition.key", help_text="Its key in the playbook, such as G2.")
    name = serializers.CharField(source="definition.name")
    phase = serializers.CharField(source="definition.phase.key", help_text="The key of the phase it closes.")
    attempt = serializers.IntegerField()
    status = serializers.ChoiceField(choices=GateStatus.choices)
    planned_on = serializers.DateField(allow_null=True)
    forecast_on = serializers.DateField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    score = serializers.IntegerField(help_text="Share of the weight that is met, in percent.")
    score_threshold = serializers.IntegerField(help_text="The score this gate asks for.")
    floor = serializers.IntegerField(help_text="The score of the weakest area, in percent.")
    floor_area = serializers.ChoiceField(choices=Area.choices, allow_blank=True)
    floor_threshold = serializers.IntegerField(help_text="What this gate asks of every area.")
    unknown = serializers.IntegerField(help_text="Share of the weight nobody has assessed, in percent.")
    blocker_count = serializers.IntegerField(help_text="Must-meets in the way.")
    must_met = serializers.IntegerField()
    must_total = serializers.IntegerField()
    should_met = serializers.IntegerField()
    should_total = serializers.IntegerField()
    passes = serializers.BooleanField()
    waiting_on = serializers.ChoiceField(choices=WaitingOn.choices, help_text="Who must act next.")
    waiting_since = serializers.DateTimeField(allow_null=True)
    waiting_for = Person(allow_null=True, help_text="The person, where it is one.")
    sent_back = serializers.BooleanField(
        help_text="Its reviewers sent it back and have not been answered, which is the owner's turn."
    )
    overdue = serializers.BooleanField()

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        planned_on = row["planned_on"]
        row["overdue"] = row["status"] in CURRENT and planned_on is not None and planned_on < today
        return row


class CriterionNamed(serializers.Serializer):
    """A criterion of this gate; `assessment` is what its state can be changed at."""

    assessment = serializers.IntegerField()
    key = serializers.CharField()
    title = serializers.CharField()


class Gap(CriterionNamed):
    points = serializers.FloatField(help_text="Points missing, rounded; exactly they add up to 100 − score.")


class ReadinessShown(serializers.Serializer):
    """Why the gate passes or not. Percentages are cut to whole numbers."""

    score = serializers.IntegerField()
    floor = serializers.IntegerField()
    floor_area = serializers.ChoiceField(choices=Area.choices, allow_blank=True)
    unknown = serializers.IntegerField()
    passes = serializers.BooleanField()
    blockers = CriterionNamed(many=True, help_text="Must-meets in the way.")
    fired = CriterionNamed(many=True, help_text="Kill criteria that have come true.")
    gaps = Gap(many=True, help_text="What each criterion not met costs.")


class GateDetail(GateShown):
    """A gate with its question and its readiness explained."""

    computed = ("overdue", "readiness")

    question = serializers.CharField(source="definition.question")
    readiness = ReadinessShown()


def readiness_shown(readiness: Readiness, assessments: list[Assessment]) -> dict[str, Any]:
    """A readiness with the titles of the criteria it speaks of."""
    named = {
        row.criterion.key: {"assessment": row.pk, "key": row.criterion.key, "title": row.criterion.title}
        for row in assessments
    }
    return {
        "score": int(readiness.score),
        "floor": int(readiness.floor),
        "floor_area": readiness.floor_area,
        "unknown": int(readiness.unknown),
        "passes": readiness.passes,
        "blockers": [named[key] for key in readiness.blockers],
        "fired": [named[key] for key in readiness.fired],
        "gaps": [named[key] | {"points": round(float(points), 4)} for key, points in readiness.gaps.items()],
    }


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Move the plan",
            value={"planned_on": "2026-12-15", "reason": "The vendor delivers two weeks later."},
            request_only=True,
        )
    ]
)
class PlanSent(Sent):
    planned_on = Day(required=False, allow_null=True)
    forecast_on = Day(required=False, allow_null=True)
    reason = serializers.CharField(
        max_length=500, allow_blank=True, required=False, help_text="Needed when a plan once made moves."
    )
