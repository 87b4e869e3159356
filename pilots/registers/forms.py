"""The shape of what people write into registers. Forms never save.

What contradicts itself is said by the model (`problems`), here as in the API and in files.
"""

from typing import Any, ClassVar

from django import forms
from django.db import models
from django.db.models import Q

from pilots.forms import DateInput, validate_day
from pilots.models import (
    ChangeStep,
    DataSource,
    Debt,
    Integration,
    Lesson,
    OperatingRole,
    Option,
    Pilot,
    Procedure,
    Risk,
    User,
    Wave,
)
from pilots.queries import members_of

KEPT_BY = ("owner", "team", "review_on")  # the last fields of every form
HELP = {
    "owner": "Who looks after it.",
    "team": "Where no one person does.",
    "review_on": "When somebody should look at it again.",
}


class EntryForm(forms.ModelForm):
    """One entry. Each register has a subclass that says its fields; KEPT_BY come last."""

    beside: ClassVar[frozenset[str]] = frozenset()  # fields that stand on one line with the one before

    def __init__(self, *args, pilot: Pilot, **kwargs):
        super().__init__(*args, **kwargs)
        self.instance.pilot = pilot
        owner = self.fields["owner"]
        owner.queryset = _people(pilot, self.instance.owner_id)
        owner.label_from_instance = named
        owner.empty_label = "Nobody yet"
        owner.error_messages["invalid_choice"] = "Choose a person with a role in this programme."
        for name, field in self.fields.items():
            _dress(field)
            field.help_text = field.help_text or HELP.get(name, "")

    def rows(self) -> list[list[forms.BoundField]]:
        """The fields as they stand on the page, line by line."""
        rows: list[list[forms.BoundField]] = []
        for field in self.visible_fields():
            if field.name in self.beside or field.name == "team":
                rows[-1].append(field)
            else:
                rows.append([field])
        return rows


def _people(pilot: Pilot, owner_id: int | None):
    """Who can look after it; whoever does so now can go on, even after leaving."""
    members = members_of(pilot.programme).order_by().values("pk")
    return User.objects.filter(Q(pk__in=members) | Q(pk=owner_id)).order_by("name", "pk")


def named(person: User) -> str:
    """The name of a person as registers show it."""
    return str(person) if person.is_active else f"{person} (left)"


def _dress(field: Any) -> None:
    choices = list(field.choices) if hasattr(field, "coerce") else []  # only those of words have it
    if choices and choices[0][0] == "":
        field.choices = [("", "Choose" if field.required else "Not said"), *choices[1:]]
    elif isinstance(field, forms.IntegerField):  # decimals too
        field.error_messages["min_value"] = "This must be at least %(limit_value)s."
    elif isinstance(field, forms.DateField):
        field.widget = DateInput()
        field.validators.append(validate_day)
    elif isinstance(field.widget, forms.Textarea):
        field.widget.attrs["rows"] = 3


class RiskForm(EntryForm):
    beside = frozenset({"impact", "state"})

    class Meta:
        model = Risk
        fields = ("title", "likelihood", "impact", "mitigation", "checkpoint", "trend", "state", *KEPT_BY)
        help_texts = {
            "title": "Such as: the model invents a clause that is not in the contract.",
            "mitigation": "What makes it less likely or less bad, and who does that.",
            "checkpoint": "Where a person decides before anything happens. High risks of a high-tier pilot need one.",
        }
        error_messages = {
            "title": {"required": "Say what can go wrong."},
            "likelihood": {"required": "Say how likely it is."},
            "impact": {"required": "Say how bad it would be."},
        }


IN_CURRENCY = "In the currency of the programme."


class IntegrationForm(EntryForm):
    beside = frozenset({"method", "live_on"})

    class Meta:
        model = Integration
        fields = ("system", "direction", "method", "state", "live_on", "hand_off", "cost", *KEPT_BY)
        help_texts = {
            "system": "Such as: the contract archive.",
            "live_on": "When it should go live, or did.",
            "hand_off": "When a case goes to a person, such as: below 80% confidence a clerk decides.",
            "cost": IN_CURRENCY,
        }
        error_messages = {
            "system": {"required": "Name the system."},
            "direction": {"required": "Say where data goes."},
            "method": {"required": "Say how they are connected."},
        }


class DataSourceForm(EntryForm):
    beside = frozenset({"supply", "access"})

    class Meta:
        model = DataSource
        fields = ("name", "refresh", "supply", "quality", "access", "governance", *KEPT_BY)
        help_texts = {
            "name": "Such as: scanned invoices of the last five years.",
            "refresh": "How often production needs it anew.",
            "governance": "Who allows its use, for what, and what must not happen with it.",
        }
        error_messages = {
            "name": {"required": "Name the source."},
            "refresh": {"required": "Say how often it is refreshed."},
            "supply": {"required": "Say whether it comes by itself or by hand."},
        }


class DebtForm(EntryForm):
    beside = frozenset({"cost", "paid_on"})

    class Meta:
        model = Debt
        fields = ("shortcut", "change_needed", "effort_days", "cost", "pay_back_on", "paid_on", *KEPT_BY)
        help_texts = {
            "shortcut": "Such as: invoices are exported by hand every Monday.",
            "change_needed": "What takes its place before many people rely on it.",
            "cost": IN_CURRENCY,
        }
        error_messages = {"shortcut": {"required": "Say which shortcut was taken."}}


def with_https(field: models.Field, **options: Any) -> forms.Field | None:
    """The field of a form; a link without a scheme means https."""
    if isinstance(field, models.URLField):
        options["assume_scheme"] = "https"
    return field.formfield(**options)


class OperatingRoleForm(EntryForm):
    class Meta:
        model = OperatingRole
        formfield_callback = with_https
        fields = ("role", "link", *KEPT_BY)
        help_texts = {
            "link": "Where it is written what this person or team does.",
            "owner": "Who holds it once the pilot is in production.",
        }
        error_messages = {"role": {"required": "Choose the role."}}


class WaveForm(EntryForm):
    beside = frozenset({"actual_on", "users", "tried_on"})

    class Meta:
        model = Wave
        fields = ("cohort", "planned_on", "actual_on", "cap", "users", "trigger", "tried_on", *KEPT_BY)
        help_texts = {
            "cohort": "Such as: the two teams in Malmö.",
            "trigger": "Such as: handling time over seven minutes for two weeks.",
        }
        error_messages = {
            "cohort": {"required": "Say who is reached."},
            "cap": {"required": "Say how many people at most."},
            "planned_on": {"required": "Say when it is to begin."},
        }


class LessonForm(EntryForm):
    beside = frozenset({"area"})

    class Meta:
        model = Lesson
        fields = ("title", "advice", "kind", "area", "published_on", *KEPT_BY)
        help_texts = {
            "title": "Such as: nobody used it, because clerks were not asked.",
            "advice": "What others should do. It is offered to pilots that are like this one.",
            "published_on": "From this day on it is shown to others. Leave it empty while you still write.",
        }
        error_messages = {
            "title": {"required": "Say what happened."},
            "kind": {"required": "Say whether it worked."},
        }


class ProcedureForm(EntryForm):
    class Meta:
        model = Procedure
        formfield_callback = with_https
        fields = ("kind", "title", "state", "link", *KEPT_BY)
        help_texts = {
            "title": "Such as: the model is retrained when its error rate is above 4% for a week.",
            "state": "Tried means that somebody has done it once as it is written.",
            "owner": "Who does it.",
        }
        error_messages = {
            "kind": {"required": "Choose what it is about."},
            "title": {"required": "Say what is done."},
        }


class ChangeStepForm(EntryForm):
    beside = frozenset({"done_on"})

    class Meta:
        model = ChangeStep
        fields = ("kind", "what", "audience", "planned_on", "done_on", "outcome", *KEPT_BY)
        help_texts = {
            "what": "Such as: half a day of training with the trainers of the service desk.",
            "audience": "Such as: all 40 clerks in Malmö.",
            "outcome": "Such as: 36 came; they want to see the source of each answer.",
            "owner": "Who sees to it.",
        }
        error_messages = {
            "kind": {"required": "Choose what it is about."},
            "what": {"required": "Say what is done."},
        }


class OptionForm(EntryForm):
    beside = frozenset({"model_name", "decided_on"})

    class Meta:
        model = Option
        fields = (
            *("name", "approach", "vendor", "model_name", "fit", "yearly_cost"),
            *("verdict", "decided_on", "reason", *KEPT_BY),
        )
        help_texts = {
            "name": "Such as: the module of our service desk software.",
            "fit": "What of the workflow it does, and what people would still do by hand.",
            "yearly_cost": IN_CURRENCY,
            "reason": "Why it was chosen or rejected.",
        }
        error_messages = {
            "name": {"required": "Name the option."},
            "approach": {"required": "Say whether it is built or bought."},
        }
