"""What the cells of one row say against each other."""

from datetime import date

from pilots.choices import ENDED, PilotState
from pilots.imports.periods import Period, described
from pilots.imports.row_values import Kind, Problem, RowValues


def note_contradictions(row: RowValues, phases: tuple[str, ...], today: date, raw: dict[str, str]) -> None:
    """Adds the warnings to this row, and sets aside entries into phases that it has not reached.

    phases: the keys of the phases in their order; raw: the cell of each date field, for the problems.
    """
    _note_order(row, phases)
    unreached = _unreached(row, phases)
    for name in unreached:
        _set_aside(row, name, raw.get(name, ""))
    _note_future(row, today, unreached)


def _unreached(row: RowValues, phases: tuple[str, ...]) -> list[str]:
    state, phase = row.values["state"], row.values["phase"]
    if state in ENDED or (state != PilotState.INTAKE and phase not in phases):
        return []  # ended, or nobody knows how far it is
    reached = phases[: phases.index(phase) + 1] if phase in phases else ()
    entries = [name for name in row.periods if name.startswith("entered_")]
    return [name for name in entries if name.removeprefix("entered_") not in reached]


def _set_aside(row: RowValues, name: str, raw: str) -> None:
    """Such a date may be a plan or a slip; as an entry it would count the pilot where it is not."""
    entered, phase = name.removeprefix("entered_"), row.values["phase"]
    now = f"in the phase {_phase(phase)}" if phase else "not in a phase yet"
    when = described(row.periods[name])
    said = f"The date of entering {_phase(entered)} is {when}, but the stage says that the pilot is {now}."
    row.warnings.append(said)
    row.problems.append(Problem(name, raw, said, Kind.CONTRADICTION))
    if entered in row.values["phase_dates"]:
        row.values["unreached_dates"][entered] = row.values["phase_dates"].pop(entered)


def _note_order(row: RowValues, phases: tuple[str, ...]) -> None:
    """No known date may be before one that belongs before it, as exactly as both are known."""
    names = ["intake_on", *(f"entered_{phase}" for phase in phases), "ended_on"]
    known = [(name, row.periods[name]) for name in names if name in row.periods]
    for place, (name, period) in enumerate(known):
        before = next((one for one in known[:place] if period.last < one[1].first), None)
        if before:
            moment = _moment(name, period)
            row.warnings.append(f"{moment[0].upper()}{moment[1:]} is before {_moment(*before)}.")


def _note_future(row: RowValues, today: date, unreached: list[str]) -> None:
    for name, period in row.periods.items():
        if name.startswith("entered_") and name not in unreached and period.first > today:
            moment = _moment(name, period)
            row.warnings.append(f"{moment[0].upper()}{moment[1:]} is in the future, but it is there already.")


def _moment(name: str, period: Period) -> str:
    return f"{_label(name)} ({described(period)})"


def _label(name: str) -> str:
    if name == "intake_on":
        return "the proposal"
    if name == "ended_on":
        return "the end"
    return f"the entry into {_phase(name.removeprefix('entered_'))}"


def _phase(key: str) -> str:
    return key.replace("_", " ")
