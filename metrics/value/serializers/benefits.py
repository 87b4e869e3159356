"""The shapes of benefits in the API. Nothing here saves."""

from datetime import date
from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from metrics.choices import Band, BenefitUnit, Pattern
from metrics.value.rules import LONGEST_PLAN, Terms, month_of, terms_problems
from metrics.value.serializers.outlook import AmountSent
from pilots.serializers import LONG_TEXT, Day, Person, PersonId, Sent, Shown


class Amount(serializers.DecimalField):
    def __init__(self, **options):
        super().__init__(max_digits=14, decimal_places=2, **options)


class Month(Day):
    """A month, named by any of its days."""

    def to_internal_value(self, value):
        return month_of(super().to_internal_value(value))


class PoolShown(Shown):
    """A saving that several pilots share."""

    id = serializers.IntegerField()
    programme = serializers.CharField(source="programme.slug", help_text="The slug of its programme.")
    name = serializers.CharField()


class PoolSent(Sent):
    name = serializers.CharField(max_length=120)


class NewPoolSent(PoolSent):
    programme = serializers.CharField(max_length=60, help_text="The slug of its programme.")


class BenefitShown(Shown):
    """One thing that gets better by a pilot, or as a dis-benefit worse."""

    computed = ("counts_in",)

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    currency = serializers.CharField(source="pilot.programme.currency", help_text="Of the programme.")
    name = serializers.CharField()
    unit = serializers.ChoiceField(choices=BenefitUnit.choices, help_text="Of its amounts.")
    rate = Amount(allow_null=True, help_text="Money per hour; null: hours stay hours.")
    rate_source = serializers.CharField(help_text="Where the rate comes from.")
    pattern = serializers.ChoiceField(choices=Pattern.choices)
    is_disbenefit = serializers.BooleanField(help_text="It is subtracted in totals.")
    owner = Person(allow_null=True)
    reckoning = serializers.CharField(help_text="How it is reckoned.")
    kpi = serializers.IntegerField(source="kpi_id", allow_null=True, help_text="The KPI that shows it.")
    pool = serializers.IntegerField(source="pool_id", allow_null=True, help_text="The saving it shares.")
    share = serializers.DecimalField(
        max_digits=5, decimal_places=2, allow_null=True, help_text="Percent of the shared saving."
    )
    archived_at = serializers.DateTimeField(allow_null=True, help_text="No longer counted since.")
    counts_in = serializers.ChoiceField(
        choices=BenefitUnit.choices, help_text="Hours with a rate count as money."
    )

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        in_hours = row["unit"] == BenefitUnit.HOURS and row["rate"] is None
        row["counts_in"] = BenefitUnit.HOURS.value if in_hours else BenefitUnit.MONEY.value
        return row


@extend_schema_field(
    {"oneOf": [{"type": "number"}, {"type": "string", "format": "decimal"}], "example": "42.50"}
)
class RateSent(serializers.DecimalField):
    """A number or a text that is one."""


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Hours that are worth money",
            value={
                "pilot": "PIL-014",
                "name": "Fewer reworked letters",
                "unit": "hours",
                "rate": "42.50",
                "rate_source": "Full cost of a clerk, HR, 2026",
                "pattern": "recurring",
                "reckoning": "Letters not reworked times 12 minutes.",
            },
            request_only=True,
        )
    ]
)
class BenefitSent(Sent):
    """What a benefit is. A rate comes with its source, a share with the shared saving."""

    name = serializers.CharField(max_length=120)
    unit = serializers.ChoiceField(choices=BenefitUnit.choices)
    rate = RateSent(max_digits=8, decimal_places=2, required=False, allow_null=True)
    rate_source = serializers.CharField(max_length=300, allow_blank=True, required=False)
    pattern = serializers.ChoiceField(choices=Pattern.choices)
    is_disbenefit = serializers.BooleanField(required=False)
    owner = PersonId(required=False, allow_null=True, help_text="Who answers for it.")
    reckoning = serializers.CharField(max_length=LONG_TEXT)
    kpi = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="Id of a KPI of this pilot."
    )
    pool = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, help_text="Id of a shared saving of this programme."
    )
    share = RateSent(max_digits=5, decimal_places=2, required=False, allow_null=True)

    def validate_kpi(self, pk):
        return self._of(self.context["kpis"], pk, "This pilot has no such KPI.")

    def validate_pool(self, pk):
        return self._of(self.context["pools"], pk, "This programme has no such shared saving.")

    def _of(self, found, pk, refusal):
        known = None if pk is None or pk > 2**63 - 1 else found.filter(pk=pk).first()
        if pk is not None and known is None:
            raise serializers.ValidationError(refusal)
        return known

    def validate(self, sent):
        problems = terms_problems(
            terms=Terms(
                unit=self.after("unit", sent), rate=self.after("rate", sent), share=self.after("share", sent)
            ),
            rate_source=self.after("rate_source", sent) or "",
            has_pool=self.after("pool", sent) is not None,
            is_disbenefit=bool(self.after("is_disbenefit", sent)),
        )
        if problems:
            raise serializers.ValidationError({field: [reason] for field, reason in problems.items()})
        return sent


class NewBenefitSent(BenefitSent):
    pilot = serializers.CharField(max_length=12, help_text="The key of its pilot, such as PIL-014.")


class PeriodShown(Shown):
    """One month of a benefit."""

    id = serializers.IntegerField()
    month = serializers.DateField(help_text="Its first day.")
    expected = Amount(allow_null=True)
    actual = Amount(allow_null=True)
    expected_counts = Amount(allow_null=True, help_text="What of it enters totals: rate and share applied.")
    actual_counts = Amount(allow_null=True)
    band = serializers.ChoiceField(
        choices=Band.choices, allow_blank=True, help_text="Of the actual; blank: none yet."
    )
    recorded_by = Person(allow_null=True)
    recorded_at = serializers.DateTimeField(allow_null=True)
    basis = serializers.CharField(help_text="What shows the actual.")
    comparison = serializers.CharField(help_text="Why it is the pilot and not something else.")
    supported_by = Person(allow_null=True)
    verified_by = Person(allow_null=True)
    verified_at = serializers.DateTimeField(allow_null=True)
    verification = serializers.CharField(help_text="What the verifier looked at.")
    supersedes = serializers.IntegerField(
        source="supersedes_id", allow_null=True, help_text="The verified one that it corrects."
    )
    correction_reason = serializers.CharField()
    superseded_at = serializers.DateTimeField(allow_null=True, help_text="Corrected then; else null.")


class ActualSent(Sent):
    """What a benefit brought in a month. Another number than before counts as asserted again."""

    month = Month(help_text="Any day of it.")
    actual = AmountSent(help_text="Of the whole saving, in the benefit's unit.")
    reason = serializers.CharField(
        max_length=LONG_TEXT,
        allow_blank=True,
        required=False,
        help_text="Needed to correct what is verified.",
    )


class PlanSent(Sent):
    """The same amount in so many months."""

    first = Month(help_text="Any day of the first month.")
    months = serializers.IntegerField(min_value=1, max_value=LONGEST_PLAN)
    amount = AmountSent()


class SupportSent(Sent):
    basis = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, help_text="What shows the number.")
    comparison = serializers.CharField(
        max_length=LONG_TEXT, allow_blank=True, required=False, help_text="Why it is the pilot."
    )


class VerifySent(Sent):
    note = serializers.CharField(max_length=LONG_TEXT, help_text="What you looked at.")
