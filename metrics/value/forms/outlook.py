"""The shape of what people type about money. Forms never save."""

from django import forms
from django.utils import timezone

from metrics.value.rules import LONGEST_BASIS, LONGEST_HORIZON, outlook_problems
from pilots.forms import DayField


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
    spent = forms.DecimalField(
        required=False,
        min_value=0,
        max_digits=14,
        decimal_places=2,
        label="Spent so far",
        help_text="Kept apart: what is gone plays no part in the decision to go on.",
    )
    as_of = DayField(label="As of", error_messages={"required": "Enter the day of these numbers."})
    basis = forms.CharField(
        max_length=LONGEST_BASIS,
        label="Where the numbers come from",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say where the numbers come from."},
    )

    def clean(self):
        cleaned = super().clean()
        if not self.errors:
            amounts = {name: cleaned[name] for name in ("cost_to_go", "value_to_go", "spent")}
            words = {name: cleaned[name] for name in ("horizon_months", "as_of", "basis")}
            problems = outlook_problems(amounts=amounts, today=timezone.localdate(), **words)
            for field, sentence in problems.items():
                self.add_error(field, sentence)
        return cleaned
