"""The shape of what people type about pilots, programmes and tokens. Forms never save."""

from datetime import date

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from pilots.audit_log import EventChoice, programmes_to_choose
from pilots.choices import Role, Via
from pilots.events import reactions
from pilots.models import Pilot, Programme, User
from pilots.models.event import type_in_words
from pilots.permissions import Permission, allows
from pilots.queries import members_of
from pilots.rules import FIRST_DAY, LAST_DAY, LONGEST_TEXT, currency_problem, day_problem


class DateInput(forms.DateInput):
    """The browser's own date picker; it wants ISO dates."""

    input_type = "date"

    def __init__(self, attrs=None):
        within = {"min": FIRST_DAY.isoformat(), "max": LAST_DAY.isoformat()}
        super().__init__(within | (attrs or {}), format="%Y-%m-%d")


def validate_day(day: date) -> None:
    """Raises ValidationError for a day that nobody could mean, such as one of the year 26."""
    if problem := day_problem(day):
        raise ValidationError(problem)


class DayField(forms.DateField):
    """A day a person could mean."""

    widget: type[forms.DateInput] = DateInput
    default_validators = [validate_day]


class PilotForm(forms.ModelForm):
    class Meta:
        model = Pilot
        fields = [
            "title",
            "problem",
            "workflow",
            "unit",
            "priority",
            "owner",
            "sponsor",
            "approach",
            "vendor",
            "model_name",
            "risk_tier",
            "risk_rationale",
            "intake_on",
            "ends_on",
        ]
        widgets = {
            "problem": forms.Textarea(attrs={"rows": 3}),
            "workflow": forms.Textarea(attrs={"rows": 3}),
            "risk_rationale": forms.Textarea(attrs={"rows": 3}),
        }
        field_classes = dict.fromkeys(("intake_on", "ends_on"), DayField)
        help_texts = {
            "title": "What people call it, such as “Contract clause review”.",
            "problem": "What costs time, money or trust today, in words the business uses.",
            "workflow": "Whose work changes, and at which step.",
            "owner": "The one person who answers for it.",
            "sponsor": "Who pays, and clears the way.",
            "risk_rationale": "Two sentences a regulator would accept.",
        }
        error_messages = {"title": {"required": "Give the pilot a title."}}

    def __init__(self, *args, programme: Programme | None, **kwargs):
        super().__init__(*args, **kwargs)
        people = members_of(programme) if programme else User.objects.none()
        for name in ("owner", "sponsor"):
            self.fields[name].queryset = people
            self.fields[name].empty_label = "Nobody yet"
            self.fields[name].error_messages["invalid_choice"] = (
                "Choose a person with a role in this programme."
            )
        self.fields["approach"].choices = [("", "Not decided"), *self.fields["approach"].choices[1:]]
        self.fields["risk_tier"].choices = [("", "Not rated yet"), *self.fields["risk_tier"].choices[1:]]


class ChooseProgrammeForm(forms.Form):
    """Where a new pilot goes, among the programmes in which this person may create one."""

    programme = forms.ModelChoiceField(
        Programme.objects.none(),
        to_field_name="slug",
        empty_label=None,
        error_messages={
            "required": "Choose a programme.",
            "invalid_choice": "Choose one of these programmes.",
        },
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        programmes = Programme.objects.visible_to(user)
        own = [p.pk for p in programmes if allows(user, Permission.CREATE_PILOT, programme=p)]
        self.programmes = programmes.filter(pk__in=own)
        self.fields["programme"].queryset = self.programmes


class ProgrammeForm(forms.Form):
    name = forms.CharField(max_length=120, error_messages={"required": "Give the programme a name."})
    description = forms.CharField(
        required=False, max_length=LONGEST_TEXT, widget=forms.Textarea(attrs={"rows": 3})
    )
    currency = forms.CharField(
        max_length=3,
        help_text="Of all its money, such as EUR. It stays once amounts are recorded.",
        error_messages={"required": "Enter the currency, such as EUR."},
    )

    def clean_currency(self):
        currency = self.cleaned_data["currency"].strip().upper()
        if currency_problem(currency):
            raise forms.ValidationError(currency_problem(currency))
        return currency


class MemberForm(forms.Form):
    email = forms.EmailField(
        label="E-mail address",
        error_messages={"required": "Enter the person's e-mail address."},
    )
    role = forms.ChoiceField(
        choices=[(role.value, role.label) for role in Role if role != Role.ADMINISTRATOR]
    )

    def clean_email(self):
        """The person with this address."""
        email = self.cleaned_data["email"].strip().lower()
        person = User.objects.filter(email=email, is_active=True).first()
        if person is None:
            raise forms.ValidationError("Nobody with this address has an account. Ask an administrator.")
        return person


class PersonForm(forms.Form):
    name = forms.CharField(max_length=120, error_messages={"required": "Enter the person's name."})
    email = forms.EmailField(
        label="E-mail address", error_messages={"required": "Enter the person's e-mail address."}
    )
    role = forms.ChoiceField(choices=Role.choices)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), required=False, empty_label="Every programme", label="Where"
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["programme"].queryset = Programme.objects.visible_to(user)

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("role") == Role.ADMINISTRATOR and cleaned.get("programme"):
            self.add_error("programme", "An administrator is one for every programme.")
        return cleaned


class TokenForm(forms.Form):
    name = forms.CharField(
        max_length=80,
        help_text="What will use it, such as “Service desk export”.",
        error_messages={"required": "Say what will use this token."},
    )
    days = forms.TypedChoiceField(
        label="Valid for",
        coerce=int,
        choices=[(30, "30 days"), (90, "90 days"), (365, "One year")],
        initial=90,
    )

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_name(self):
        """The name, which no other token of this person in use has: else nobody knows which to revoke."""
        name = self.cleaned_data["name"]
        if self.user.api_tokens.usable(timezone.now()).filter(name__iexact=name).exists():
            raise forms.ValidationError("You have a token of this name already.")
        return name


class AuditForm(forms.Form):
    """What the audit log can be narrowed by."""

    pilot = forms.CharField(required=False, max_length=12, label="Pilot")
    person = forms.CharField(required=False, max_length=120, label="Person")
    programme = forms.ChoiceField(required=False, label="Programme")
    type = forms.ChoiceField(required=False, label="Kind of event")
    via = forms.ChoiceField(required=False, choices=[("", "All"), *Via.choices], label="Via")
    since = DayField(required=False, label="From")
    until = DayField(required=False, label="To")

    def __init__(self, *args, user: User, **kwargs):
        super().__init__(*args, **kwargs)
        kinds = sorted((name, type_in_words(name)) for name in reactions())
        self.fields["type"].choices = [("", "All"), *kinds]
        self.fields["programme"].choices = [("", "All"), *programmes_to_choose(user)]

    def clean(self):
        cleaned = super().clean()
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the day it begins with.")
        return cleaned

    @property
    def choice(self) -> EventChoice:
        """What was asked for; the form must be valid."""
        return EventChoice(**self.cleaned_data)
