"""Where a row says that its pilot is, in the phases of the playbook."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from gates.journey.actions import Move, stamp_phase
from gates.models import Phase, PhaseEntry, PlaybookVersion
from pilots.choices import RUNNING
from pilots.models import Pilot

PRODUCTION = "production_deployment"  # the phase whose date in a file says when production was reached


def day_in(dates: Mapping[str, str], phase: str) -> date | None:
    text = dates.get(phase)
    return date.fromisoformat(text) if text else None


class Phases:
    """The phases of a playbook by their keys. One query."""

    def __init__(self, version: PlaybookVersion) -> None:
        found = version.phases.select_related("version", "gate").order_by("position")
        self.name = version.playbook.name
        self.by_key: dict[str, Phase] = {phase.key: phase for phase in found}

    def of(self, values: Mapping[str, Any]) -> Phase | None:
        """The phase in which a running pilot is; None when unknown, not begun or over."""
        return self.by_key.get(values["phase"]) if values["state"] in RUNNING else None

    def stand(self, values: Mapping[str, Any]) -> tuple[str, str]:
        """The state and the phase; where a pilot that ended had got to does not count."""
        phase = self.of(values)
        return values["state"], phase.key if phase else ""

    def foreign(self, values: Mapping[str, Any]) -> list[str]:
        """The sentence that the playbook lacks the phase which the row names."""
        if values["state"] not in RUNNING or not values["phase"] or self.of(values):
            return []
        named = values["phase"].replace("_", " ")
        return [
            f"The file says {named}; the playbook {self.name} has no such phase, so the phase is unknown."
        ]

    def stamp(self, pilot: Pilot, values: Mapping[str, Any]) -> None:
        """Copy onto the pilot where the row says that it is. Not saved."""
        phase = self.of(values)
        if phase is not None:
            stamp_phase(pilot, phase, day_in(values["phase_dates"], phase.key), of=len(self.by_key))
            pilot.state = values["state"]

    def move(self, pilot: Pilot, values: Mapping[str, Any]) -> Move:
        """The entry into the phase that the row names, with the days planned for the gates."""
        phase = self.by_key[values["phase"]]
        return Move(pilot, phase, day_in(values["phase_dates"], phase.key), self.gate_days(values))

    def gate_days(self, values: Mapping[str, Any]) -> dict[int, date]:
        """Gate definition id → planned day. A phase is entered when the gate of the one before is passed."""
        return {
            before.gate.pk: day
            for before, phase in pairwise(self.by_key.values())
            if (day := day_in(values["planned_dates"], phase.key))
        }

    def earlier_stays(self, pilot: Pilot, values: Mapping[str, Any]) -> list[PhaseEntry]:
        """Stays in phases before the present one, where the file knows when they began."""
        return [self.stay(pilot, phase, values) for phase in self._left(values)]

    def stay(self, pilot: Pilot, phase: Phase, values: Mapping[str, Any]) -> PhaseEntry:
        """A stay that is over. When it ended is known only where the next phase has its day."""
        entered_on = day_in(values["phase_dates"], phase.key)
        following = next((p.key for p in self.by_key.values() if p.position == phase.position + 1), "")
        left_on = day_in(values["phase_dates"], following)
        if left_on and entered_on and left_on < entered_on:
            left_on = None
        return PhaseEntry(pilot=pilot, phase=phase, entered_on=entered_on, left_on=left_on, is_current=False)

    def _left(self, values: Mapping[str, Any]) -> Iterator[Phase]:
        now = self.of(values)
        for key in values["phase_dates"]:
            phase = self.by_key.get(key)
            if phase and (now is None or phase.position < now.position):
                yield phase
