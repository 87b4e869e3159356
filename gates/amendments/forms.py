"""The shape of an amendment. Forms never save; the rules say why something cannot be amended."""

from django import forms

from gates.amendments.rules import DAYS, PERCENT, WEIGHTS
from gates.choices import THRESHOLDS, AmendedField, CriterionKind
from gates.models import Gate

NUMBERS = {
    AmendedField.SCORE_THRESHOLD: ("New score needed, in percent", PERCENT),
    AmendedField.FLOOR_THRESHOLD: ("New score needed in every area, in percent", PERCENT),
    AmendedField.WEIGHT: ("New weight", WEIGHTS),
    AmendedField.VALIDITY: ("New validity, in days", DAYS),
}


class CriterionChoice(forms.ModelChoiceField):
    def label_from_instance(self, assessment):
        return str(assessment.criterion)


class AmendmentForm(forms.Form):
    """Another value for one term, and why."""

    reason = forms.CharField(
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Kept beside the gate, for everybody who decides at it.",
        error_messages={"required": "Say why the gate should be judged on other terms."},
    )
    field_order = ["criterion", "after", "reason"]

    def __init__(self, *args, gate: Gate, term: str, **kwargs):
        super().__init__(*args, **kwargs)
        if term not in THRESHOLDS:
            self.fields["criterion"] = CriterionChoice(
                gate.assessments.select_related("criterion"),
                empty_label="Choose a criterion",
                error_messages={
                    "required": "Choose a criterion.",
                    "invalid_choice": "Choose a criterion of this gate.",
                },
            )
        self.fields["after"] = _value_field(term)
        self.order_fields(self.field_order)

    @property
    def facts(self) -> dict:
        """What the action takes."""
        said = self.cleaned_data
        return {
            "assessment": said.get("criterion"),
            "after": said["after"],
            "reason": said["reason"],
        }


def _value_field(term: str) -> forms.Field:
    if term == AmendedField.KIND:
        return forms.ChoiceField(
            label="New kind",
            choices=[("", "Choose a kind"), *CriterionKind.choices],
            error_messages={"required": "Choose must, should or kill."},
        )
    if term == AmendedField.APPLIES:
        return forms.TypedChoiceField(
            label="From now on",
            choices=[("", "Choose"), ("no", "It is set aside"), ("yes", "It applies")],
            coerce=lambda chosen: chosen == "yes",
            error_messages={"required": "Say whether the criterion applies."},
        )
    label, fitting = NUMBERS[AmendedField(term)]
    is_validity = term == AmendedField.VALIDITY
    return forms.IntegerField(
        label=label,
        min_value=fitting[0],
        max_value=fitting[-1],
        required=not is_validity,
        help_text="Leave it empty for a criterion that never goes stale." if is_validity else "",
        error_messages={"required": "Give the new number."},
    )


class AnswerForm(forms.Form):
    """What goes with an answer. A refusal needs it, says the rule."""

    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
