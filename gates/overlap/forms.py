"""What people type about pilots that try the same. Forms never save."""

from django import forms

from gates.overlap.queries import OverlapChoice
from gates.overlap.rules import LONGEST_REASON
from pilots.models import Pilot, Programme, User


class DistinctionForm(forms.Form):
    reason = forms.CharField(
        max_length=LONGEST_REASON,
        label="Why they are not the same",
        help_text="Such as: theirs reads invoices, ours reads contracts.",
        error_messages={"required": "Say why they are not the same."},
    )


class OverlapFilterForm(forms.Form):
    q = forms.CharField(
        required=False, max_length=200, label="Text", widget=forms.SearchInput(attrs={"placeholder": "Text…"})
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        required=False,
        to_field_name="slug",
        empty_label="All programmes",
        error_messages={"invalid_choice": "Choose one of these programmes."},
    )
    phase = forms.ChoiceField(required=False)
    show = forms.ChoiceField(
        required=False,
        choices=[("", "All that are alike"), ("likely", "Very alike"), ("apart", "Told apart")],
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)
        phases = Pilot.objects.visible_to(user).exclude(phase="").order_by("phase_number", "phase")
        known = dict(phases.values_list("phase", "phase_name").distinct())
        self.fields["phase"].choices = [("", "All phases"), *known.items()]

    @property
    def choice(self) -> OverlapChoice:
        """What was asked for; what cannot be understood asks for nothing."""
        asked = self.cleaned_data if self.is_valid() else {}
        programme = asked.get("programme")
        return OverlapChoice(
            programme=programme.slug if programme else "",
            phase=asked.get("phase", ""),
            q=asked.get("q", "").strip(),
            likely=asked.get("show") == "likely",
            apart=asked.get("show") == "apart",
        )
