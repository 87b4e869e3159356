"""The shape of what people type about benefits."""

from django import forms
from django.utils import timezone

from metrics.models import Benefit, BenefitPool
from metrics.value.rules import (
    LONGEST_PLAN,
    Terms,
    actual_problems,
    month_of,
    plan_problems,
    terms_problems,
)
from pilots.forms import DayField
from pilots.models import Pilot
from pilots.queries import members_of
from pilots.rules import LONGEST_TEXT


class MonthInput(forms.DateInput):
    """The browser's own month picker; where it has none, a month is typed as 2026-05."""

    input_type = "month"

    def __init__(self, **kwargs):
        super().__init__(format="%Y-%m", attrs={"placeholder": "2026-05"}, **kwargs)


class MonthField(DayField):
    widget = MonthInput

    def __init__(self, **kwargs):
        kwargs.setdefault("input_formats", ["%Y-%m", "%m/%Y", "%Y-%m-%d"])
        kwargs.setdefault(
            "error_messages", {"required": "Enter a month.", "invalid": "Enter a month, such as 2026-05."}
        )
        super().__init__(**kwargs)

    def clean(self, value):
        found = super().clean(value)
        return month_of(found) if found else found


class AmountField(forms.DecimalField):
    """An amount of money or hours."""

    def __init__(self, **kwargs):
        super().__init__(
            min_value=0,
            max_digits=14,
            decimal_places=2,
            widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
            **{"error_messages": {"required": "Enter an amount; 0 if nothing."}} | kwargs,
        )


class ProblemsForm(forms.Form):
    """A form whose sentences come from the rules."""

    def problems(self, cleaned: dict) -> dict[str, str]:
        raise NotImplementedError

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            for field, sentence in self.problems(cleaned or {}).items():
                self.add_error(field, sentence)
        return cleaned


class BenefitForm(forms.ModelForm):
    class Meta:
        model = Benefit
        fields = [
            "name",
            "unit",
            "pattern",
            "is_disbenefit",
            "reckoning",
            "owner",
            "kpi",
            "rate",
            "rate_source",
            "pool",
            "share",
        ]
        widgets = {"reckoning": forms.Textarea(attrs={"rows": 3})}
        labels = {"owner": "Who answers for it", "kpi": "The KPI that shows it", "pool": "Shared saving"}
        help_texts = {
            "name": "What gets better, such as “Fewer reworked invoices”.",
            "reckoning": "From what, by which sum: somebody else must come to the same number.",
            "rate": "Without a rate hours stay hours, and are never added to money.",
            "pool": "Where several pilots bring the same saving, each counts its share of it.",
        }
        error_messages = {
            "name": {"required": "Give the benefit a name."},
            "reckoning": {"required": "Say how it is reckoned."},
        }

    def __init__(self, *args, pilot: Pilot, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = members_of(pilot.programme)
        self.fields["owner"].empty_label = "Nobody yet"
        self.fields["kpi"].queryset = pilot.kpis.listed()
        self.fields["kpi"].empty_label = "None"
        self.fields["pool"].queryset = BenefitPool.objects.filter(programme=pilot.programme)
        self.fields["pool"].empty_label = "Not shared"
        self.fields["unit"].choices = self.fields["unit"].choices[1:]
        self.fields["pattern"].choices = self.fields["pattern"].choices[1:]

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            problems = terms_problems(
                terms=Terms(unit=cleaned["unit"], rate=cleaned["rate"], share=cleaned["share"]),
                rate_source=cleaned["rate_source"],
                has_pool=cleaned["pool"] is not None,
                is_disbenefit=cleaned["is_disbenefit"],
            )
            for field, sentence in problems.items():
                self.add_error(field, sentence)
        return cleaned

    def validate_constraints(self):
        """Left to the rules above, which say it in words, and to the action."""


class PlanForm(ProblemsForm):
    """The same amount in so many months."""

    first = MonthField(label="From")
    months = forms.IntegerField(
        label="For how many months",
        initial=12,
        min_value=1,
        max_value=LONGEST_PLAN,
        error_messages={"required": "Enter a number of months."},
    )
    amount = AmountField(label="In each month")

    def problems(self, cleaned):
        return plan_problems(**cleaned)


class ActualForm(ProblemsForm):
    month = MonthField()
    actual = AmountField(label="Amount")

    def problems(self, cleaned):
        return actual_problems(month=cleaned["month"], amount=cleaned["actual"], today=timezone.localdate())


class BenefitActualForm(ActualForm):
    reason = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label="Why it is corrected",
        help_text="Needed where the month is verified. What was verified stays readable.",
    )


class SupportForm(forms.Form):
    basis = forms.CharField(
        max_length=LONGEST_TEXT,
        label="What shows the number",
        help_text="Readings of a KPI, a ledger, time sheets: what somebody else can look up.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what shows the number."},
    )
    comparison = forms.CharField(
        required=False,
        max_length=LONGEST_TEXT,
        label="Why it is the pilot and not something else",
        help_text="Name what it is compared with: a group without the pilot, the months before.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class VerifyForm(forms.Form):
    note = forms.CharField(
        max_length=LONGEST_TEXT,
        label="What you looked at",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what you looked at."},
    )


class PoolForm(forms.Form):
    name = forms.CharField(
        max_length=120,
        help_text="What is saved once, such as “Fewer calls to the hotline”.",
        error_messages={"required": "Give the shared saving a name."},
    )
