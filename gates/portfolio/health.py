"""The health of a pilot, computed from its current gate: one definition, in the database."""

from datetime import date, timedelta

from django.db.models import Case, CharField, F, FilteredRelation, Q, Value, When

from gates.choices import CURRENT, Health
from pilots.choices import PilotState

LATE_DAYS = 14  # overdue for longer than this is off track
NEAR_DAYS = 14  # open must-meets this close to the gate put it at risk

TONES: dict[str, str] = {
    Health.ON_TRACK: "ok",
    Health.AT_RISK: "warn",
    Health.OFF_TRACK: "bad",
    Health.NO_DATA: "none",
    Health.PAUSED: "none",
}


def with_current_gate(pilots):
    """Pilots joined to the gate they are working towards, as `current`; none has two."""
    return pilots.annotate(current=FilteredRelation("gates", condition=Q(gates__status__in=CURRENT)))


def with_health(pilots, *, today: date):
    """Pilots of `with_current_gate` with their `health`; blank for those not under way.

    Off track: the planned day passed more than 14 days ago. At risk: it has passed, the forecast is
    later than the plan, or must-meets are open within 14 days of the gate. No data: no gate is
    planned. Paused: on hold.
    """
    due_soon = Q(current__planned_on__lte=today + timedelta(days=NEAR_DAYS))
    return pilots.annotate(
        health=Case(
            When(state=PilotState.ON_HOLD, then=Value(Health.PAUSED)),
            When(~Q(state=PilotState.ACTIVE), then=Value("")),
            When(current__planned_on__isnull=True, then=Value(Health.NO_DATA)),
            When(
                current__planned_on__lt=today - timedelta(days=LATE_DAYS),
                then=Value(Health.OFF_TRACK),
            ),
            When(
                Q(current__planned_on__lt=today)
                | Q(current__forecast_on__gt=F("current__planned_on"))
                | (due_soon & Q(current__blocker_count__gt=0)),
                then=Value(Health.AT_RISK),
            ),
            default=Value(Health.ON_TRACK),
            output_field=CharField(),
        )
    )
