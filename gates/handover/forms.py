"""What people pick to hand over, to whom and why. Forms never save."""

from collections.abc import Container, Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet

from gates.handover.queries import Group, Thing, possible_successors
from gates.handover.rules import LONGEST_NOTE
from pilots.models import User


class Ticked(forms.MultipleChoiceField):
    """Boxes of many things. Each is looked up; by default it would be compared with all the others."""

    known: Container[str] = ()

    def valid_value(self, value: str) -> bool:
        return value in self.known


class HandoverForm(forms.Form):
    """Boxes for all things, one receiver for everything, and another for a kind where that is wanted."""

    thing = Ticked(
        label="What is handed over",
        error_messages={
            "required": "Tick at least one thing.",
            "invalid_choice": "Something you ticked is no longer there. Look at the list again.",
        },
    )
    receiver = forms.ModelChoiceField(
        User.objects.none(),
        label="Who takes it over",
        empty_label="Choose a person",
        error_messages={
            "required": "Choose who takes it over.",
            "invalid_choice": "Choose one of these people.",
        },
    )
    note = forms.CharField(
        label="Note",
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Why it changes hands, and what the receiver should know. It goes into the mail and the log.",
        error_messages={"required": "Write a note for whoever takes it over."},
    )

    def __init__(self, *args, person: User, by: User, groups: Sequence[Group], **kwargs):
        super().__init__(*args, **kwargs)
        self.things = {thing.key: thing for group in groups for thing in group.things}
        self.fields["thing"].known = self.things
        people = possible_successors(person, by=by)
        options = [(one.pk, str(one)) for one in people]  # asked for once, and offered in every list
        self._offer("receiver", people, options)
        for group in groups:
            if group.holding.ends:
                continue
            name = f"receiver_{group.holding.key}"
            self.fields[name] = forms.ModelChoiceField(
                people,
                required=False,
                label=f"{group.holding.name}: somebody else",
                empty_label="The same person",
                error_messages={"invalid_choice": "Choose one of these people."},
            )
            self._offer(name, people, options)

    def _offer(self, name: str, people: QuerySet[User], options: list[tuple[int, str]]) -> None:
        field: Any = self.fields[name]
        field.queryset = people
        field.choices = [("", field.empty_label), *options]

    @property
    def picked(self) -> list[Thing]:
        """The things that were ticked; the form must be valid."""
        return [self.things[key] for key in self.cleaned_data["thing"]]

    @property
    def receivers(self) -> dict[str, User | None]:
        """Kind of thing → who gets it, None where it ends; the form must be valid."""
        kinds = {thing.holding for thing in self.things.values()}
        return {kind.key: None if kind.ends else self._receiver_of(kind.key) for kind in kinds}

    def _receiver_of(self, kind: str) -> User:
        return self.cleaned_data.get(f"receiver_{kind}") or self.cleaned_data["receiver"]
