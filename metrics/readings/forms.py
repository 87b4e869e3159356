"""The shape of what people type about readings. Forms never save."""

from datetime import datetime, time

from django import forms
from django.utils import timezone

from metrics.models import Measurement
from metrics.models.measurement import LONGEST_REASON
from metrics.rules import measurement_problems
from pilots.forms import DayField


class MeasurementForm(forms.Form):
    value = forms.DecimalField(
        max_digits=20,
        decimal_places=6,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
        error_messages={"required": "Enter the value.", "invalid": "Enter a number; this is not one."},
    )
    measured_at = DayField(
        label="Measured on",
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


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why it was wrong",
        error_messages={"required": "Say why the reading was wrong."},
    )


class CorrectionForm(ReasonForm, MeasurementForm):
    """What a reading should have been; it begins with what it is."""

    field_order = ("value", "measured_at", "sample_size", "note", "reason")

    def __init__(self, data, *, reading: Measurement):
        self.reading = reading
        self.measured_on = timezone.localdate(reading.measured_at)
        now = {name: getattr(reading, name) for name in ("sample_size", "note")}
        now |= {"value": reading.value.normalize(), "measured_at": self.measured_on}
        super().__init__(data, initial=now)

    @property
    def facts(self) -> dict:
        """What the action takes; on the same day the very time stays."""
        facts = super().facts
        if self.cleaned_data["measured_at"] == self.measured_on:
            facts["measured_at"] = self.reading.measured_at
        return facts
