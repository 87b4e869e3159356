"""The shapes of signing, naming and delegating. Forms never save; the rules say why not."""

from django import forms

from gates.signoffs.page import SeatPage
from gates.signoffs.people import RoleHolders, possible_receivers
from pilots.forms import DayField
from pilots.models import Programme, User
from pilots.queries import members_of


class SignForm(forms.Form):
    """One seat, signed or taken back. A seat's value holds what it signs, so that no other thing is signed."""

    seat = forms.ChoiceField(
        label="Sign as",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose in which role you sign.",
            "invalid_choice": "This has changed while you were reading. Look again at what you sign.",
        },
    )
    comment = forms.CharField(
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Everybody who sees this pilot can read it.",
    )
    what = forms.ChoiceField(
        choices=[("sign", "Sign"), ("withdraw", "Take back")],
        error_messages={
            "required": "Say whether you sign or take back.",
            "invalid_choice": "Say whether you sign or take back.",
        },
    )

    def __init__(self, *args, pages: list[SeatPage], **kwargs):
        super().__init__(*args, **kwargs)
        self.pages = {page.value: page for page in pages}
        self.fields["seat"].choices = [(value, page.label) for value, page in self.pages.items()]
        self.fields["seat"].initial = next(iter(self.pages), None)

    @property
    def page(self) -> SeatPage:
        """The seat that was chosen."""
        return self.pages[self.cleaned_data["seat"]]


class GatekeeperForm(forms.Form):
    role = forms.ChoiceField(error_messages={"required": "Choose the role."})
    person = forms.ModelChoiceField(
        None, empty_label="Choose a person", error_messages={"required": "Choose the person."}
    )

    def __init__(self, *args, programme: Programme, roles: list[RoleHolders], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [("", "Choose a role"), *((one.label, one.label) for one in roles)]
        self.fields["person"].queryset = members_of(programme)


class DelegationForm(forms.Form):
    receiver = forms.ModelChoiceField(
        None,
        label="Who signs for you",
        empty_label="Choose a person",
        error_messages={"required": "Choose who signs for you."},
    )
    programme = forms.ModelChoiceField(
        None, required=False, label="Where", empty_label="In every programme of mine"
    )
    starts_on = DayField(label="From", error_messages={"required": "Enter the first day."})
    ends_on = DayField(label="To", error_messages={"required": "Enter the last day."})
    reason = forms.CharField(
        max_length=200,
        help_text="Such as “On leave”.",
        error_messages={"required": "Say why, so that others understand it."},
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["receiver"].queryset = possible_receivers(user)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)
