"""The shape of starting a pilot and of planning a gate. Forms never save."""

from django import forms
from django.utils import timezone

from gates.journey.queries import published_playbooks
from pilots.forms import DayField


class StartForm(forms.Form):
    playbook = forms.ModelChoiceField(
        None,
        empty_label=None,
        error_messages={"required": "Choose a playbook.", "invalid_choice": "Choose one of these playbooks."},
    )
    on = DayField(label="Starts on", error_messages={"required": "Enter the day it starts."})

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        versions = published_playbooks().order_by("-playbook__name")
        self.fields["playbook"].queryset = versions
        # Read once: the field would ask the database each time its widget looks at the choices.
        self.fields["playbook"].choices = [(version.pk, str(version)) for version in versions]

    def clean_on(self):
        on = self.cleaned_data["on"]
        if on > timezone.localdate():
            raise forms.ValidationError("A pilot starts today or has started before.")
        return on


class PlanForm(forms.Form):
    planned_on = DayField(required=False, label="Planned")
    forecast_on = DayField(required=False, label="Forecast")
    reason = forms.CharField(
        required=False, max_length=500, label="Why the plan moves", help_text="Needed once there is a plan."
    )
