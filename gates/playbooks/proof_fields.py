"""The part of a criterion's form that says when a KPI counts as at target."""

from django import forms

from gates.choices import CONFIDENCE, HOLD, PROOF_TERMS, PROVEN_BY, READINGS


class ProofFields(forms.Form):
    """Mixed into a form that says which check decides."""

    readings = forms.IntegerField(
        required=False,
        min_value=READINGS[0],
        max_value=READINGS[1],
        label="Readings",
        help_text="Usually 8.",
    )
    hold = forms.IntegerField(
        required=False,
        min_value=HOLD[0],
        max_value=HOLD[1],
        label="Latest at target",
        help_text="Usually 3.",
    )
    confidence = forms.DecimalField(
        required=False,
        min_value=CONFIDENCE[0],
        max_value=CONFIDENCE[1],
        max_digits=3,
        decimal_places=1,
        label="Confidence, %",
        help_text="Usually 95.",
        widget=forms.NumberInput(attrs={"step": "0.1"}),
    )

    def clean(self):
        said = super().clean() or {}
        for name in PROOF_TERMS:
            if said.get(name) is not None and said.get("check") not in PROVEN_BY:
                self.add_error(name, "Only where a check decides whether KPIs are at target. Leave it empty.")
        return said
