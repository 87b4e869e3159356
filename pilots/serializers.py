"""The shapes of programmes and pilots in the API, and what all its shapes share. Nothing here saves."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.datastructures import MultiValueDict
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from pilots.choices import Approach, JobState, Priority, RiskTier, Role, Via
from pilots.filters import LARGEST_ID
from pilots.models import Membership
from pilots.queries import members_of
from pilots.rules import day_problem

LONG_TEXT = 10_000


class Shown(serializers.Serializer):
    """A row as the API shows it, read from the database without making model objects.

    A field's `source` (else its name) is its column; a nested Shown is a joined row, null when there
    is none. Fields named in `computed` are added by `complete`.
    """

    computed: tuple[str, ...] = ()

    @classmethod
    def columns(cls, prefix: str = "") -> list[str]:
        """The columns to ask `values_list` for, in the order `shape` takes them."""
        found = []
        for name, field in cls._read():
            column = prefix + (field.source or name).replace(".", "__")
            if isinstance(field, Shown):
                found += field.columns(f"{column}__")
            else:
                found.append(column)
        return found

    @classmethod
    def rows(cls, values: Any, *, today: date) -> list[dict[str, Any]]:
        """The rows of `values_list(*columns())` as the API shows them."""
        return [cls._shape(iter(row), today) for row in values]

    @classmethod
    def _shape(cls, values: Iterator, today: date) -> dict[str, Any]:
        row = {
            name: field._joined(values, today) if isinstance(field, Shown) else _plain(next(values))
            for name, field in cls._read()
        }
        return cls.complete(row, today)

    @classmethod
    def _joined(cls, values: Iterator, today: date) -> dict[str, Any] | None:
        row = cls._shape(values, today)
        return None if next(iter(row.values())) is None else row

    @classmethod
    def _read(cls):
        return [item for item in cls._declared_fields.items() if item[0] not in cls.computed]

    @classmethod
    def complete(cls, row: dict[str, Any], today: date) -> dict[str, Any]:
        """The row with what is computed from it."""
        return row


@dataclass(frozen=True)
class Kind:
    """What a field is in JSON."""

    name: str
    types: tuple[type, ...]


TEXT, WHOLE, NUMBER = (
    Kind("a text", (str,)),
    Kind("a whole number", (int,)),
    Kind("a number", (str, int, float)),
)
KINDS: tuple[tuple[type[serializers.Field], Kind], ...] = (
    (serializers.CharField, TEXT),
    (serializers.IntegerField, WHOLE),
    (serializers.DecimalField, NUMBER),
)


def kind_of(field: serializers.Field) -> Kind | None:
    """What this field is in JSON; None where the field itself says no to everything else."""
    if isinstance(field, serializers.ChoiceField):
        return WHOLE if all(isinstance(choice, int) for choice in field.choices) else TEXT
    return next((kind for types, kind in KINDS if isinstance(field, types)), None)


def _plain(value: Any) -> Any:
    # The encoder would make a float of it, and lose digits.
    return f"{value:f}" if isinstance(value, Decimal) else value


class Sent(serializers.Serializer):
    """What a program sends. Nothing is guessed, so that no typo is lost: a field nobody knows is refused
    by name, and in JSON a text is a text and a number a number."""

    def to_internal_value(self, data):
        if isinstance(data, Mapping):
            problems = {name: ["There is no such field here."] for name in data if name not in self.fields}
            if not isinstance(data, MultiValueDict):  # a form knows only texts
                problems |= self._of_wrong_kind(data)
            if problems:
                raise serializers.ValidationError(problems)
        return super().to_internal_value(data)

    def _of_wrong_kind(self, data: Mapping[str, Any]) -> dict[str, list[str]]:
        return {
            name: [f"Send {kind.name} here."]
            for name, field in self.fields.items()
            if (kind := kind_of(field)) and data.get(name) is not None and type(data[name]) not in kind.types
        }

    def after(self, name: str, sent: dict[str, Any]) -> Any:
        """The value a field will have: the one sent, else the one the object has."""
        return sent[name] if name in sent else getattr(self.instance, name, None)


class Nothing(Sent):
    """An action that needs no facts."""


class Day(serializers.DateField):
    """A day a person could mean."""

    def to_internal_value(self, value):
        day = super().to_internal_value(value)
        if problem := day_problem(day):
            raise serializers.ValidationError(problem)
        return day


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class PersonId(serializers.IntegerField):
    """The id of a person who has a role in the programme (`programme` in the serializer's context)."""

    default_error_messages = {"unknown": "Nobody in this programme has this id."}

    def to_internal_value(self, data):
        pk = super().to_internal_value(data)
        person = members_of(self.context["programme"]).filter(pk=pk).first()
        if person is None:
            self.fail("unknown")
        return person


class Person(Shown):
    id = serializers.IntegerField()
    name = serializers.CharField()


class PersonShown(Person):
    """An account."""

    email = serializers.EmailField()
    is_active = serializers.BooleanField(help_text="May sign in.")


class Leaving(Sent):
    reason = serializers.CharField(
        max_length=LONG_TEXT,
        allow_blank=True,
        required=False,
        help_text="Why the work that this person still holds stays without anybody.",
    )


class MemberShown(serializers.Serializer):
    """A person in a programme, with every role held there."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    roles = serializers.ListField(child=serializers.ChoiceField(choices=Role.choices))


def members_shown(memberships: Iterable[Membership]) -> list[dict[str, Any]]:
    """Each active person once, with all roles, in the order given."""
    people: dict[int, dict[str, Any]] = {}
    for held in memberships:
        if held.user.is_active:
            person = {"id": held.user_id, "name": held.user.name, "roles": []}
            people.setdefault(held.user_id, person)["roles"].append(held.role)
    return list(people.values())


class ProgrammeShown(Shown):
    """A set of pilots reviewed together."""

    slug = serializers.SlugField(help_text="Its stable name, used in addresses and filters.")
    name = serializers.CharField()
    description = serializers.CharField()
    currency = serializers.CharField(help_text="ISO 4217, such as EUR: of all its money.")
    created_at = serializers.DateTimeField()


class ProgrammeDetail(ProgrammeShown):
    """A programme with its people, whose ids name owners, sponsors and whoever is responsible."""

    computed = ("members",)
    members = MemberShown(many=True)


class ProgrammeSent(Sent):
    name = serializers.CharField(max_length=120)
    description = serializers.CharField(max_length=LONG_TEXT, allow_blank=True, required=False)
    currency = serializers.RegexField(
        r"^[A-Z]{3}$",
        required=False,
        help_text="ISO 4217; the organisation's when left out. It stays once amounts are recorded in it.",
    )


class JobShown(Shown):
    """Work too long for one request."""

    id = serializers.IntegerField()
    what = serializers.CharField(help_text="In words.")
    unit = serializers.CharField(help_text="What is counted, such as pilots.")
    total = serializers.IntegerField()
    done = serializers.IntegerField()
    phase = serializers.CharField(help_text="What is being done now, in words.")
    state = serializers.ChoiceField(choices=JobState.choices)
    started_by = Person()
    started_at = serializers.DateTimeField()
    beat_at = serializers.DateTimeField(help_text="The last sign of life.")
    begun_at = serializers.DateTimeField(
        allow_null=True, help_text="When a worker took it in hand, since it was last started or tried again."
    )
    finished_at = serializers.DateTimeField(allow_null=True)
    cancelled_by = Person(allow_null=True)
    leaves = serializers.CharField(
        help_text="What there is when it is cancelled half-way; blank where it cannot be."
    )
    result = serializers.DictField(help_text="What came of it.")
    error = serializers.CharField()


class PilotSent(Sent):
    """The facts of a pilot that people write; where it is on its way follows from its gates."""

    title = serializers.CharField(max_length=200)
    problem = serializers.CharField(
        max_length=LONG_TEXT, allow_blank=True, required=False, help_text="The business problem."
    )
    workflow = serializers.CharField(
        max_length=LONG_TEXT, allow_blank=True, required=False, help_text="The workflow it changes."
    )
    unit = serializers.CharField(
        max_length=200, allow_blank=True, required=False, help_text="The business unit."
    )
    approach = serializers.ChoiceField(choices=Approach.choices, allow_blank=True, required=False)
    vendor = serializers.CharField(max_length=200, allow_blank=True, required=False)
    model_name = serializers.CharField(
        max_length=200, allow_blank=True, required=False, help_text="The AI model."
    )
    risk_tier = serializers.ChoiceField(choices=RiskTier.choices, allow_blank=True, required=False)
    risk_rationale = serializers.CharField(
        max_length=LONG_TEXT, allow_blank=True, required=False, help_text="Why this risk tier."
    )
    priority = serializers.ChoiceField(
        choices=Priority.choices, required=False, help_text="1 is the highest, 4 the lowest."
    )
    owner = PersonId(required=False, allow_null=True, help_text="The accountable owner.")
    sponsor = PersonId(required=False, allow_null=True)
    intake_on = Day(required=False, allow_null=True, help_text="The day it was proposed.")
    ends_on = Day(required=False, allow_null=True, help_text="The planned end.")


class NewPilotSent(PilotSent):
    programme = serializers.SlugField(max_length=60, help_text="The slug of its programme.")


class EventShown(Shown):
    """Something that happened. Written once, and sealed into its chain right after."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    type = serializers.CharField(help_text="Such as gates.gate_decided.")
    programme = serializers.CharField(source="programme.slug", allow_null=True)
    pilot = serializers.CharField(source="pilot.key", allow_null=True)
    person = Person(source="actor", allow_null=True)
    subject = serializers.CharField(help_text="What it is about, such as gates.Gate:12.")
    changes = serializers.JSONField(help_text="Field → [before, after].")
    facts = serializers.JSONField(source="data", help_text="What a reader needs besides.")
    via = serializers.ChoiceField(choices=Via.choices, allow_blank=True, help_text="Blank: not known.")
    request_id = serializers.CharField(help_text="Of the request or task, or the name of the command.")
    token = serializers.CharField(help_text="The name of the API token that was shown.")
    sequence = serializers.IntegerField(
        source="seal.sequence", allow_null=True, help_text="Its place in its chain; null until it is sealed."
    )
    previous = serializers.CharField(source="seal.previous", allow_null=True)
    hash = serializers.CharField(source="seal.hash", allow_null=True, help_text="SHA-256.")
