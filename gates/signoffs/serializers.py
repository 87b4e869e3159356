"""The shapes of sign-offs, gatekeepers and delegations in the API. Nothing here saves."""

from typing import Any

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from gates.choices import SeatState, SignOffKind
from gates.signoffs.people import possible_receivers
from gates.signoffs.queries import Quorum, RoleStanding, SeatStanding
from pilots.filters import LARGEST_ID
from pilots.models import User
from pilots.serializers import Day, Person, PersonId, Sent, Shown


class SignOffShown(Shown):
    """What somebody said in a gatekeeper role. Recorded, never edited; the latest of a seat counts."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    person = Person()
    on_behalf_of = Person(allow_null=True, help_text="The person who was stood in for.")
    kind = serializers.ChoiceField(choices=SignOffKind.choices)
    comment = serializers.CharField()
    digest = serializers.CharField(help_text="SHA-256 of the facts that were signed.")
    at = serializers.DateTimeField()


class PersonNamed(serializers.Serializer):
    id = serializers.IntegerField()
    name = serializers.CharField()


class SeatShown(serializers.Serializer):
    """One person in one role. Without a person nobody is named for it."""

    person = PersonNamed(allow_null=True)
    state = serializers.ChoiceField(choices=SeatState.choices)
    at = serializers.DateTimeField(allow_null=True)
    signed_by = PersonNamed(allow_null=True, help_text="Who signed in this person's place.")
    changed = serializers.ListField(
        child=serializers.CharField(), help_text="What has changed since it was signed, in sentences."
    )
    note = serializers.CharField()


class RoleShown(serializers.Serializer):
    role = serializers.CharField()
    reached = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField())
    seats = SeatShown(many=True)


class QuorumShown(serializers.Serializer):
    """Whether enough people have signed, what is missing, and everything that was said."""

    reached = serializers.BooleanField()
    missing = serializers.ListField(child=serializers.CharField(), help_text="In whole sentences.")
    roles = RoleShown(many=True)
    sign_offs = SignOffShown(many=True, help_text="Everything that was said, oldest first.")


def quorum_shown(quorum: Quorum) -> dict[str, Any]:
    """A quorum as the API shows it, without `sign_offs`."""
    roles = [_role_shown(role) for role in quorum.roles]
    return {"reached": quorum.reached, "missing": quorum.missing, "roles": roles}


def _role_shown(role: RoleStanding) -> dict[str, Any]:
    seats = [_seat_shown(seat) for seat in role.seats]
    return {"role": role.label, "reached": role.reached, "missing": role.missing, "seats": seats}


def _seat_shown(seat: SeatStanding) -> dict[str, Any]:
    return {
        "person": _named(seat.person),
        "state": seat.state,
        "at": seat.at,
        "signed_by": _named(seat.signer),
        "changed": seat.difference,
        "note": seat.note,
    }


def _named(person: User | None) -> dict[str, Any] | None:
    return {"id": person.pk, "name": person.name} if person else None


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class HolderId(serializers.IntegerField):
    """The id of a person in whose seat one may sign; `holder_named` in the context finds who it is."""

    def to_internal_value(self, data):
        person = self.context["holder_named"](super().to_internal_value(data))
        if person is None:
            raise serializers.ValidationError("Nobody who signs at this gate has this id.")
        return person


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "Sign",
            value={"role": "Risk", "comment": "The human checkpoint is in place."},
            request_only=True,
        )
    ]
)
class SignOffSent(Sent):
    role = serializers.CharField(max_length=60, help_text="A gatekeeper role of this gate, such as Risk.")
    on_behalf_of = HolderId(
        required=False, allow_null=True, help_text="Whom you stand in for; else you sign for yourself."
    )
    comment = serializers.CharField(max_length=2_000, allow_blank=True, required=False)


class NewSignOffSent(SignOffSent):
    digest = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="The digest of what you read. If it is no longer so, nothing is signed.",
    )


class GatekeeperShown(Shown):
    """A person who signs in a role at the gates of a programme."""

    id = serializers.IntegerField()
    role = serializers.CharField()
    person = Person()
    has_left = serializers.BooleanField(source="person.is_active")
    created_at = serializers.DateTimeField()

    @classmethod
    def complete(cls, row, today):
        return row | {"has_left": not row["has_left"]}


class GatekeeperSent(Sent):
    role = serializers.CharField(max_length=60, help_text="As the playbooks name it, such as Risk.")
    person = PersonId()


class ProgrammeNamed(Shown):
    slug = serializers.CharField()
    name = serializers.CharField()


class DelegationShown(Shown):
    """For a period the receiver signs for the giver."""

    id = serializers.IntegerField()
    giver = Person()
    receiver = Person()
    programme = ProgrammeNamed(allow_null=True, help_text="Null: every programme.")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField(help_text="The last day.")
    reason = serializers.CharField()
    ended_at = serializers.DateTimeField(allow_null=True, help_text="When it was ended before its last day.")


@extend_schema_field({"type": "integer", "minimum": 1, "maximum": LARGEST_ID})
class ReceiverId(serializers.IntegerField):
    """The id of a person who shares a programme with the one who asks (`giver` in the context)."""

    def to_internal_value(self, data):
        pk = super().to_internal_value(data)
        person = possible_receivers(self.context["giver"]).filter(pk=pk).first()
        if person is None:
            raise serializers.ValidationError("Nobody in your programmes has this id.")
        return person


class DelegationSent(Sent):
    receiver = ReceiverId()
    programme = serializers.SlugField(
        max_length=60, required=False, allow_null=True, help_text="Its slug; left out: every programme."
    )
    starts_on = Day()
    ends_on = Day(help_text="The last day.")
    reason = serializers.CharField(max_length=200)
