"""How a pilot follows its row: into another phase or state, and with other dates.

What people did here since the last import stays, with a warning. Deciding and writing are apart, so that
a dry run can tell what would happen.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils import timezone

from gates.choices import CURRENT, GateStatus
from gates.imports.phases import PRODUCTION, Phases, day_in
from gates.journey.actions import open_gates
from gates.journey.readiness import refresh_gates
from gates.models import Decision, Gate, Phase, PhaseEntry
from pilots.actions.imports import Edit
from pilots.choices import RUNNING, PilotState
from pilots.models import Pilot


@dataclass
class Following:
    """What becomes of the way of these pilots, not yet written."""

    enter: list[Edit] = field(default_factory=list)  # into the phase that their row names
    close: list[Pilot] = field(default_factory=list)  # their current gate is no longer what they work towards
    leave: list[Pilot] = field(default_factory=list)  # out of their phase, into none
    stays: list[PhaseEntry] = field(default_factory=list)  # with other dates
    new_stays: list[PhaseEntry] = field(default_factory=list)
    untrue_stays: list[PhaseEntry] = field(
        default_factory=list
    )  # only the file told of them, and does no more
    gates: list[Gate] = field(default_factory=list)  # with another planned day


def following_of(edits: Sequence[Edit], phases: Phases) -> Following:
    """Decide where these pilots go. Changes the pilots in memory. Three queries."""
    followed = Following()
    pilots = [edit.pilot for edit in edits]
    decided = set(
        Decision.objects.filter(gate__pilot__in=pilots).order_by().values_list("gate__pilot_id", flat=True)
    )
    for edit in edits:
        edit.warnings += phases.foreign(edit.row.values)
        _dates(edit)
        if _moves(edit, decided, phases):
            _move(edit, phases, followed)
    _follow_stays([edit for edit in edits if _differs(edit, "phase_dates")], phases, followed)
    _follow_plans([edit for edit in edits if _differs(edit, "planned_dates")], phases, followed)
    return followed


def _differs(edit: Edit, name: str) -> bool:
    return edit.last[name] != edit.row.values[name]


def _moves(edit: Edit, decided: set[int], phases: Phases) -> bool:
    """Whether the file may move this pilot: it says another phase or state, and nobody moved it here."""
    pilot = edit.pilot
    before, said = phases.stand(edit.last), phases.stand(edit.row.values)
    now = (pilot.state, pilot.phase if pilot.state in RUNNING else "")
    if said in (before, now):
        return False
    if pilot.archived_at is not None:
        why = "it is archived here"
    elif pilot.pk in decided:
        why = "gates were decided here"
    elif now != before:
        why = "it was moved here"
    else:
        return True
    edit.warnings.append(
        f"The file now says {_place(said, phases)}; the pilot stays as it is, because {why}."
    )
    return False


def _place(stand: tuple[str, str], phases: Phases) -> str:
    state, phase = stand
    label = PilotState(state).label.lower()
    if state not in RUNNING:
        return label
    where = phases.by_key[phase].name if phase else "phase unknown"
    return where if state == PilotState.ACTIVE else f"{where}, {label}"


def _move(edit: Edit, phases: Phases, followed: Following) -> None:
    pilot, values = edit.pilot, edit.row.values
    state, key = phases.stand(values)
    was_running, before = pilot.state in RUNNING, pilot.phase_name
    if pilot.state != state:
        edit.changes["state"] = [pilot.state, state]
    pilot.state = state
    if state in RUNNING and was_running and key in ("", pilot.phase):
        if pilot.phase and not key:
            edit.warnings.append(f"The file no longer tells the phase; the pilot stays in {before}.")
        return
    followed.close.append(pilot)
    if key:
        phases.stamp(pilot, values)
        followed.enter.append(edit)
    elif state in RUNNING or state == PilotState.INTAKE:
        _clear(pilot)
        followed.leave.append(pilot)
    else:
        pilot.in_production = False  # it has ended; where it had got to stays known
    if pilot.phase_name != before:
        edit.changes["phase"] = [before or None, pilot.phase_name or None]


def _clear(pilot: Pilot) -> None:
    pilot.phase = pilot.phase_name = ""
    pilot.phase_number = pilot.phase_count = 0
    pilot.phase_entered_on, pilot.in_production = None, False


def _dates(edit: Edit) -> None:
    """The dates of the pilot's own phase and of production, unless they became others here."""
    pilot, last, new = edit.pilot, edit.last["phase_dates"], edit.row.values["phase_dates"]
    # What is in production without a day for it got there at the latest when it entered its phase.
    first = PRODUCTION if PRODUCTION in {**last, **new} or not pilot.in_production else pilot.phase
    for name, key in (("phase_entered_on", pilot.phase), ("reached_production_on", first)):
        before, after, now = day_in(last, key), day_in(new, key), getattr(pilot, name)
        if before == after or now == after:
            continue
        if now == before:
            setattr(pilot, name, after)
            edit.changes[name] = [_iso(before), _iso(after)]
        else:
            warning = _kept(key, after)
            edit.warnings += [warning] if warning not in edit.warnings else []


def _kept(phase: str, day: date | None) -> str:
    said = f"“{day.day} {day:%B %Y}”" if day else "now empty"
    return (
        f"The day of entering {phase.replace('_', ' ')} is another one here and changed in the file "
        f"({said}); the one here was kept."
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _follow_stays(edits: Sequence[Edit], phases: Phases, followed: Following) -> None:
    known: dict[int, list[PhaseEntry]] = {}
    pilots = [edit.pilot for edit in edits]
    for stay in PhaseEntry.objects.filter(pilot__in=pilots).select_related("phase"):
        known.setdefault(stay.pilot_id, []).append(stay)
    entering = {edit.pilot.pk for edit in followed.enter}
    for edit in edits:
        for key, phase in phases.by_key.items():
            if not (edit.pilot.pk in entering and key == edit.pilot.phase):  # that stay is yet to be written
                _follow_stay(edit, phase, known.get(edit.pilot.pk, []), phases, followed)


def _follow_stay(
    edit: Edit, phase: Phase, known: Sequence[PhaseEntry], phases: Phases, followed: Following
) -> None:
    before = day_in(edit.last["phase_dates"], phase.key)
    after = day_in(edit.row.values["phase_dates"], phase.key)
    if before == after:
        return
    stays = [stay for stay in known if stay.phase.key == phase.key]
    ours = next((stay for stay in stays if stay.entered_on == before), None)
    if ours is None:
        if not stays and after and phase.position < (edit.pilot.phase_number or len(phases.by_key) + 1):
            followed.new_stays.append(phases.stay(edit.pilot, phase, edit.row.values))
        return
    if after is None and not ours.is_current:
        followed.untrue_stays.append(ours)
    else:
        ours.entered_on = after
        followed.stays.append(ours)
    for stay in known:
        if stay.left_on is not None and stay.left_on == before and stay.phase.position < phase.position:
            stay.left_on = after
            followed.stays.append(stay)


def _follow_plans(edits: Sequence[Edit], phases: Phases, followed: Following) -> None:
    gates: dict[tuple[int, int], Gate] = {}
    undecided = Gate.objects.filter(pilot__in=[edit.pilot for edit in edits]).exclude(
        status=GateStatus.DECIDED
    )
    for gate in undecided.select_related("definition"):
        gates[gate.pilot_id, gate.definition_id] = gate
    for edit in edits:
        last, new = phases.gate_days(edit.last), phases.gate_days(edit.row.values)
        for definition in {**last, **new}:
            if known := gates.get((edit.pilot.pk, definition)):
                _follow_plan(edit, known, last.get(definition), new.get(definition), followed)


def _follow_plan(
    edit: Edit, gate: Gate, before: date | None, after: date | None, followed: Following
) -> None:
    if before == after or gate.planned_on == after:
        return
    if gate.planned_on != before:
        edit.warnings.append(
            f"The planned day of gate {gate.definition.key} was changed here and in the file; "
            "the one here was kept."
        )
        return
    edit.changes[f"planned_on of {gate.definition.key}"] = [_iso(before), _iso(after)]
    gate.planned_on = after
    followed.gates.append(gate)


def write_following(followed: Following, edits: Sequence[Edit], phases: Phases) -> None:
    """Write what was decided, once the pilots are written. Queries grow by batches only."""
    PhaseEntry.objects.bulk_update(followed.stays, ["entered_on", "left_on"], batch_size=500)
    PhaseEntry.objects.filter(pk__in=[stay.pk for stay in followed.untrue_stays]).delete()
    Gate.objects.bulk_update(followed.gates, ["planned_on"], batch_size=500)
    left = PhaseEntry.objects.filter(pilot__in=followed.leave, is_current=True)
    left.update(is_current=False)
    Gate.objects.filter(pilot__in=followed.close, status__in=CURRENT).update(status=GateStatus.UPCOMING)
    today = timezone.localdate()
    if followed.enter:
        open_gates([phases.move(edit.pilot, edit.row.values) for edit in followed.enter], today=today)
    PhaseEntry.objects.bulk_create(followed.new_stays, batch_size=500)
    refresh_gates(Gate.objects.filter(pilot__in=[edit.pilot for edit in edits]), today=today)
