"""The shape of a decision. Forms never save; the rules say why something cannot be decided."""

from django import forms

from gates.choices import Outcome, StopReason
from gates.decisions.actions import Promise
from gates.models import Gate, Phase
from pilots.forms import DateInput
from pilots.queries import members_of

CONDITIONS = 3  # rows offered at once


class DecisionForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome.", "invalid_choice": "Choose one of the outcomes."},
    )
    reason = forms.CharField(
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept for ever beside the decision.",
        error_messages={"required": "Give the reason for this decision."},
    )
    review_on = forms.DateField(required=False, widget=DateInput(), label="Review on")
    recycle_to = forms.ModelChoiceField(None, required=False, label="Back to", empty_label="Choose a phase")
    stop_reason = forms.ChoiceField(
        required=False, choices=[("", "Choose why"), *StopReason.choices], label="Why it is stopped"
    )
    lesson = forms.CharField(
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        label="What it taught",
    )
    freed_amount = forms.DecimalField(
        required=False, min_value=0, max_digits=14, decimal_places=2, label="Money freed"
    )

    def __init__(self, *args, gate: Gate, **kwargs):
        super().__init__(*args, **kwargs)
        here = gate.definition.phase
        self.fields["recycle_to"].queryset = Phase.objects.filter(
            version=here.version_id, position__lte=here.position
        )
        people = members_of(gate.pilot.programme)
        for number in range(1, CONDITIONS + 1):
            self.fields[f"condition_{number}"] = forms.CharField(
                required=False, max_length=300, label=f"Condition {number}"
            )
            self.fields[f"due_{number}"] = forms.DateField(required=False, widget=DateInput(), label="Due")
            self.fields[f"owner_{number}"] = forms.ModelChoiceField(
                people, required=False, empty_label="The pilot's owner", label="Who"
            )

    @property
    def condition_rows(self):
        """The fields of each condition, for the page."""
        return [
            (self[f"condition_{number}"], self[f"due_{number}"], self[f"owner_{number}"])
            for number in range(1, CONDITIONS + 1)
        ]

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == Outcome.CONDITIONAL_GO:
            for number in range(1, CONDITIONS + 1):
                self._check_condition(number, cleaned)
        return cleaned

    def _check_condition(self, number: int, cleaned) -> None:
        text, due = cleaned.get(f"condition_{number}"), cleaned.get(f"due_{number}")
        if text and not due and f"due_{number}" not in self.errors:
            self.add_error(f"due_{number}", "Say by when.")
        if due and not text:
            self.add_error(f"condition_{number}", "Say what must be done by then.")

    @property
    def facts(self) -> dict:
        """What the action takes."""
        names = ("outcome", "reason", "review_on", "recycle_to", "stop_reason", "lesson", "freed_amount")
        facts = {name: self.cleaned_data[name] for name in names}
        facts["conditions"] = tuple(self._promises())
        return facts

    def _promises(self):
        for number in range(1, CONDITIONS + 1):
            text, due = self.cleaned_data[f"condition_{number}"], self.cleaned_data[f"due_{number}"]
            if text and due:
                yield Promise(text=text, due_on=due, owner=self.cleaned_data[f"owner_{number}"])


class DecisionFilterForm(forms.Form):
    """What the list of decisions can be narrowed by."""

    outcome = forms.ChoiceField(required=False, choices=[("", "All outcomes"), *Outcome.choices])
    since = forms.DateField(required=False, widget=DateInput())
    programme = forms.SlugField(required=False, widget=forms.HiddenInput)
