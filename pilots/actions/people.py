"""People who may sign in. Nobody is ever deleted: who left is deactivated."""

from typing import Any

from django.db import transaction

from pilots import events
from pilots.actions.programmes import add_member
from pilots.choices import Role
from pilots.events import first_facts, record
from pilots.models import Programme, User
from pilots.queries import work_left
from pilots.rules import RuleViolation, WorkHeld, leaving_blockers


@transaction.atomic
def create_person(
    *, email: str, name: str, role: str = "", programme: Programme | None = None, by: User | None
) -> User:
    """Make an account without a password, with a role in a programme or, without one, in all of them.

    The person chooses a password through the link of a password reset. Raises RuleViolation when the
    address is taken.
    """
    email = email.strip().lower()
    if User.objects.filter(email=email).exists():
        raise RuleViolation("There is already an account with this address.")
    person = User.objects.create_user(email, None, name=name)
    first = first_facts({"name": name, "email": email})
    record(events.PERSON_CREATED, subject=person, programme=programme, actor=by, changes=first)
    if role:
        add_member(programme=programme, user=person, role=role, by=by)
    return person


@transaction.atomic
def set_active(*, person: User, active: bool, by: User, reason: str = "") -> User:
    """Let a person sign in, or no longer. Who left keeps a name on what was done.

    Whoever still holds work leaves only with a `reason` why it stays without anybody: else WorkHeld is raised.
    Raises RuleViolation.
    """
    person = User.objects.select_for_update().get(pk=person.pk)
    if person.pk == by.pk and not active:
        raise RuleViolation("You cannot deactivate your own account.")
    if person.is_active != active:
        left = 0 if active else work_left(person)
        blockers = leaving_blockers(name=str(person), work=left, reason=reason)
        if blockers:
            raise WorkHeld(*blockers)
        person.is_active = active
        person.save(update_fields=["is_active"])
        record(
            events.PERSON_ACTIVATED if active else events.PERSON_DEACTIVATED,
            subject=person,
            actor=by,
            changes={"active": [not active, active]},
            name=person.name,
            **_left(left, reason),
        )
    return person


def _left(work: int, reason: str) -> dict[str, Any]:
    return {"without_anybody": work, "reason": reason.strip()} if work else {}


@transaction.atomic
def make_administrator(*, email: str, name: str, password: str) -> User:
    """The first administrator of an installation, from the shell. Raises RuleViolation if the address is taken."""
    person = create_person(email=email, name=name, role=Role.ADMINISTRATOR, by=None)
    person.set_password(password)
    person.save(update_fields=["password"])
    return person
