"""The shapes of budgets in the API. Nothing here saves."""

from rest_framework import serializers

from metrics.choices import BudgetKind
from metrics.value.serializers.benefits import Amount, Month
from metrics.value.serializers.outlook import AmountSent
from pilots.serializers import Sent, Shown


class BudgetLineShown(Shown):
    """One thing that is paid for."""

    id = serializers.IntegerField()
    pilot = serializers.CharField(source="pilot.key", help_text="The key of its pilot.")
    currency = serializers.CharField(source="pilot.programme.currency", help_text="Of the programme.")
    kind = serializers.ChoiceField(choices=BudgetKind.choices)
    name = serializers.CharField(help_text="What it pays for.")
    archived_at = serializers.DateTimeField(allow_null=True, help_text="No longer counted since.")


class BudgetLineSent(Sent):
    kind = serializers.ChoiceField(choices=BudgetKind.choices)
    name = serializers.CharField(max_length=200, help_text="What it pays for.")


class NewBudgetLineSent(BudgetLineSent):
    pilot = serializers.CharField(max_length=12, help_text="The key of its pilot, such as PIL-014.")


class BudgetPeriodShown(Shown):
    """One month of a budget line."""

    id = serializers.IntegerField()
    month = serializers.DateField(help_text="Its first day.")
    plan = Amount(allow_null=True)
    actual = Amount(allow_null=True)


class SpendingSent(Sent):
    """What was spent in a month, in place of what was recorded for it before."""

    month = Month(help_text="Any day of it.")
    actual = AmountSent()
