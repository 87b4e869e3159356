"""The shape of what people type about definitions. Forms never save."""

from django import forms

from metrics.models import KpiDefinition
from metrics.rules import LONGEST_CADENCE


class DefinitionForm(forms.ModelForm):
    cadence_days = forms.IntegerField(
        label="Measured every (days)", min_value=1, max_value=LONGEST_CADENCE, initial=30
    )

    class Meta:
        model = KpiDefinition
        fields = [
            "name",
            "kind",
            "unit",
            "direction",
            "measures",
            "method",
            "cadence_days",
            "range_hint",
            "pitfalls",
        ]
        widgets = {
            name: forms.Textarea(attrs={"rows": 3})
            for name in ("measures", "method", "range_hint", "pitfalls")
        }
        help_texts = {
            "unit": "Such as %, min or €.",
            "method": "So that two teams get the same number: which cases, over what time, from where.",
            "cadence_days": "Suggested; each KPI has its own.",
            "range_hint": "For those who set a target or an acceptable range.",
            "pitfalls": "What makes the number look better, or worse, than things are.",
        }
        error_messages = {
            "name": {"required": "Give the definition a name."},
            "unit": {"required": "Give its unit."},
            "method": {"required": "Say how it is measured."},
        }

    def validate_constraints(self):
        """Left to the action, which says it in words."""
