"""How a person does something here: as the doors let them, with everything that follows from it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction
from django.test import TestCase
from django.utils import timezone

from gates.models import Gate
from gates.signoffs.queries import seats_of
from pilots.models import Pilot, User
from pilots.permissions import Permission, allows
from pilots.rules import RuleViolation
from tests.flows.gate_life.world import World

DEEP = "definition__phase__version__playbook"


@contextmanager
def committed() -> Iterator[None]:
    """What is done inside, with what a commit of it sets off."""
    before = len(connection.run_on_commit)
    with TestCase.captureOnCommitCallbacks(execute=True), transaction.atomic():
        yield
    del connection.run_on_commit[before:]


class Doing:
    """Acts on one pilot as anybody. Nothing but success or a refusal comes of it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.done: list[str] = []  # what succeeded, for the coverage of the machine itself

    def person(self, name: str) -> User:
        return User.objects.get(pk=self.world.people[name])  # as it is now, as a request finds it

    def pilot(self) -> Pilot:
        return Pilot.objects.select_related("owner", "sponsor", "programme").get(pk=self.world.pilot.pk)

    def gate(self, back: int = 0) -> Gate | None:
        """The gate worked towards now, or else the last; or one so many before, all of them decided."""
        opened = self.world.pilot.gates.exclude(status="upcoming").order_by("-opened_at", "-pk")
        return opened.select_related("pilot__owner", "pilot__sponsor", "pilot__programme", DEEP)[
            back:
        ].first()

    def may(
        self, who: str, permission: Permission | None, *, gate: Gate | None = None, named: int | None = None
    ) -> bool:
        """As every door asks: signed in, able to see it, and allowed to. `gate`: where a seat is enough."""
        person = self.person(who)
        if not person.is_active or not Pilot.objects.visible_to(person).exists():
            return False
        seated = gate is not None and bool(seats_of(person, gate, today=timezone.localdate()))
        return permission is None or allows(
            person, permission, pilot=self.pilot(), named=named, seated=seated
        )

    def do(self, who: str, act: Callable[..., Any], **facts: Any) -> Any:
        """What the action gives back, or None where it is against the rules. Anything else is a bug."""
        try:
            with committed():
                result = act(by=self.person(who), **facts)
        except RuleViolation as refused:
            assert refused.reasons and all(reason.strip() for reason in refused.reasons)
            return None
        self.done.append(act.__name__)
        return result
