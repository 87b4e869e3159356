"""Gates in review in two programmes, with people who hold, lend and sign as it happens."""

from random import Random

from django.utils import timezone

from gates.choices import GateStatus, SignOffKind, WaitingOn
from gates.digest import covered, digest_of
from gates.journey.asking import ask_seats
from gates.models import Delegation, Gate, Gatekeeper, SignOff
from gates.seats.queries import roles_of
from gates.signoffs.queries import facts_now
from pilots.choices import Role
from pilots.models import User
from tests.builders import days_ago, join, make_pilot, make_playbook, make_programme, make_user
from tests.gates.signoffs.conftest import fresh

ROLES = ("Sponsor", "Risk", "IT operations")
QUORUMS = ("all", "any", "2")


class World:
    def __init__(self, seed: int):
        self.chance = Random(seed)
        self.programmes = [make_programme(), make_programme()]
        self.people = [self.person(number) for number in range(6)]
        for _ in range(self.chance.randrange(6)):
            self.name()
        for _ in range(self.chance.randrange(5)):
            self.lend()
        self.gates = [self.gate() for _ in range(5)]
        for gate in self.gates:
            self.sign(gate)
        ask_seats([gate.pk for gate in self.gates], today=days_ago(0))

    def person(self, number: int) -> User:
        person = make_user(f"Person {number}", is_active=self.chance.random() < 0.85)
        for role in self.chance.sample((Role.GATEKEEPER, Role.EXECUTIVE, Role.OWNER), 2):
            join(person, self.chance.choice([*self.programmes, *self.programmes, None]), role)
        return person

    def name(self) -> None:
        role = self.chance.choice(("Risk", "risk", "IT Operations", "Sponsor"))
        Gatekeeper.objects.get_or_create(
            programme=self.chance.choice(self.programmes),
            role__iexact=role,
            person=self.chance.choice(self.people),
            defaults={"role": role},
        )

    def lend(self) -> None:
        giver, receiver = self.chance.sample(self.people, 2)
        days = {"starts_on": days_ago(self.chance.choice((1, 1, -1))), "ends_on": days_ago(-5)}
        where = self.chance.choice((None, *self.programmes))
        Delegation.objects.create(giver=giver, receiver=receiver, programme=where, reason="Away", **days)

    def gate(self) -> Gate:
        roles = self.chance.sample(ROLES, self.chance.randrange(4))
        terms = [
            {"role": role, "quorum": self.chance.choice(QUORUMS), "areas": self.chance.choice(([], ["risk"]))}
            for role in roles
        ]
        version = make_playbook(
            phases=["pilot"], criteria=(), gatekeeper_roles=terms, quorum=self.chance.choice(QUORUMS)
        )
        owner, sponsor = (self.chance.choice((None, *self.people)) for _ in range(2))
        pilot = make_pilot(self.chance.choice(self.programmes), owner=owner, sponsor=sponsor)
        gate = Gate.objects.create(
            pilot=pilot,
            definition=version.phases.get().gate,
            status=self.chance.choice((GateStatus.SUBMITTED,) * 4 + (GateStatus.OPEN,)),
            score_threshold=0,
            floor_threshold=0,
        )
        if gate.status == GateStatus.SUBMITTED and self.chance.random() < 0.2:
            Gate.objects.filter(pk=gate.pk).update(waiting_on=WaitingOn.MEETING)
        return fresh(gate)

    def sign(self, gate: Gate) -> None:
        """Whoever and for whomever, in force or not: people change after they have signed."""
        now = facts_now(gate, days_ago(0))
        then = now | {"gate": now["gate"] | {"score_threshold": 50}}
        for role in roles_of(gate.definition):
            for _ in range(self.chance.randrange(4)):
                person, other = self.chance.sample(self.people, 2)
                seen = covered(self.chance.choice((now, now, then)), role.areas)
                SignOff.objects.create(
                    gate=gate,
                    role=role.label,
                    person=person,
                    on_behalf_of=self.chance.choice((None, None, other)),
                    kind=self.chance.choice((SignOffKind.SIGNED,) * 3 + (SignOffKind.WITHDRAWN,)),
                    digest=digest_of(seen),
                    seen=seen,
                    at=timezone.now(),
                )
