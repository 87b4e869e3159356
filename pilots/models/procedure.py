"""What is done again and again once a pilot is in production, and where that is written."""

from datetime import date

from django.db import models
from django.db.models import Q

from pilots.choices import ProcedureKind, ProcedureState
from pilots.models.entry import Entry
from pilots.rules import procedure_problems

TONES = {ProcedureState.PLANNED: "wait", ProcedureState.IN_PLACE: "half", ProcedureState.TRIED: "ok"}


class Procedure(Entry):
    kind = models.CharField(max_length=12, choices=ProcedureKind)
    title = models.CharField("what is done", max_length=200)
    state = models.CharField(max_length=10, choices=ProcedureState, default=ProcedureState.PLANNED)
    link = models.URLField("where it is written", max_length=500, blank=True)

    class Meta:
        ordering = ["kind", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="procedure_says_what_is_done"),
            models.CheckConstraint(
                condition=Q(kind__in=ProcedureKind.values), name="procedure_kind_is_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ProcedureState.values), name="procedure_state_is_known"
            ),
        ]

    def __str__(self):
        return self.title

    def mark(self, today: date) -> tuple[str, str]:
        state = ProcedureState(self.state)
        return TONES[state], str(state.label)

    def problems(self) -> dict[str, str]:
        return procedure_problems(state=self.state, link=self.link)
