"""The shape of an answer. Forms never save; the rules say why it cannot be given."""

from django import forms

from gates.signs.rules import LONGEST_NOTE


class AnswerForm(forms.Form):
    yes = forms.TypedChoiceField(
        choices=[("yes", "Yes"), ("no", "No")],
        coerce=lambda said: said == "yes",
        widget=forms.RadioSelect,
        label="Your answer",
        error_messages={"required": "Say yes or no."},
    )
    note = forms.CharField(
        max_length=LONGEST_NOTE,
        label="What it rests on",
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Who tried it, when, and what came out; or what is still to be done.",
        error_messages={"required": "Say what the answer rests on."},
    )
