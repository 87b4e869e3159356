"""Keeps current who is still asked to sign at gates in review. When enough have signed, gates.seats says."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from gates.choices import GateStatus
from gates.digest import covered, digest_of
from gates.journey.facts import Facts, facts_of_many
from gates.models import AskedSeat, Gate
from gates.seats.queries import Circle, Table, Words, count_at, roles_of, words_at
from gates.seats.quorum import RoleCount, RoleTerms, quorum_reached

CHUNK = 500  # gates held in memory at a time

Place = tuple[int, str, int | None]  # gate, role, whose seat; None: any gatekeeper's


def ask_seats(gate_ids: Sequence[int], *, today: date) -> None:
    """Write down who is still asked to sign at those of these locked gates that are in review.

    Set-based: for each 500 gates at most eleven queries, two where none is in review. Only rows that
    change are written.
    """
    for start in range(0, len(gate_ids), CHUNK):
        _ask(gate_ids[start : start + CHUNK], today)


def forget_seats() -> None:
    """Drop what was asked at gates that are no longer in review; nobody reads it any more."""
    AskedSeat.objects.exclude(gate__status=GateStatus.SUBMITTED).delete()


def _ask(gate_ids: Collection[int], today: date) -> None:
    known = {
        (row.gate_id, row.role, row.holder_id): row for row in AskedSeat.objects.filter(gate__in=gate_ids)
    }
    asked = _asked_now(gate_ids, today)
    kept = {place for place, row in known.items() if (place, row.signed_by_id) in asked.items()}
    gone = [row.pk for place, row in known.items() if place not in kept]
    new = [
        AskedSeat(gate_id=gate, role=role, holder_id=holder, signed_by_id=signer)
        for (gate, role, holder), signer in asked.items()
        if (gate, role, holder) not in kept
    ]
    if gone:
        AskedSeat.objects.filter(pk__in=gone).delete()
    AskedSeat.objects.bulk_create(new, batch_size=500, ignore_conflicts=True)


def _asked_now(gate_ids: Collection[int], today: date) -> dict[Place, int | None]:
    """Each seat of a role that is not signed by enough → who has signed in it."""
    in_review = Gate.objects.filter(pk__in=gate_ids, status=GateStatus.SUBMITTED, pilot__archived_at=None)
    whole = in_review.select_related("pilot__sponsor", "definition__phase__version__playbook")
    gates = list(whole.defer("definition__phase__version__source"))
    if not gates:
        return {}
    circle = Circle({gate.pilot.programme_id for gate in gates}, today)
    words = words_at(gates, seen=False)
    facts = facts_of_many([gate for gate in gates if gate.pk in words], today=today)
    return {
        (gate.pk, role, holder): signer
        for gate in gates
        for role, holder, signer in _asked_at(Table(gate, today, circle), words[gate.pk], facts.get(gate.pk))
    }


def _asked_at(
    table: Table, words: Words, facts: Facts | None
) -> Iterator[tuple[str, int | None, int | None]]:
    """Role, holder and signer of each seat; none where enough roles are signed. No query but the table's."""
    roles = roles_of(table.gate.definition)
    counts = [count_at(table, role, words, _digest(role, facts)) for role in roles]
    if quorum_reached(table.gate.definition.quorum, [count.reached for count in counts]):
        return
    for role, count in zip(roles, counts, strict=True):
        if not count.reached:
            yield from _seats_of(role, count, table, words)


def _digest(role: RoleTerms, facts: Facts | None) -> str:
    return digest_of(covered(facts, role.areas)) if facts is not None else ""


def _seats_of(
    role: RoleTerms, count: RoleCount, table: Table, words: Words
) -> Iterator[tuple[str, int | None, int | None]]:
    for holder in count.counted:
        yield role.label, holder, words[role.key, holder].person_id
    if table.holders(role):
        yield from ((role.label, holder, None) for holder in count.can_sign)
    elif count.can_sign:
        yield role.label, None, None
