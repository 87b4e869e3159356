"""The shape of what people type about gate meetings. Forms never save."""

from collections.abc import Sequence
from datetime import datetime

from django import forms
from django.utils import timezone

from gates.choices import Outcome
from gates.meetings.queries import line_of
from gates.models import AgendaItem, Gate, GateReview
from pilots.forms import DayField


class TimeInput(forms.TimeInput):
    """The browser's own clock; it wants hours and minutes."""

    input_type = "time"

    def __init__(self, **kwargs):
        super().__init__(format="%H:%M", **kwargs)


class MeetingForm(forms.Form):
    """Title, moment and place of a meeting. The moment is one where the organisation is."""

    title = forms.CharField(max_length=200, error_messages={"required": "Give the meeting a title."})
    day = DayField(error_messages={"required": "Say on which day."})
    time = forms.TimeField(widget=TimeInput(), error_messages={"required": "Say at what time."})
    place = forms.CharField(
        required=False, max_length=300, label="Place", help_text="A room, or the link of a call."
    )
    item_minutes = forms.IntegerField(min_value=1, max_value=240, initial=15, label="Minutes for each item")
    freeze_on = DayField(
        required=False,
        label="Evidence freezes on",
        help_text="At 18:00 on that day every gate on the agenda gets its decision pack. "
        "Left empty, each gate freezes by its own plan.",
    )

    @classmethod
    def facts_now(cls, review: GateReview) -> dict:
        """What the fields hold for a meeting that is there."""
        starts_at = timezone.localtime(review.starts_at)
        return {
            "title": review.title,
            "day": starts_at.date(),
            "time": starts_at.time(),
            "place": review.place,
            "item_minutes": review.item_minutes,
            "freeze_on": review.freeze_on,
        }

    @property
    def facts(self) -> dict:
        """What the actions take."""
        cleaned = self.cleaned_data
        moment = timezone.make_aware(datetime.combine(cleaned["day"], cleaned["time"]))
        return {
            "title": cleaned["title"],
            "starts_at": moment,
            "place": cleaned["place"],
            "item_minutes": cleaned["item_minutes"],
            "freeze_on": cleaned["freeze_on"],
        }


class IntoForm(forms.Form):
    """Of which meeting: a new one, or one that is planned already."""

    NEW = "new"

    into = forms.ChoiceField(
        error_messages={"required": "Choose a meeting.", "invalid_choice": "Choose one of these meetings."}
    )

    def __init__(self, *args, meetings: Sequence[GateReview], **kwargs):
        super().__init__(*args, **kwargs)
        self.meetings = {str(review.pk): review for review in meetings}
        self.fields["into"].choices = [(self.NEW, "A new meeting")] + [
            (pk, review.title) for pk, review in self.meetings.items()
        ]

    @property
    def makes_new(self) -> bool:
        """Whether a new meeting is asked for, also when nothing could be read."""
        return self["into"].value() in (None, "", self.NEW)

    @property
    def meeting(self) -> GateReview | None:
        """The planned meeting chosen; None for a new one."""
        return self.meetings.get(self.cleaned_data["into"])


class OrderForm(IntoForm):
    """The same for gates that are known: each with its place on the agenda."""

    def __init__(self, *args, gates: Sequence[Gate], **kwargs):
        super().__init__(*args, **kwargs)
        self.gates = list(gates)
        for place, gate in enumerate(self.gates, start=1):
            self.fields[f"place_{gate.pk}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=999,
                initial=place,
                label=f"Place of {gate.pilot.title}",
            )

    @property
    def rows(self) -> list[tuple[Gate, forms.BoundField]]:
        return [(gate, self[f"place_{gate.pk}"]) for gate in self.gates]

    @property
    def chosen(self) -> list[Gate]:
        """The gates by their places; those of one place, or of none, stay as they were listed."""
        places = {gate.pk: self.cleaned_data.get(f"place_{gate.pk}") or 999 for gate in self.gates}
        return sorted(self.gates, key=lambda gate: places[gate.pk])


class Gates(forms.ModelMultipleChoiceField):
    """Ids as no database holds them are simply not among the gates."""

    def clean(self, value):
        if any(not (str(one).isdecimal() and len(str(one)) < 19) for one in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class AgendaForm(IntoForm):
    """Which gates go on the agenda.

    What is ticked is a list of gates, not a filter: it stays as shown, whatever has changed since.
    """

    gates = Gates(
        None,
        error_messages={
            "required": "Tick at least one gate.",
            "invalid_choice": "A gate you ticked is no longer open. Look at the list again.",
        },
    )

    def __init__(self, *args, choosable, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gates"].queryset = choosable

    @property
    def chosen(self) -> list[Gate]:
        """The gates that are ticked, in the order in which they were listed."""
        return list(self.cleaned_data["gates"])


class TopicForm(forms.Form):
    topic = forms.CharField(max_length=200, error_messages={"required": "Say what is to be talked about."})


class AdditionForm(forms.Form):
    """What is added to the minutes, and to which of these items; to the whole where none is chosen."""

    item = forms.ChoiceField(required=False, label="To")
    text = forms.CharField(
        max_length=5000,
        label="Addition",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Say what is to be added."},
    )

    def __init__(self, *args, items: Sequence[AgendaItem], **kwargs):
        super().__init__(*args, **kwargs)
        self.items = {str(item.pk): item for item in items}
        lines = [(pk, line_of(item)) for pk, item in self.items.items()]
        self.fields["item"].choices = [("", "The whole meeting"), *lines]

    @property
    def facts(self) -> dict:
        """What the action takes."""
        return {"item": self.items.get(self.cleaned_data["item"]), "text": self.cleaned_data["text"]}


class VoteForm(forms.Form):
    outcome = forms.ChoiceField(
        choices=Outcome.choices,
        widget=forms.RadioSelect,
        error_messages={"required": "Say what you are for."},
    )
    comment = forms.CharField(required=False, max_length=500)


class RemarkForm(forms.Form):
    text = forms.CharField(
        required=False, max_length=5000, label="For the minutes", widget=forms.Textarea(attrs={"rows": 2})
    )
