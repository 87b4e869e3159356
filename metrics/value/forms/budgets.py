"""The shape of what people type about budgets."""

from django import forms

from metrics.choices import BudgetKind


class BudgetLineForm(forms.Form):
    kind = forms.ChoiceField(
        choices=BudgetKind.choices,
        help_text="Infrastructure, integration, training and change, and the first year of running are production.",
    )
    name = forms.CharField(
        max_length=200,
        label="What it pays for",
        error_messages={"required": "Say what it pays for."},
    )
