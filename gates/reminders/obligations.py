"""What is owed to whom, from facts. Pure: no database, no clock, and never "is today the day?".

Every run asks what the latest step is by now. A worker that was down for days misses nothing, and the
ledger keeps it from repeating anything.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from gates import events
from gates.choices import Standing
from gates.decisions.rules import warning_due

CONDITION = "condition"  # how the names of its obligations begin

OVERDUE = "overdue"  # from the day after the planned day
OVERDUE_2 = "overdue_2"  # two working days late
OVERDUE_5 = "overdue_5"  # five working days late
EVERY_WEEK = "overdue_week_{}"  # and then each week: 1, 2, 3 …

# Who hears at each step while the pilot's side must act; in review the gatekeepers take the owner's place.
AUDIENCE = {
    OVERDUE: (Standing.OWNER,),
    OVERDUE_2: (Standing.OWNER, Standing.SPONSOR),
}
EVERYBODY = (Standing.OWNER, Standing.SPONSOR, Standing.PROGRAMME_MANAGER)

CONDITION_DUE = "condition_due_{}"  # so many days before a condition is due
SIGN_AGAIN = "sign_again"  # once per sign-off that no longer stands
WARNED = (Standing.CONDITION_OWNER, Standing.OWNER)

# Who hears of what has happened.
NEWS = {
    events.GATE_DECIDED: (Standing.OWNER, Standing.SPONSOR),
    events.DECISION_CORRECTED: (Standing.OWNER, Standing.SPONSOR),
    events.DECISION_STEPPED_DOWN: (Standing.CONDITION_OWNER, Standing.OWNER, Standing.SPONSOR),
    events.REVIEW_REQUESTED: (Standing.GATEKEEPER, Standing.SIGNER),
    events.GATE_SENT_BACK: (Standing.OWNER,),
    events.GATE_BECAME_READY: (Standing.OWNER,),
    events.WAIVER_ASKED: (Standing.GATEKEEPER,),
    events.WAIVER_APPROVED: (Standing.ASKER,),
    events.WAIVER_REFUSED: (Standing.ASKER,),
    events.WAIVER_REVOKED: (Standing.ASKER, Standing.OWNER),
    events.AMENDMENT_ASKED: (Standing.GATEKEEPER,),
    events.AMENDMENT_APPROVED: (Standing.AMENDER, Standing.OWNER),
    events.AMENDMENT_REFUSED: (Standing.AMENDER, Standing.OWNER),
}

# Who hears instead, in turn, where nobody of that standing can be reached.
CHAIN = {
    Standing.OWNER: (Standing.PROGRAMME_MANAGER, Standing.SPONSOR, Standing.ADMINISTRATOR),
    Standing.SPONSOR: (Standing.PROGRAMME_MANAGER, Standing.ADMINISTRATOR),
    Standing.CONDITION_OWNER: (Standing.OWNER, Standing.PROGRAMME_MANAGER, Standing.ADMINISTRATOR),
    Standing.GATEKEEPER: (Standing.PROGRAMME_MANAGER, Standing.ADMINISTRATOR),
    Standing.CONTRIBUTOR: (),  # the owner hears at the same time
    Standing.PROGRAMME_MANAGER: (Standing.ADMINISTRATOR,),
    Standing.ASKER: (Standing.OWNER,),
    Standing.AMENDER: (Standing.OWNER,),
    Standing.SIGNER: (),  # a role that nobody holds is the gatekeepers'
}


@dataclass(frozen=True)
class Person:
    pk: int
    email: str
    is_active: bool = True

    @property
    def can_be_reached(self) -> bool:
        return self.is_active and bool(self.email.strip())


@dataclass(frozen=True)
class People:
    """Who stands behind one pilot. Any of them may be missing or out of reach."""

    owner: Person | None = None
    sponsor: Person | None = None
    gatekeepers: tuple[Person, ...] = ()
    managers: tuple[Person, ...] = ()
    administrators: tuple[Person, ...] = ()
    condition_owners: tuple[Person, ...] = ()  # of the conditions it is about
    contributor: Person | None = None  # with whom everything is that blocks the gate
    asker: Person | None = None  # who asked for what was decided
    signers: tuple[Person, ...] = ()  # who hold a gatekeeper role at the gate, or stand in for who does

    def reachable(self, standing: Standing) -> list[Person]:
        people = {
            Standing.OWNER: (self.owner,),
            Standing.SPONSOR: (self.sponsor,),
            Standing.CONTRIBUTOR: (self.contributor,),
            # Owners do not decide at their own gates, nor does anybody on what they asked for.
            Standing.GATEKEEPER: tuple(p for p in self.gatekeepers if p not in (self.owner, self.asker)),
            Standing.PROGRAMME_MANAGER: self.managers,
            Standing.CONDITION_OWNER: self.condition_owners,
            Standing.ADMINISTRATOR: self.administrators,
            Standing.ASKER: (self.asker,),
            Standing.AMENDER: (self.asker,),
            Standing.SIGNER: self.signers,
        }[standing]
        return [person for person in people if person is not None and person.can_be_reached]


@dataclass(frozen=True)
class GateFacts:
    """A current gate with a planned day. On hold, the planned day is the day of the next review."""

    gate: int
    pilot: int
    planned_on: date
    is_running: bool  # the pilot is neither archived nor ended
    in_review: bool  # the ball is with the gatekeepers
    submitted_on: date | None  # when the review was asked for
    people: People


@dataclass(frozen=True)
class ConditionFacts:
    """A condition still to be met, of a decision that holds."""

    condition: int
    gate: int  # that it was decided at
    pilot: int
    due_on: date
    people: People


@dataclass(frozen=True)
class StaleSignOff:
    """A sign-off at a gate in review that no longer stands, is needed, and can be given again."""

    sign_off: int
    gate: int
    pilot: int
    signer: Person


@dataclass(frozen=True)
class Due:
    """One mail that is owed. `event` is what it tells about; None for a reminder. A letter is of no gate."""

    pilot: int | None
    gate: int | None
    obligation: str
    step: str
    recipient: int
    standing: Standing
    event: int | None = None

    @property
    def key(self) -> tuple[str, str, int]:
        """What makes it the same mail: it is sent once in the life of the ledger."""
        return (self.obligation, self.step, self.recipient)


def reminders(gates: Iterable[GateFacts], *, today: date) -> Iterator[Due]:
    """What is owed for these gates by today: of each gate the latest step, to everyone it concerns."""
    for facts in gates:
        step = step_due(_since(facts), today) if facts.is_running else None
        if step is None:
            continue
        for recipient, standing in reach(_audience(step, facts), facts.people).items():
            yield Due(facts.pilot, facts.gate, obligation_of(facts), step, recipient, standing)


def warnings(conditions: Iterable[ConditionFacts], *, today: date) -> Iterator[Due]:
    """What is owed for conditions that will be due: of each the latest step by today, none once it is late."""
    for facts in conditions:
        days = warning_due(facts.due_on, today)
        if days is None:
            continue
        name, step = f"{CONDITION}:{facts.condition}:{facts.due_on}", CONDITION_DUE.format(days)
        for recipient, standing in reach(WARNED, facts.people).items():
            yield Due(facts.pilot, facts.gate, name, step, recipient, standing)


def sign_agains(stale: Iterable[StaleSignOff]) -> Iterator[Due]:
    """What is owed to those whose sign-off no longer stands: each hears of it once."""
    for facts in stale:
        if facts.signer.can_be_reached:
            name = f"sign_off:{facts.sign_off}"
            yield Due(facts.pilot, facts.gate, name, SIGN_AGAIN, facts.signer.pk, Standing.SIGNER)


def condition_of(obligation: str) -> int | None:
    """The id of the condition that an obligation is about; None when it is about something else."""
    kind, pk, *_ = obligation.split(":")
    return int(pk) if kind == CONDITION else None


def news(
    *, event: int, type: str, pilot: int, gate: int, people: People, by: int | None = None
) -> Iterator[Due]:
    """What is owed because something happened at a gate. `type` is the event's, `by` whoever did it.

    Nobody is told what they did themselves.
    """
    step = type.split(".")[-1]
    for recipient, standing in reach(NEWS[type], people).items():
        if recipient == by:
            continue
        yield Due(pilot, gate, f"event:{event}", step, recipient, standing, event)


def obligation_of(facts: GateFacts) -> str:
    """Its name in the ledger. Another planned day, or a request for review, is another obligation."""
    name = f"gate:{facts.gate}:{facts.planned_on}"
    return f"{name}:review:{_since(facts)}" if facts.in_review else name


def _since(facts: GateFacts) -> date:
    """Late counts from the planned day; for the gatekeepers no earlier than from when they were asked."""
    if facts.in_review and facts.submitted_on is not None:
        return max(facts.planned_on, facts.submitted_on)
    return facts.planned_on


def step_due(since: date, today: date) -> str | None:
    """The latest step by today of what was expected on `since`; None while it is not late."""
    if today <= since:
        return None
    if today < working_days_after(since, 2):
        return OVERDUE
    fifth = working_days_after(since, 5)
    if today < fifth:
        return OVERDUE_2
    weeks = (today - fifth).days // 7
    return EVERY_WEEK.format(weeks) if weeks else OVERDUE_5


def working_days_after(day: date, count: int) -> date:
    """The day on which `count` working days (Monday to Friday) have begun since `day`."""
    while count:
        day += timedelta(days=1)
        count -= day.weekday() < 5
    return day


def _audience(step: str, facts: GateFacts) -> tuple[Standing, ...]:
    """In review nobody of the pilot's side is asked to act; a contributor hears besides the owner."""
    audience = AUDIENCE.get(step, EVERYBODY)
    if not facts.in_review:
        return audience if facts.people.contributor is None else (Standing.CONTRIBUTOR, *audience)
    return tuple(Standing.GATEKEEPER if who == Standing.OWNER else who for who in audience)


def reach(audience: Iterable[Standing], people: People) -> dict[int, Standing]:
    """Person id → why this person hears. Nobody hears twice, and nobody out of reach stands for another."""
    reached: dict[int, Standing] = {}
    for wanted in audience:
        for standing in (wanted, *CHAIN[wanted]):
            found = people.reachable(standing)
            for person in found:
                reached.setdefault(person.pk, standing)
            if found:
                break
    return reached
