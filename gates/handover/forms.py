"""What people pick to hand over, to whom and why. Forms never save."""

from collections.abc import Sequence

from django import forms

from gates.handover.queries import Group, Thing, possible_successors
from gates.handover.rules import LONGEST_NOTE
from pilots.models import User


class HandoverForm(forms.Form):
    """Boxes for all things, one receiver for everything, and another for a kind where that is wanted."""

    thing = forms.MultipleChoiceField(
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
        self.fields["thing"].choices = [(key, thing.words) for key, thing in self.things.items()]
        people = possible_successors(person, by=by)
        self.fields["receiver"].queryset = people
        for group in groups:
            self.fields[f"receiver_{group.holding.key}"] = forms.ModelChoiceField(
                people,
                required=False,
                label=f"{group.holding.name}: somebody else",
                empty_label="The same person",
                error_messages={"invalid_choice": "Choose one of these people."},
            )

    @property
    def picked(self) -> list[Thing]:
        """The things that were ticked; the form must be valid."""
        return [self.things[key] for key in self.cleaned_data["thing"]]

    @property
    def receivers(self) -> dict[str, User]:
        """Kind of thing → who gets it; the form must be valid."""
        kinds = {thing.holding.key for thing in self.things.values()}
        usual = self.cleaned_data["receiver"]
        return {kind: self.cleaned_data.get(f"receiver_{kind}") or usual for kind in kinds}
