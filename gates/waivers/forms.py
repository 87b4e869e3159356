"""The shape of what people type about waivers. Forms never save; the rules say what cannot be."""

from datetime import date

from django import forms

from gates.waivers.queries import SHOWS
from gates.waivers.rules import LONGEST, LONGEST_REASON, SHORTEST, expiry_blockers
from pilots.forms import DayField


class AskForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why it should be waived",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What is missing, why the gate should pass without it, and what is done until then.",
        error_messages={"required": "Say why this criterion should be waived."},
    )
    expires_on = DayField(
        label="Until",
        help_text="From this day on the criterion blocks again. At most a year ahead.",
        error_messages={"required": "Enter the day on which the waiver ends."},
    )

    def __init__(self, *args, today: date, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        bounds = {"min": str(today + SHORTEST), "max": str(today + LONGEST)}
        self.fields["expires_on"].widget.attrs.update(bounds)

    def clean_expires_on(self):
        expires_on = self.cleaned_data["expires_on"]
        problems = expiry_blockers(expires_on=expires_on, today=self.today)
        if problems:
            raise forms.ValidationError(problems)
        return expires_on


class DecisionNoteForm(forms.Form):
    note = forms.CharField(
        required=False,
        max_length=LONGEST_REASON,
        label="Note",
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Needed to refuse.",
    )


class RevocationForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why it is revoked",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Say why the waiver is revoked."},
    )


class WaiverFilterForm(forms.Form):
    """What the list of waivers can be narrowed by."""

    show = forms.ChoiceField(required=False, choices=[("", "All waivers"), *SHOWS.items()], label="Show")
    programme = forms.SlugField(required=False, widget=forms.HiddenInput)
