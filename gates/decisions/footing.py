"""What a decision stands on: the gate locked and as it is now, and that kept for ever."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from gates.decisions.rules import Footing
from gates.digest import digest_of
from gates.journey.facts import facts_of
from gates.journey.readiness import explain, refresh_gates
from gates.models import Assessment, Gate
from gates.readiness import Readiness
from gates.signoffs.queries import quorum_of
from metrics.value.queries import money_of
from pilots.models import Pilot, User

DEEP = "definition__phase__version__playbook"


@dataclass(frozen=True)
class Now:
    """A gate at one moment, with what is known of it."""

    gate: Gate
    assessments: list[Assessment]
    readiness: Readiness
    quorum_missing: list[str]  # whole sentences

    def footing(self, by: User) -> Footing:
        """As the rules see it for this person. No query beyond the person's roles."""
        gate, titles = self.gate, {row.criterion.key: row.criterion.title for row in self.assessments}
        roles = gate.definition.override_roles
        return Footing(
            gate_status=gate.status,
            passes=self.readiness.passes,
            blockers={key: titles[key] for key in self.readiness.blockers},
            fired=self.readiness.fired,
            quorum_missing=self.quorum_missing,
            decider_owns_pilot=gate.pilot.owner_id == by.pk,
            may_override=may_override(by, gate),
            override_roles=roles,
            gate_position=gate.definition.phase.position,
        )


def may_override(user: User, gate: Gate) -> bool:
    """Whether the playbook names one of this person's roles in the pilot's programme."""
    named = set(gate.definition.override_roles)
    return bool(named & user.access.roles_in(gate.pilot.programme_id))


def as_it_is_now(gate: Gate, *, today: date) -> Now:
    """The gate locked, with what the checks say today."""
    refresh_gates(Gate.objects.filter(pk=gate.pk), today=today)
    locked = Gate.objects.select_for_update(of=("self",)).select_related(
        "pilot__owner", "pilot__sponsor", DEEP
    )
    return shown_now(locked.get(pk=gate.pk), today=today)


def shown_now(gate: Gate, assessments: Iterable[Assessment] | None = None, *, today: date) -> Now:
    """The same for reading, from a gate with its pilot, playbook and, where loaded, criteria."""
    rows = list(gate.assessments.select_related("criterion") if assessments is None else assessments)
    return Now(gate, rows, explain(gate, rows, today=today), quorum_missing(gate, today=today))


def quorum_missing(gate: Gate, *, today: date) -> list[str]:
    """Which sign-offs are missing, in sentences; [] when the quorum is reached."""
    quorum = quorum_of(gate, today=today)
    return [] if quorum.reached else quorum.missing or ["Not enough people have signed off."]


def kept(now: Now, *, today: date) -> dict[str, Any]:
    """The fields of a decision that hold what it was made on."""
    facts = facts_of(now.gate, now.assessments, today=today)
    seen = snapshot(now.gate, now.assessments, now.readiness)
    seen |= {"quorum_missing": now.quorum_missing, "facts": facts, "money": _money(now.gate.pilot, today)}
    return {
        "seen": seen,
        "digest": digest_of(facts),
        "passed": now.readiness.passes,
        "quorum_reached": not now.quorum_missing,
    }


def _money(pilot: Pilot, today: date) -> dict[str, Any] | None:
    """What going on was said to cost and bring, as it was shown. What had been spent is not part of it."""
    said = money_of(pilot, today=today)
    if said is None:
        return None
    months, as_of = said.outlook.horizon_months, said.outlook.as_of.isoformat()
    return {"cost": said.cost, "value": said.value, "net": said.net, "months": months, "as_of": as_of}


def snapshot(gate: Gate, assessments: Iterable[Assessment], readiness: Readiness) -> dict[str, Any]:
    """What the decider saw, in JSON values: enough to show that moment again."""
    return {
        "score": int(readiness.score),
        "floor": int(readiness.floor),
        "floor_area": readiness.floor_area,
        "unknown": int(readiness.unknown),
        "passes": readiness.passes,
        "blockers": list(readiness.blockers),
        "fired": list(readiness.fired),
        "score_threshold": gate.score_threshold,
        "floor_threshold": gate.floor_threshold,
        "criteria": [_criterion(row) for row in assessments],
    }


def _criterion(row: Assessment) -> Mapping[str, str]:
    return {
        "key": row.criterion.key,
        "title": row.criterion.title,
        "kind": row.kind,
        "area": row.area,
        "state": row.state,
        "note": row.note,
    }


def lock_pilot(pilot_id: int) -> tuple[Pilot, Gate | None]:
    """The pilot and the gate it works towards, both locked, the gate first as everywhere.

    A pilot is locked with `no_key`, here and everywhere: its key never changes, and a row that only names
    it, written at the same moment, would otherwise wait for the gate while this waits for that row.
    """
    current = Gate.objects.current().filter(pilot=pilot_id).select_for_update(of=("self",))
    gate = current.select_related(DEEP).first()
    pilots = Pilot.objects.select_for_update(of=("self",), no_key=True).select_related("owner", "sponsor")
    pilot = pilots.get(pk=pilot_id)
    if gate is not None:
        gate.pilot = pilot
    return pilot, gate
