"""The shape of what people type about gate meetings. Forms never save."""

from datetime import datetime

from django import forms
from django.utils import timezone

from gates.choices import Outcome
from gates.models import GateReview
from pilots.forms import DateInput


class TimeInput(forms.TimeInput):
    """The browser's own clock; it wants hours and minutes."""

    input_type = "time"

    def __init__(self, **kwargs):
        super().__init__(format="%H:%M", **kwargs)


class MeetingForm(forms.Form):
    """Title, moment and place of a meeting. The moment is one where the organisation is."""

    title = forms.CharField(max_length=200, error_messages={"required": "Give the meeting a title."})
    day = forms.DateField(widget=DateInput(), error_messages={"required": "Say on which day."})
    time = forms.TimeField(widget=TimeInput(), error_messages={"required": "Say at what time."})
    place = forms.CharField(
        required=False, max_length=300, label="Place", help_text="A room, or the link of a call."
    )
    item_minutes = forms.IntegerField(min_value=1, max_value=240, initial=15, label="Minutes for each item")

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
        }


class Gates(forms.ModelMultipleChoiceField):
    """Ids as no database holds them are simply not among the gates."""

    def clean(self, value):
        if any(not (str(one).isdecimal() and len(str(one)) < 19) for one in value or ()):
            raise forms.ValidationError(self.error_messages["invalid_choice"], code="invalid_choice")
        return super().clean(value)


class AgendaForm(forms.Form):
    """Which gates go on the agenda, and of which meeting: a new one, or one that is planned already.

    What is ticked is a list of gates, not a filter: it stays as shown, whatever has changed since.
    """

    NEW = "new"

    gates = Gates(
        None,
        error_messages={
            "required": "Tick at least one gate.",
            "invalid_choice": "A gate you ticked is no longer open. Look at the list again.",
        },
    )
    into = forms.ChoiceField(
        error_messages={"required": "Choose a meeting.", "invalid_choice": "Choose one of these meetings."}
    )

    def __init__(self, *args, choosable, meetings, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["gates"].queryset = choosable
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
