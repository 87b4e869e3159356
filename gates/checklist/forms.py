"""The shape of what people type on a checklist. Forms never save."""

from django import forms

from gates.choices import ANSWERS
from pilots.models import Programme
from pilots.queries import members_of


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
