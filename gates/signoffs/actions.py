"""Signing at a gate and taking it back; who signs in which role, and for whom."""

from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q

from gates import events
from gates.choices import GateStatus, SignOffKind
from gates.digest import covered, digest_of
from gates.journey.asking import ask_seats
from gates.journey.readiness import refresh_gates
from gates.models import Delegation, Gate, Gatekeeper, SignOff
from gates.seats.queries import Table, Words, latest_words, roles_of, seats_at, signatures_in
from gates.seats.quorum import RoleTerms, counted_seats
from gates.signoffs.people import receiver_sees, why_not_for
from gates.signoffs.queries import facts_now
from gates.signoffs.rules import delegation_blockers, naming_blockers, sign_blockers, withdraw_blockers
from pilots import clock
from pilots.events import Changes, record
from pilots.models import Programme, User
from pilots.queries import members_of
from pilots.rules import RuleViolation

CHANGED_MEANWHILE = "Something changed while you were reading. Look again at what you sign."


@transaction.atomic
def sign_off(
    *, gate: Gate, role: str, by: User, holder: User | None = None, comment: str = "", digest: str = ""
) -> SignOff:
    """Agree at a gate in a gatekeeper role, on what it is decided on as it is now.

    `holder` is the person stood in for. `digest`, where given, is of what the signer has read; what has
    changed since is not signed. Signed again on the same facts, it is the sign-off that is there.
    Raises RuleViolation with every reason why not.
    """
    today = clock.today()
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
    gate = _locked(gate)
    holder = holder or by
    terms = _terms(gate, role)
    seen = covered(facts_now(gate, today), terms.areas)
    now = digest_of(seen)
    words = latest_words(gate)
    known = words.get((terms.key, holder.pk))
    given = known is not None and known.kind == SignOffKind.SIGNED and known.digest == now
    if known is not None and given and known.person_id == by.pk and gate.is_current:
        return known
    table = Table(gate, today)
    counted = _counted(table, terms, words, now)
    blockers = sign_blockers(
        gate_status=gate.status,
        is_owner=gate.pilot.owner_id == by.pk,
        no_seat=_why_no_seat(table, terms, by, holder),
        signed_by=str(counted[holder.pk].person) if holder.pk in counted else "",
        counted_already=any(word.person_id == by.pk for word in counted.values()),
        role=terms.label,
    )
    if blockers:
        raise RuleViolation(*blockers)
    if digest and digest != now:
        raise RuleViolation(CHANGED_MEANWHILE)
    return _say(SignOffKind.SIGNED, gate, terms, holder, by, comment, now, seen)


def _why_no_seat(table: Table, terms: RoleTerms, by: User, holder: User) -> list[str]:
    if any((seat.role, seat.holder) == (terms.label, holder) for seat in seats_at(by, table)):
        return []
    why = why_not_for(holder, by, table, terms) if holder != by else []
    return why or ["You cannot sign in this role here."]


def _counted(table: Table, terms: RoleTerms, words: Words, digest: str) -> dict[int, SignOff]:
    """Holder → the sign-off that counts in that seat."""
    holders = [person.pk for person in table.holders(terms)]
    signatures = signatures_in(terms, words, digest)
    seats = counted_seats(signatures, holders=holders, owner=table.pilot.owner_id)
    return {seat: words[terms.key, seat] for seat in seats}


@transaction.atomic
def withdraw_sign_off(
    *, gate: Gate, role: str, by: User, holder: User | None = None, comment: str = ""
) -> SignOff:
    """Take a sign-off back: who gave it may, and the person in whose seat it was given.

    Taken back twice, it is the withdrawal that is there. Raises RuleViolation.
    """
    gate = _locked(gate)
    holder = holder or by
    terms = _terms(gate, role)
    known = latest_words(gate).get((terms.key, holder.pk))
    yours = known is not None and by.pk in (known.person_id, known.holder_id)
    if known is not None and yours and known.kind == SignOffKind.WITHDRAWN:
        return known
    blockers = withdraw_blockers(
        gate_status=gate.status, is_yours=yours or known is None, is_signed=known is not None
    )
    if known is None or blockers:
        raise RuleViolation(*blockers)
    return _say(SignOffKind.WITHDRAWN, gate, terms, holder, by, comment, known.digest, known.seen)


def _locked(gate: Gate) -> Gate:
    rows = Gate.objects.select_for_update(of=("self",)).select_related(
        "pilot__programme", "pilot__owner", "pilot__sponsor", "definition__phase__version__playbook"
    )
    return rows.get(pk=gate.pk)


def _terms(gate: Gate, role: str) -> RoleTerms:
    for terms in roles_of(gate.definition):
        if terms.key == role.casefold():
            return terms
    raise RuleViolation("This gate has no such gatekeeper role.")


def _say(
    kind, gate, terms: RoleTerms, holder: User, by: User, comment: str, digest: str, seen: dict
) -> SignOff:
    word = SignOff.objects.create(
        gate=gate,
        role=terms.label,
        person=by,
        on_behalf_of=holder if holder != by else None,
        kind=kind,
        comment=comment.strip(),
        digest=digest,
        seen=seen,
        at=clock.now(),
    )
    given = kind == SignOffKind.SIGNED
    record(
        events.SIGN_OFF_GIVEN if given else events.SIGN_OFF_WITHDRAWN,
        subject=word,
        pilot=gate.pilot,
        actor=by,
        changes={"signed": [not given, given]},
        gate=f"{gate.definition.key} {gate.definition.name}",
        role=terms.label,
        signed_for=str(holder) if holder != by else "",
        comment=word.comment,
        digest=digest,
    )
    ask_seats([gate.pk], today=clock.today())
    return word


@transaction.atomic
def name_gatekeeper(*, programme: Programme, role: str, person: User, by: User) -> Gatekeeper:
    """Let a person hold a gatekeeper role in a programme. Twice changes nothing. Raises RuleViolation."""
    # Two at once name one. `no_key`: nobody at a gate, which is locked below, waits to write of the programme.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    role = role.strip()
    held = Gatekeeper.objects.filter(programme=programme, person=person, role__iexact=role).first()
    if held is not None:
        return held
    blockers = naming_blockers(
        role=role,
        is_active=person.is_active,
        is_member=members_of(programme).filter(pk=person.pk).exists(),
        name=str(person),
    )
    if blockers:
        raise RuleViolation(*blockers)
    gatekeeper = Gatekeeper.objects.create(programme=programme, role=role, person=person)
    _record_gatekeeper(events.GATEKEEPER_NAMED, gatekeeper, by)
    _ask_anew(programme)
    return gatekeeper


@transaction.atomic
def dismiss_gatekeeper(*, gatekeeper: Gatekeeper, by: User) -> None:
    """Let a person no longer hold a role. What they signed stands until it changes. Twice changes nothing."""
    known = Gatekeeper.objects.select_for_update(of=("self",)).select_related("person", "programme")
    held = known.filter(pk=gatekeeper.pk).first()
    if held is not None:
        _record_gatekeeper(events.GATEKEEPER_DISMISSED, held, by)
        held.delete()
        _ask_anew(held.programme)


def _ask_anew(programme: Programme) -> None:
    """At the gates in review here others are asked to sign now."""
    in_review = Gate.objects.filter(status=GateStatus.SUBMITTED, pilot__programme=programme)
    locked = in_review.select_for_update(of=("self",)).order_by("pk")
    ask_seats(list(locked.values_list("pk", flat=True)), today=clock.today())


def _record_gatekeeper(type: str, gatekeeper: Gatekeeper, by: User) -> None:
    named = type == events.GATEKEEPER_NAMED
    record(
        type,
        subject=gatekeeper,
        programme=gatekeeper.programme,
        actor=by,
        changes={"holds_the_role": [not named, named]},
        role=gatekeeper.role,
        person=str(gatekeeper.person),
    )


@transaction.atomic
def give_delegation(
    *,
    receiver: User,
    starts_on: date,
    ends_on: date,
    reason: str,
    by: User,
    programme: Programme | None = None,
) -> Delegation:
    """Let somebody sign for you from one day to another, in one programme or in all. Raises RuleViolation.

    Given again as it is, it is the delegation that is there.
    """
    User.objects.select_for_update().get(pk=by.pk)  # sent twice at once, it is given once
    days = {"starts_on": starts_on, "ends_on": ends_on}
    known = by.delegations_given.filter(receiver=receiver, programme=programme, ended_at=None, **days).first()
    if known is not None:
        return known
    blockers = delegation_blockers(
        to_self=receiver == by,
        receiver_active=receiver.is_active,
        receiver_sees=receiver_sees(by, receiver, programme),
        receiver=str(receiver),
        reason=reason,
        today=clock.today(),
        **days,
    )
    if blockers:
        raise RuleViolation(*blockers)
    given = Delegation.objects.create(
        giver=by, receiver=receiver, programme=programme, reason=reason.strip(), **days
    )
    _record_delegation(events.DELEGATION_GIVEN, given, by, {"in_force": [False, True]})
    return given


@transaction.atomic
def end_delegation(*, delegation: Delegation, by: User) -> Delegation:
    """End a delegation before its last day: giver and receiver may. Twice changes nothing."""
    locked = Delegation.objects.select_for_update(of=("self",))
    delegation = locked.select_related("giver", "receiver", "programme").get(pk=delegation.pk)
    if by.pk not in (delegation.giver_id, delegation.receiver_id):
        raise RuleViolation("Only the two people whose it is can end this.")
    if delegation.ended_at is None:
        _end(delegation, by)
    return delegation


@transaction.atomic
def end_delegations_of(*, person: User, by: User) -> None:
    """End whatever this person, who has left, gave or was given. Twice changes nothing."""
    open_ = Delegation.objects.select_for_update(of=("self",)).filter(
        Q(giver=person) | Q(receiver=person), ended_at=None, ends_on__gte=clock.today()
    )
    if not person.is_active:
        for delegation in open_.select_related("giver", "receiver", "programme").order_by("pk"):
            _end(delegation, by, left=str(person))


def _end(delegation: Delegation, by: User, **why: str) -> None:
    delegation.ended_at, delegation.ended_by = clock.now(), by
    delegation.save(update_fields=["ended_at", "ended_by"])
    _record_delegation(events.DELEGATION_ENDED, delegation, by, {"in_force": [True, False]}, **why)


def _record_delegation(type: str, delegation: Delegation, by: User, changes: Changes, **why: str) -> None:
    facts: dict[str, Any] = delegation.facts | why
    record(
        type,
        subject=delegation,
        programme=delegation.programme,
        actor=by,
        changes=changes,
        **facts,
    )
