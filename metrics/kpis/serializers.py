"""The shapes of KPIs in the API. Nothing here saves."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Direction, KpiKind, KpiState
from metrics.definitions.queries import followable, followed_facts
from metrics.definitions.rules import following_problems
from metrics.numbers import Number, NumberSent
from metrics.rules import LONGEST_CADENCE, NUMBERS, Aim, definition_problems, kpi_state
from pilots.filters import LARGEST_ID
from pilots.serializers import LONG_TEXT, Day, Person, PersonId, Sent, Shown


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class DefinitionId(serializers.IntegerField):
    """The id of a definition on offer."""

    default_error_messages = {"unknown": "There is no definition of this id on offer."}

    def to_internal_value(self, data):
        pk = super().to_internal_value(data)
        found = followable().filter(pk=pk).first() if 0 < pk <= LARGEST_ID else None
        if found is None:
            self.fail("unknown")
        return found


class KpiShown(Shown):
    """A KPI and where it stands today."""

    computed = ("state",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    name = serializers.CharField()
    definition = serializers.CharField(help_text="How it is measured.")
    follows = serializers.IntegerField(
        source="follows_id",
        allow_null=True,
        help_text="The id of the definition that says how it is measured.",
    )
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    unit = serializers.CharField()
    direction = serializers.ChoiceField(choices=Direction.choices)
    baseline = Number(allow_null=True)
    baseline_on = serializers.DateField(allow_null=True)
    target = Number(allow_null=True)
    target_on = serializers.DateField(allow_null=True)
    target_high = Number(allow_null=True, help_text="The upper edge of a band; the target is its lower one.")
    lowest = Number(allow_null=True, help_text="The acceptable range: a reading below it is out of range.")
    highest = Number(allow_null=True, help_text="A reading above it is out of range.")
    baseline_source = serializers.CharField()
    owner = Person(allow_null=True, help_text="Who sees to its readings; null: the pilot's owner.")
    cadence_days = serializers.IntegerField(help_text="A reading is expected every so many days.")
    latest_value = Number(allow_null=True)
    latest_at = serializers.DateTimeField(allow_null=True)
    fresh_until = serializers.DateField(
        allow_null=True, help_text="The last day on which the newest reading counts."
    )
    counts_from = serializers.DateField(
        allow_null=True, help_text="Readings from this day on are judged; null: all of them."
    )
    at_target_since = serializers.DateField(
        allow_null=True,
        help_text="Judged over all readings that count; null: not at target, or a guardrail, which goes by its "
        "newest reading. Says nothing of freshness.",
    )
    judgement = serializers.CharField(help_text="Why it is or is not at target, for people.")
    degrading_since = serializers.DateField(allow_null=True)
    trend_note = serializers.CharField()
    archived_at = serializers.DateTimeField(allow_null=True)
    state = serializers.ChoiceField(choices=KpiState.choices)

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        aim = Aim(*(row[name] for name in ("direction", "target", "target_high", "lowest", "highest")))
        row["state"] = kpi_state(
            kind=row["kind"],
            latest=row["latest_value"],
            fresh_until=row["fresh_until"],
            aim=aim,
            at_target_since=row["at_target_since"],
            is_degrading=row["degrading_since"] is not None,
            today=today,
        )
        return row


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A business KPI with baseline and target",
            value={
                "pilot": "PIL-014",
                "name": "Cost per case",
                "kind": "business",
                "unit": "€",
                "direction": "lower",
                "baseline": "12.40",
                "baseline_on": "2026-01-31",
                "target": "9.00",
                "target_on": "2026-12-31",
                "cadence_days": 30,
            },
            request_only=True,
        )
    ]
)
class KpiSent(Sent):
    """The definition of a KPI. Baseline and target each come with their day."""

    name = serializers.CharField(max_length=120)
    definition = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
    kind = serializers.ChoiceField(choices=KpiKind.choices)
    follows = DefinitionId(required=False, allow_null=True)
    unit = serializers.CharField(max_length=30, required=False, help_text="Unless a definition is followed.")
    direction = serializers.ChoiceField(
        choices=Direction.choices, required=False, help_text="Unless a definition is followed."
    )
    baseline = NumberSent(required=False, allow_null=True)
    baseline_on = Day(required=False, allow_null=True)
    target = NumberSent(required=False, allow_null=True)
    target_on = Day(required=False, allow_null=True)
    target_high = NumberSent(required=False, allow_null=True)
    lowest = NumberSent(required=False, allow_null=True)
    highest = NumberSent(required=False, allow_null=True)
    baseline_source = serializers.CharField(max_length=300, allow_blank=True, required=False)
    owner = PersonId(required=False, allow_null=True)
    cadence_days = serializers.IntegerField(min_value=1, max_value=LONGEST_CADENCE, required=False)

    counts_from = Day(required=False, allow_null=True, help_text="Said beforehand: a day to come.")

    def validate(self, sent):
        sent = self._as_defined(sent)
        names = (*NUMBERS, "baseline_on", "target_on", "direction")
        problems = definition_problems({name: self.after(name, sent) for name in names})
        if problems:
            raise serializers.ValidationError({field: [why] for field, why in problems.items()})
        return sent

    def _as_defined(self, sent):
        follows = self.after("follows", sent)
        defined = followed_facts(follows) if follows else {}
        now = {name: getattr(self.instance, name, None) for name in defined}
        problems = following_problems(sent, defined, now)
        for name in ("unit", "direction"):
            if not defined and not self.after(name, sent):
                problems[name] = "This field is required."
        if problems:
            raise serializers.ValidationError({field: [why] for field, why in problems.items()})
        return sent | (defined if "follows" in sent else {})


class NewKpiSent(KpiSent):
    pilot = serializers.CharField(max_length=12, help_text="The key of its pilot, such as PIL-014.")
