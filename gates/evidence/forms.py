"""The shape of evidence as people give it. Forms never save."""

from django import forms
from django.core.validators import URLValidator
from django.utils import timezone

from gates.choices import EvidenceKind
from gates.evidence.rules import validity_problem
from gates.evidence.uploads import upload_problem
from gates.models import Evidence
from pilots.forms import DayField
from pilots.models import Pilot


class ContentForm(forms.Form):
    """What a revision holds: a file, a link or a note."""

    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    link = forms.CharField(required=False, max_length=500, label="Link")
    file = forms.FileField(required=False, allow_empty_file=False, label="File")
    valid_until = DayField(
        required=False,
        label="Counts until",
        help_text="From this day on it no longer counts. Empty: it does not expire.",
    )

    def clean_link(self):
        link = self.cleaned_data["link"].strip()
        if link:
            message = "Enter a web address that begins with https://."
            URLValidator(schemes=["http", "https"], message=message)(link)
        return link

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file is not None:
            problem = upload_problem(file)
            if problem:
                raise forms.ValidationError(problem)
        return file

    def clean_valid_until(self):
        day = self.cleaned_data["valid_until"]
        problem = validity_problem(valid_until=day, today=timezone.localdate())
        if problem:
            raise forms.ValidationError(problem)
        return day

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not any(cleaned.get(name) for name in ("file", "link", "note")):
            raise forms.ValidationError("Add a file, a link or a note.")
        return cleaned

    @property
    def facts(self) -> dict:
        """What the action takes; a file says more than a link, a link more than a note."""
        facts = dict(self.cleaned_data)
        facts["kind"] = (
            EvidenceKind.FILE if facts["file"] else EvidenceKind.LINK if facts["link"] else EvidenceKind.NOTE
        )
        return facts


class EvidenceForm(ContentForm):
    title = forms.CharField(required=False, max_length=200, label="What it is")

    field_order = ["file", "link", "note", "title", "valid_until"]


class RevisionForm(ContentForm):
    comment = forms.CharField(
        max_length=500, label="What changed", error_messages={"required": "Say what changed."}
    )

    field_order = ["file", "link", "note", "valid_until", "comment"]


class LinkForm(forms.Form):
    """Which piece of the pilot serves a criterion too."""

    evidence = forms.ModelChoiceField(
        Evidence.objects.none(),
        error_messages={
            "required": "Choose a piece of evidence.",
            "invalid_choice": "Choose one of these pieces.",
        },
    )

    def __init__(self, *args, pilot: Pilot, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["evidence"].queryset = Evidence.objects.in_force().filter(pilot=pilot)


class ReasonForm(forms.Form):
    reason = forms.CharField(
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": "Give the reason."},
    )
