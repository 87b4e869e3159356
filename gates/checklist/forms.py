"""The shape of what people type on a checklist. Forms never save."""

from collections.abc import Sequence

from django import forms

from gates.choices import ANSWERS
from metrics.queries import Standing
from metrics.readings.forms import MeasurementForm
from pilots.models import Programme
from pilots.queries import members_of


class RecordingForm(MeasurementForm):
    """A reading of one of the KPIs that a criterion waits for."""

    kpi = forms.TypedChoiceField(
        label="KPI", coerce=int, error_messages={"invalid_choice": "Choose one of these KPIs."}
    )

    field_order = ["kpi"]

    def __init__(self, *args, kpis: Sequence[Standing], **kwargs):
        super().__init__(*args, **kwargs)
        self.kpis = kpis
        self.fields["kpi"].choices = [(kpi.pk, f"{kpi.name}, {kpi.unit}") for kpi in kpis]
        if len(kpis) == 1:
            self.fields["kpi"].widget = forms.HiddenInput()
            self.initial["kpi"] = kpis[0].pk
        first = self.fields["value"] if len(kpis) == 1 else self.fields["kpi"]
        first.widget.attrs["data-focus"] = ""


class AssessmentForm(forms.Form):
    """`states`: what can be said now."""

    state = forms.ChoiceField(
        error_messages={"required": "Say where it stands.", "invalid_choice": "Choose one of these."},
    )
    note = forms.CharField(required=False, max_length=2000, widget=forms.Textarea(attrs={"rows": 2}))
    responsible = forms.ModelChoiceField(
        None, required=False, empty_label="The pilot's owner", label="Who is on it"
    )

    def __init__(self, *args, programme: Programme, states=ANSWERS, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["state"].choices = [(state.value, state.label) for state in states]
        self.fields["responsible"].queryset = members_of(programme)
        self.fields["responsible"].error_messages["invalid_choice"] = "Choose a person of this programme."
