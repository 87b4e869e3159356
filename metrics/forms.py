"""The shape of what people type about KPIs. Forms never save."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from metrics.models import Kpi
from metrics.rules import LONGEST_BASIS, LONGEST_HORIZON, measurement_problems, outlook_problems
from pilots.forms import DateInput


class KpiForm(forms.ModelForm):
    class Meta:
        model = Kpi
        fields = [
            "name",
            "kind",
            "unit",
            "direction",
            "definition",
            "baseline",
            "baseline_on",
            "target",
            "target_on",
            "cadence_days",
        ]
        widgets = {
            "definition": forms.Textarea(attrs={"rows": 3}),
            "baseline_on": DateInput(),
            "target_on": DateInput(),
        }
        help_texts = {
            "kind": "A business KPI says what the organisation gains; accuracy and the like are technical.",
            "unit": "Such as %, min or €.",
            "baseline": "The value before the pilot.",
            "cadence_days": "A reading older than this, and half as long again, counts as stale.",
        }
        error_messages = {
            "name": {"required": "Give the KPI a name."},
            "unit": {"required": "Give its unit."},
        }

    def clean(self):
        cleaned = super().clean()
        for number, day, what in (("baseline", "baseline_on", "baseline"), ("target", "target_on", "target")):
            if cleaned.get(number) is not None and not cleaned.get(day) and day not in self.errors:
                self.add_error(day, f"Give the date of the {what}.")
            if cleaned.get(day) and cleaned.get(number) is None and number not in self.errors:
                self.add_error(number, f"Give the {what} that belongs to this date.")
        return cleaned

    def validate_constraints(self):
        """Left to the fields above, which say it in words, and to the action."""


class MeasurementForm(forms.Form):
    value = forms.DecimalField(
        max_digits=20,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={"required": "Enter the value.", "invalid": "Enter a number; this is not one."},
    )
    measured_at = forms.DateField(
        label="Measured on",
        widget=DateInput(),
        error_messages={"required": "Enter the day it was measured."},
    )
    sample_size = forms.IntegerField(
        required=False, min_value=1, max_value=2_000_000_000, help_text="How many cases, if you know."
    )
    note = forms.CharField(required=False, max_length=300)

    def clean(self):
        cleaned = super().clean()
        if "value" in cleaned and "measured_at" in cleaned:
            problems = measurement_problems(
                value=cleaned["value"], measured_on=cleaned["measured_at"], today=timezone.localdate()
            )
            for field, sentence in problems.items():
                self.add_error(field, sentence)
        return cleaned

    @property
    def facts(self) -> dict:
        """What the action takes; a day is kept as its noon, so that no zone moves it to another."""
        facts = dict(self.cleaned_data)
        facts["measured_at"] = timezone.make_aware(datetime.combine(facts["measured_at"], time(12)))
        return facts


class OutlookForm(forms.Form):
    cost_to_go = forms.DecimalField(
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="Money still to spend until it runs.",
        error_messages={"required": "Enter what is still to be spent; 0 if nothing."},
    )
    value_to_go = forms.DecimalField(
        min_value=0,
        max_digits=14,
        decimal_places=2,
        help_text="What it will bring from now on, over the months beside.",
        error_messages={"required": "Enter what it will bring; 0 if nothing."},
    )
    horizon_months = forms.IntegerField(
        min_value=1,
        max_value=LONGEST_HORIZON,
        label="Over how many months",
        error_messages={"required": "Enter a number of months."},
    )
    currency = forms.CharField(max_length=3, error_messages={"required": "Enter the currency, such as EUR."})
    spent = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        label="Spent so far",
        help_text="Kept apart: what is gone plays no part in the decision to go on.",
    )
    as_of = forms.DateField(
        label="As of", widget=DateInput(), error_messages={"required": "Enter the day of these numbers."}
    )
    basis = forms.CharField(
        max_length=LONGEST_BASIS,
        label="Where the numbers come from",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say where the numbers come from."},
    )

    def clean_currency(self):
        return self.cleaned_data["currency"].strip().upper()

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            amounts = {name: cleaned[name] for name in ("cost_to_go", "value_to_go", "spent")}
            words = {name: cleaned[name] for name in ("currency", "horizon_months", "as_of", "basis")}
            problems = outlook_problems(amounts=amounts, today=timezone.localdate(), **words)
            for field, sentence in problems.items():
                self.add_error(field, sentence)
        return cleaned
