"""The shape of what people type on a checklist. Forms never save."""

from django import forms
from django.conf import settings
from django.core.validators import URLValidator

from gates.choices import ANSWERS, EvidenceKind
from gates.rules import file_problem
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


class EvidenceForm(forms.Form):
    title = forms.CharField(required=False, max_length=200, label="What it is")
    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
    link = forms.CharField(required=False, max_length=500, label="Link")
    file = forms.FileField(required=False, allow_empty_file=False, label="File")

    field_order = ["file", "link", "note", "title"]

    def clean_link(self):
        link = self.cleaned_data["link"].strip()
        if link:
            URLValidator(schemes=["http", "https"], message="Enter a web address that begins with https://.")(
                link
            )
        return link

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file is not None:
            problem = file_problem(name=file.name, size=file.size, limit=settings.EVIDENCE_MAX_BYTES)
            if problem:
                raise forms.ValidationError(problem)
        return file

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
