"""The shapes of entries in the API, made from the table of registers. Nothing here saves."""

from typing import Any

from django.core.validators import MinValueValidator
from django.db import models
from rest_framework import serializers

from pilots.registers.table import REGISTERS, Column, Register
from pilots.serializers import LONG_TEXT, Day, Person, PersonId, Sent, Shown

LARGEST = 2**31 - 1  # of a whole number that every database keeps


def _of_choices(field: Any, **options: Any) -> serializers.Field:
    return serializers.ChoiceField(choices=field.choices, **options)


def shown_field(column: Column) -> serializers.Field:
    """A fact of an entry as the API shows it."""
    field: Any = column.field
    options: dict[str, Any] = {"help_text": f"{column.label}.", "allow_null": column.field.null}
    if column.name == "owner":
        return Person(allow_null=True, help_text="Who looks after it.")
    if field.choices:
        return _of_choices(field, **options, allow_blank=field.blank)
    if isinstance(field, models.DateField):
        return serializers.DateField(**options)
    if isinstance(field, models.DecimalField):
        return serializers.DecimalField(field.max_digits, field.decimal_places, **options)
    if isinstance(field, models.IntegerField):
        return serializers.IntegerField(**options)
    return serializers.CharField(**options)


def sent_field(column: Column, help_text: str) -> serializers.Field:
    """A fact of an entry as a program sends it; what may stay empty may be left out."""
    field: Any = column.field
    optional = field.blank or field.has_default()
    options: dict[str, Any] = {"required": not optional, "help_text": help_text or f"{column.label}."}
    if column.name == "owner":
        return PersonId(allow_null=True, **options)
    if field.choices:
        return _of_choices(field, allow_blank=field.blank, **options)
    if isinstance(field, models.DateField):
        return Day(allow_null=field.null, **options)
    if isinstance(field, models.DecimalField):
        return serializers.DecimalField(
            field.max_digits, field.decimal_places, min_value=0, allow_null=field.null, **options
        )
    if isinstance(field, models.IntegerField):
        least = max(one.limit_value for one in field.validators if isinstance(one, MinValueValidator))
        return serializers.IntegerField(min_value=least, max_value=LARGEST, allow_null=field.null, **options)
    longest = min(field.max_length or LONG_TEXT, LONG_TEXT)
    if isinstance(field, models.URLField):
        return serializers.URLField(max_length=longest, allow_blank=field.blank, **options)
    return serializers.CharField(max_length=longest, allow_blank=field.blank, **options)


class EntrySent(Sent):
    """What a program writes into a register. `entry` in the context is what it will be an entry of."""

    def validate(self, sent):
        entry = self.context["model"](**{name: self.after(name, sent) for name in self.told(sent)})
        if problems := entry.problems():
            raise serializers.ValidationError({name: [why] for name, why in problems.items()})
        return sent

    def told(self, sent):
        """The facts that the entry will have: those it has and those sent."""
        facts = (name for name in self.fields if name not in ("pilot", "version"))
        return [name for name in facts if name in sent or self.instance]


def shown_of(register: Register) -> type[Shown]:
    """How the API shows an entry of this register."""
    shape: dict[str, serializers.Field] = {
        "id": serializers.IntegerField(),
        "pilot": serializers.CharField(source="pilot.key", help_text="The key of its pilot."),
    }
    shape |= {column.name: shown_field(column) for column in register.fields}
    shape |= {
        "version": serializers.IntegerField(help_text="One more with each change."),
        "written_by": Person(allow_null=True),
        "written_at": serializers.DateTimeField(),
        "removed_at": serializers.DateTimeField(allow_null=True, help_text="It counts nowhere since."),
    }
    name = f"{register.model.__name__}Shown"
    return type(name, (Shown,), {**shape, "__doc__": register.lead, "__module__": __name__})


def sent_of(register: Register) -> type[EntrySent]:
    """What a program sends to change an entry of this register."""
    version = serializers.IntegerField(
        min_value=1,
        max_value=LARGEST,
        required=False,
        help_text="The version that you read. If it is no longer so, nothing is changed.",
    )
    return _sent(register, f"{register.model.__name__}Sent", version=version)


def new_of(register: Register) -> type[EntrySent]:
    """What a program sends to write a new entry."""
    pilot = serializers.CharField(max_length=12, help_text="The key of its pilot, such as PIL-014.")
    return _sent(register, f"New{register.model.__name__}Sent", pilot=pilot)


def _sent(register: Register, name: str, **more: serializers.Field) -> type[EntrySent]:
    helps = register.form._meta.help_texts or {}
    shape = {column.name: sent_field(column, helps.get(column.name, "")) for column in register.fields}
    return type(name, (EntrySent,), {**shape, **more, "__module__": __name__})


SHOWN = {key: shown_of(register) for key, register in REGISTERS.items()}
SENT = {key: sent_of(register) for key, register in REGISTERS.items()}
NEW = {key: new_of(register) for key, register in REGISTERS.items()}
