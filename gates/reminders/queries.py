"""The facts behind reminders, each read for all gates at once."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import connection
from django.utils import timezone

from gates.choices import CriterionKind, GateStatus, WaitingOn
from gates.decisions.rules import WARNING_DAYS
from gates.events import DECISION_STEPPED_DOWN as STEPPED_DOWN
from gates.events import REVIEW_REQUESTED
from gates.journey.readiness import item_of
from gates.models import Amendment, Assessment, Condition, Decision, Delivery, Gate, Waiver
from gates.reminders.obligations import (
    ConditionFacts,
    Due,
    GateFacts,
    People,
    Person,
    StaleSignOff,
    condition_of,
)
from gates.seats.queries import signers_of
from gates.signoffs.queries import signings_of, stale_seats
from pilots.choices import RUNNING, Role
from pilots.models import Event, Membership, User

CHUNK = 5_000  # values in one IN (…): below every database's limit of parameters
SIGNED = 200  # gates held in memory at a time with what was signed there and what it is now

Holders = dict[tuple[int | None, str], tuple[Person, ...]]  # (programme id or None: all, role) → who


def overdue_gates(*, today: date) -> list[GateFacts]:
    """Every current gate whose planned day has passed. Two queries, however many gates."""
    rows = (
        Gate.objects.overdue(today)
        .order_by("pk")
        .values_list(
            "pk", "pilot_id", "planned_on", "status", "submitted_at",
            "pilot__state", "pilot__programme_id",
            "pilot__owner_id", "pilot__owner__email", "pilot__owner__is_active",
            "pilot__sponsor_id", "pilot__sponsor__email", "pilot__sponsor__is_active",
            "waiting_on", "waiting_for_id", "waiting_for__email", "waiting_for__is_active",
        )
    )  # fmt: skip
    holders = role_holders()
    return [_facts(row, holders) for row in rows]


def open_conditions(*, today: date) -> list[ConditionFacts]:
    """Every condition still to be met and not late. Two queries, however many there are."""
    rows = (
        Condition.objects.open()
        .filter(due_on__gte=today, due_on__lte=today + timedelta(days=max(WARNING_DAYS)))
        .order_by("pk")
        .values_list(
            "pk", "decision__gate_id", "decision__gate__pilot_id", "due_on",
            "decision__gate__pilot__programme_id",
            "owner_id", "owner__email", "owner__is_active",
            "decision__gate__pilot__owner_id", "decision__gate__pilot__owner__email",
            "decision__gate__pilot__owner__is_active",
        )
    )  # fmt: skip
    holders = role_holders()
    return [_condition_facts(row, holders) for row in rows]


def stale_sign_offs(*, today: date) -> list[StaleSignOff]:
    """The sign-offs to be given again, at gates in review. At most nine queries for each 200 such gates."""
    in_review = Gate.objects.filter(status=GateStatus.SUBMITTED, pilot__archived_at__isnull=True)
    signed = in_review.filter(sign_offs__isnull=False).distinct().order_by("pk")
    ids = list(signed.values_list("pk", flat=True))
    chunks = (ids[start : start + SIGNED] for start in range(0, len(ids), SIGNED))
    return [stale for chunk in chunks for stale in _stale_at(chunk, today)]


def _stale_at(ids: list[int], today: date) -> Iterator[StaleSignOff]:
    gates = Gate.objects.filter(pk__in=ids).select_related(
        "pilot__owner", "pilot__sponsor", "definition__phase__version__playbook"
    )
    whole = list(gates.defer("definition__phase__version__source").order_by("pk"))
    signings = signings_of(whole, today=today)
    for gate in whole:
        for seat in stale_seats(signings[gate.pk].quorum):
            if seat.sign_off is not None and (who := seat.signs_again) is not None:
                person = Person(who.pk, who.email, who.is_active)
                yield StaleSignOff(seat.sign_off, gate.pk, gate.pilot_id, person)


def _condition_facts(row: tuple, holders: Holders) -> ConditionFacts:
    pk, gate, pilot, due_on, programme, *people = row
    owes, owner = _person(*people[:3]), _person(*people[3:])
    whole = _people(programme, owner, None, holders)
    return ConditionFacts(pk, gate, pilot, due_on, replace(whole, condition_owners=(owes,) if owes else ()))


def _facts(row: tuple, holders: Holders) -> GateFacts:
    gate, pilot, planned_on, status, submitted_at, state, programme, *people = row
    contributor = _person(*people[7:]) if people[6] == WaitingOn.CONTRIBUTOR else None
    return GateFacts(
        gate=gate,
        pilot=pilot,
        planned_on=planned_on,
        is_running=state in RUNNING,
        in_review=status == GateStatus.SUBMITTED,
        submitted_on=timezone.localdate(submitted_at) if submitted_at else None,
        people=_people(programme, _person(*people[:3]), _person(*people[3:6]), holders, contributor),
    )


def _person(pk: int | None, email: str | None, is_active: bool | None) -> Person | None:
    return Person(pk, email or "", bool(is_active)) if pk else None


def _people(
    programme: int,
    owner: Person | None,
    sponsor: Person | None,
    holders: Holders,
    contributor: Person | None = None,
) -> People:
    def who(role: Role) -> tuple[Person, ...]:
        return holders.get((programme, role), ()) + holders.get((None, role), ())

    return People(
        owner=owner,
        sponsor=sponsor,
        contributor=contributor,
        gatekeepers=who(Role.GATEKEEPER),
        managers=who(Role.PROGRAMME_MANAGER),
        administrators=who(Role.ADMINISTRATOR),
    )


def role_holders() -> Holders:
    """Who holds the roles that are reminded, programme by programme and everywhere. One query."""
    roles = (Role.GATEKEEPER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)
    held = Membership.objects.filter(role__in=roles).order_by("user_id")
    found: dict[tuple[int | None, str], list[Person]] = defaultdict(list)
    for programme, role, pk, email, is_active in held.values_list(
        "programme_id", "role", "user_id", "user__email", "user__is_active"
    ):
        found[programme, role].append(Person(pk, email, is_active))
    return {place: tuple(people) for place, people in found.items()}


# Model of an event's subject → the way from the gate to it; of any other subject the gate itself.
ABOUT = {
    Decision._meta.label: "decisions",
    Amendment._meta.label: "amendments",
    Waiver._meta.label: "assessments__waivers",
}


def gate_of(event: Event) -> Gate:
    """The gate that an event of this app is about, with its pilot and the pilot's people."""
    label, pk = event.subject.split(":")
    about = {ABOUT.get(label, "pk"): pk}
    return Gate.objects.select_related("pilot__owner", "pilot__sponsor").get(**about)


def people_behind(gate: Gate, event: Event) -> People:
    """Who stands behind the pilot of a gate from `gate_of`. One query, at most five."""
    pilot = gate.pilot
    owner, sponsor = (_reached(user) for user in (pilot.owner, pilot.sponsor))
    people = _people(pilot.programme_id, owner, sponsor, role_holders())
    if event.type == STEPPED_DOWN:
        return replace(people, condition_owners=_debtors(event))
    if event.type == REVIEW_REQUESTED:
        signers = [_reached(person) for person in signers_of(gate, today=timezone.localdate())]
        return replace(people, signers=tuple(person for person in signers if person is not None))
    return replace(people, asker=_asker(event))


def _asker(event: Event) -> Person | None:
    """Who asked for what this event is about: a waiver, an amendment."""
    label, pk = event.subject.split(":")
    for model in (Waiver, Amendment):
        if label == model._meta.label:
            return _reached(model._default_manager.select_related("asked_by").get(pk=pk).asked_by)
    return None


def _reached(user: User | None) -> Person | None:
    return Person(user.pk, user.email, user.is_active) if user else None


def _debtors(event: Event) -> tuple[Person, ...]:
    """Who owes what has lapsed."""
    down = Decision.objects.get(pk=event.subject.split(":")[1])
    lapsed = Condition.objects.filter(
        decision=down.steps_down_id, met_at__isnull=True, due_on__lte=down.lapsed_on, owner__isnull=False
    )
    rows = lapsed.order_by("pk").values_list("owner_id", "owner__email", "owner__is_active")
    return tuple(dict.fromkeys(Person(*row) for row in rows))


def conditions_of(deliveries: Iterable[Delivery]) -> dict[int, Condition]:
    """Id → each condition that these mails are about. One query."""
    ids = {condition_of(delivery.obligation) for delivery in deliveries} - {None}
    return Condition.objects.select_related("owner").in_bulk(list(ids)) if ids else {}


def ledger_of(dues: Iterable[Due]) -> dict[tuple[str, str, int], tuple[int, str]]:
    """Key of each mail known of these steps → its row's id and status. A query per step, not per gate."""
    by_step = defaultdict(set)
    for due in dues:
        by_step[due.step].add(due.obligation)
    found = {}
    for step, names in by_step.items():
        obligations = sorted(names)
        for start in range(0, len(obligations), CHUNK):
            chunk = obligations[start : start + CHUNK]
            rows = Delivery.objects.filter(step=step, obligation__in=chunk).order_by()
            for pk, obligation, recipient, status in rows.values_list(
                "pk", "obligation", "recipient_id", "status"
            ):
                found[obligation, step, recipient] = (pk, status)
    return found


def blockers_of(gates: Iterable[int], *, today: date) -> dict[int, list[str]]:
    """Gate id → the titles of the must-meets in its way, in the checklist's order. One query."""
    must_meets = Assessment.objects.filter(gate__in=set(gates), kind=CriterionKind.MUST_MEET)
    found: dict[int, list[str]] = defaultdict(list)
    for assessment in must_meets.select_related("criterion").order_by("gate", "criterion__position"):
        if item_of(assessment, today=today).blocks:
            found[assessment.gate_id].append(assessment.criterion.title)
    return found


def shared_now() -> datetime:
    """The clock that all workers share: one whose own is ahead must not end the lease of another."""
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
