"""The shapes of decisions. Forms never save; the rules say why something cannot be decided."""

from collections.abc import Iterator
from typing import Any

from django import forms

from gates.choices import REASON_CODES, Outcome, ReasonCode
from gates.decisions.actions import Promise
from gates.decisions.corrections import Changed
from gates.decisions.queries import what_can_be_closed
from gates.models import Condition, Decision, Gate, Phase
from pilots.forms import DayField
from pilots.queries import members_of

ROWS = 2  # for conditions, offered at once
MOST_ROWS = 20
LONG = 5_000
CONDITION_FIELDS = ("condition", "due", "owner", "closes")


def rows_asked(data: Any) -> int:
    """How many rows for conditions a form that was sent has."""
    asked = str(data.get("rows", ""))
    rows = int(asked) if asked.isdecimal() and len(asked) < 4 else ROWS
    return max(1, min(rows, MOST_ROWS))


def one_row_more(data: Any) -> dict[str, str]:
    """What was typed, to start the same form from with another row."""
    return dict(data.items()) | {"rows": str(min(rows_asked(data) + 1, MOST_ROWS))}


class ConditionRows(forms.Form):
    """Rows of conditions: text, due day, who owes it, which criterion it closes."""

    def add_rows(self, gate: Gate, *, known: int = 0) -> None:
        """As many as were asked for; the first ones are `known` conditions, which close what they close."""
        source = self.data if self.is_bound else self.initial
        self.last_row = max(rows_asked(source), known)
        people, closes = members_of(gate.pilot.programme), what_can_be_closed(gate)
        for number in self.numbers:
            self._add_row(number, people)
            if number > known:
                self.fields[f"closes_{number}"] = forms.ModelChoiceField(
                    closes,
                    required=False,
                    empty_label="None",
                    label=f"Criterion that condition {number} closes",
                )

    @property
    def numbers(self) -> range:
        return range(1, self.last_row + 1)

    def _add_row(self, number: int, people) -> None:
        self.fields[f"condition_{number}"] = forms.CharField(
            required=False, max_length=300, label=f"Condition {number}"
        )
        self.fields[f"due_{number}"] = DayField(required=False, label=f"Condition {number} is due")
        self.fields[f"owner_{number}"] = forms.ModelChoiceField(
            people, required=False, empty_label="The pilot's owner", label=f"Who owes condition {number}"
        )

    @property
    def condition_rows(self) -> list[list[forms.BoundField]]:
        """The fields of each condition, for the page."""
        names = [[f"{name}_{number}" for name in CONDITION_FIELDS] for number in self.numbers]
        return [[self[name] for name in row if name in self.fields] for row in names]

    @property
    def can_grow(self) -> bool:
        return self.last_row < MOST_ROWS

    def check_conditions(self, cleaned: Any) -> None:
        for number in self.numbers:
            text, due = cleaned.get(f"condition_{number}"), cleaned.get(f"due_{number}")
            if text and not due and f"due_{number}" not in self.errors:
                self.add_error(f"due_{number}", "Say by when.")
            if due and not text and f"condition_{number}" not in self.errors:
                self.add_error(f"condition_{number}", "Say what must be done by then.")

    def promises(self) -> Iterator[Promise]:
        for number in self.numbers:
            text, due, owner, closes = (
                self.cleaned_data.get(f"{name}_{number}") for name in CONDITION_FIELDS
            )
            if text and due:
                yield Promise(text=text, due_on=due, owner=owner, criterion=closes)


def code_field(outcome: str, *, required: bool = False) -> forms.ChoiceField:
    codes = [(code.value, code.label) for code in REASON_CODES[outcome]]
    return forms.ChoiceField(required=required, choices=[("", "Choose one"), *codes], label="Kind of reason")


def needed(field: forms.Field) -> forms.Field:
    """A field that some outcome asks for: not marked as optional, and held to by the rules."""
    field.needed_by_outcome = True
    return field


def lines(rows: int, **more: Any) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **more})


def reason_field() -> forms.CharField:
    return forms.CharField(
        max_length=LONG,
        widget=lines(3),
        help_text="Kept for ever beside the decision.",
        error_messages={"required": "Give the reason for this decision."},
    )


def scope_field() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=300,
        label="How far it may go until then",
        help_text="Such as: at most 200 users in two plants.",
    )


def lesson_field() -> forms.CharField:
    return forms.CharField(required=False, max_length=LONG, widget=lines(2), label="What happened")


def advice_field() -> forms.CharField:
    return forms.CharField(
        required=False,
        max_length=LONG,
        widget=lines(2),
        label="What would you do differently",
        help_text="Both are published as a lesson of this pilot, and offered to pilots like it.",
    )


def freed_field() -> forms.DecimalField:
    return forms.DecimalField(
        required=False, min_value=0, max_digits=14, decimal_places=2, label="Money freed"
    )


class DecisionForm(ConditionRows):
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose an outcome.", "invalid_choice": "Choose one of the outcomes."},
    )
    reason = reason_field()
    override_reason = forms.CharField(
        required=False,
        max_length=LONG,
        widget=lines(2),
        label="Override: why it may pass all the same",
        help_text="Only where something stands in the way. Shown for ever wherever this decision is shown.",
    )
    scope_cap = needed(scope_field())
    review_on = needed(DayField(required=False, label="Review on"))
    recycle_to = needed(
        forms.ModelChoiceField(None, required=False, label="Back to", empty_label="Choose a phase")
    )
    lesson = needed(lesson_field())
    advice = advice_field()
    freed_amount = freed_field()
    archive = forms.BooleanField(required=False, label="Archive it: take the pilot off the lists")

    def __init__(self, *args, gate: Gate, may_override: bool, **kwargs):
        super().__init__(*args, **kwargs)
        if not may_override:
            del self.fields["override_reason"]
        here = gate.definition.phase
        self.fields["recycle_to"].queryset = Phase.objects.filter(
            version=here.version_id, position__lte=here.position
        )
        for outcome in Outcome:
            self.fields[f"code_{outcome}"] = needed(code_field(outcome))
        self.add_rows(gate)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("outcome") == Outcome.CONDITIONAL_GO:
            self.check_conditions(cleaned)
        return cleaned

    @property
    def codes(self) -> dict[str, forms.BoundField]:
        """Outcome → its kinds of reason, for the page."""
        return {outcome.value: self[f"code_{outcome}"] for outcome in Outcome}

    @property
    def facts(self) -> dict[str, Any]:
        """What the action takes."""
        names = (
            "outcome", "reason", "override_reason", "scope_cap", "review_on", "recycle_to", "lesson",
            "advice", "freed_amount", "archive",
        )  # fmt: skip
        facts = {name: self.cleaned_data.get(name, "") for name in names}
        facts["reason_code"] = self.cleaned_data[f"code_{facts['outcome']}"]
        facts["conditions"] = tuple(self.promises())
        return facts


class MeetForm(forms.Form):
    """Saying that a condition is met."""

    note = forms.CharField(
        max_length=LONG,
        widget=lines(3),
        label="What shows it",
        error_messages={"required": "Say what shows that the condition is met."},
    )
    link = forms.URLField(required=False, max_length=500, assume_scheme="https", label="Link to the evidence")


class CorrectionForm(ConditionRows):
    """A decision as it should have been: the same outcome, with what may differ."""

    reason = reason_field()
    correction_reason = forms.CharField(
        max_length=LONG,
        widget=lines(2),
        label="What was wrong",
        help_text="Kept beside both.",
        error_messages={"required": "Say what was wrong and is corrected."},
    )

    def __init__(self, *args, decision: Decision, conditions: list[Condition], **kwargs):
        kwargs["initial"] = self._as_it_is(decision, conditions) | dict(kwargs.get("initial") or {})
        super().__init__(*args, **kwargs)
        self.decision, self.open = decision, [row for row in conditions if row.met_at is None]
        self.fields["reason_code"] = code_field(decision.outcome, required=True)
        for name, field in self._fields_of(decision.outcome).items():
            self.fields[name] = field
        if decision.outcome == Outcome.CONDITIONAL_GO:
            self.add_rows(decision.gate, known=len(self.open))
        else:
            self.last_row = 0

    @staticmethod
    def _fields_of(outcome: str) -> dict[str, forms.Field]:
        if outcome == Outcome.CONDITIONAL_GO:
            return {"scope_cap": needed(scope_field())}
        if outcome == Outcome.HOLD:
            return {"review_on": DayField(required=False, label="Review on")}
        if outcome == Outcome.STOP:
            return {
                "lesson": needed(lesson_field()),
                "advice": advice_field(),
                "freed_amount": freed_field(),
            }
        return {}

    @staticmethod
    def _as_it_is(decision: Decision, conditions: list[Condition]) -> dict[str, Any]:
        names = ("reason_code", "reason", "scope_cap", "review_on", "lesson", "advice", "freed_amount")
        rows = [row for row in conditions if row.met_at is None]
        initial = {name: getattr(decision, name) for name in names} | {"rows": len(rows) + 1}
        for number, row in enumerate(rows, start=1):
            initial |= {f"condition_{number}": row.text, f"due_{number}": row.due_on}
            initial[f"owner_{number}"] = row.owner_id
        return initial

    def clean(self):
        cleaned = super().clean()
        self.check_conditions(cleaned)
        for number, row in enumerate(self.open, start=1):
            if f"condition_{number}" in self.fields and not cleaned.get(f"condition_{number}"):
                self.add_error(f"condition_{number}", f"A condition cannot be taken back: {row.text}")
        return cleaned

    @property
    def facts(self) -> dict[str, Any]:
        """What the action takes."""
        names = {"scope_cap", "review_on", "lesson", "advice", "freed_amount"} & self.fields.keys()
        facts = {name: self.cleaned_data[name] for name in sorted(names)}
        facts |= {name: self.cleaned_data[name] for name in ("reason", "reason_code", "correction_reason")}
        promises = list(self.promises())
        known, new = promises[: len(self.open)], promises[len(self.open) :]
        changed = [Changed(row.pk, *_said(said)) for row, said in zip(self.open, known, strict=True)]
        return facts | {"conditions": tuple(changed), "added": tuple(new)}


def _said(promise: Promise) -> tuple:
    return promise.text, promise.due_on, promise.owner


class DecisionFilterForm(forms.Form):
    """What the list of decisions can be narrowed by."""

    outcome = forms.ChoiceField(required=False, choices=[("", "All outcomes"), *Outcome.choices])
    reason_code = forms.ChoiceField(
        required=False, choices=[("", "All kinds of reason"), *ReasonCode.choices], label="Kind of reason"
    )
    override = forms.BooleanField(required=False, label="Overrides only")
    superseded = forms.BooleanField(required=False, label="Superseded too")
    since = DayField(required=False)
    programme = forms.SlugField(required=False, widget=forms.HiddenInput)
