"""The shape of an amendment. Forms never save; the rules say why something cannot be amended."""

from django import forms
from django.forms.models import fields_for_model

from gates.amendments.rules import DAYS, PERCENT, WEIGHTS
from gates.choices import THRESHOLDS, AmendedField, CriterionKind
from gates.models import Gate
from metrics.choices import Direction
from metrics.kpis.queries import facts_of, term_now
from metrics.kpis.rules import DATES, TERMS, written
from metrics.models import Kpi
from metrics.rules import definition_problems
from pilots.forms import DayField

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


class KpiAmendmentForm(forms.Form):
    """Other figures for one fixed term of a KPI, and why. It opens with those of now."""

    def __init__(self, *args, kpi: Kpi, term: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.term, self.kpi = term, kpi
        for name in _asked_of(kpi, term):
            self.fields[name] = _figure(kpi, name, required=name == term)
            self.initial[name] = term_now(kpi, term)[name]
        self.fields["reason"] = forms.CharField(
            max_length=5000,
            widget=forms.Textarea(attrs={"rows": 3}),
            help_text="Kept beside the gate and the KPI, for everybody who decides on it.",
            error_messages={"required": "Say why it should be another one."},
        )

    def clean(self):
        super().clean()
        if not self.errors:
            after = {**facts_of(self.kpi), **self._figures}
            for name, sentence in definition_problems(after).items():
                self.add_error(name if name in self.fields else None, sentence)
        return self.cleaned_data

    @property
    def _figures(self) -> dict:
        return {name: value for name, value in self.cleaned_data.items() if name in TERMS[self.term]}

    @property
    def facts(self) -> dict:
        """What the action takes."""
        after = written(self.term, {**facts_of(self.kpi), **self._figures})
        return {"after": after, "reason": self.cleaned_data["reason"]}


def _asked_of(kpi: Kpi, term: str) -> list[str]:
    return [name for name in TERMS[term] if name != "target_high" or kpi.direction == Direction.WITHIN]


def _figure(kpi: Kpi, name: str, *, required: bool) -> forms.Field:
    field = fields_for_model(Kpi, [name], field_classes=dict.fromkeys(DATES, DayField))[name]
    field.required = required or name in DATES
    field.error_messages["required"] = "Give the date." if name in DATES else "Give the new figure."
    if name == "target" and kpi.direction == Direction.WITHIN:
        field.label = "Lower edge of the band"
    return field


class AnswerForm(forms.Form):
    """What goes with an answer. A refusal needs it, says the rule."""

    note = forms.CharField(required=False, max_length=5000, widget=forms.Textarea(attrs={"rows": 2}))
