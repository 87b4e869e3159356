"""Says of gates that are under way whom they wait on, from what is known.

Since when is the moment of the request or, for the owner, of opening or of the last hold. When a criterion
was handed to somebody else nobody noted: such a gate waits on that person from now on.
"""

from django.db import migrations
from django.db.models import Case, F, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone


def fill(apps, schema_editor):
    Gate, Decision = apps.get_model("gates", "Gate"), apps.get_model("gates", "Decision")
    Pilot = apps.get_model("pilots", "Pilot")
    Assessment = apps.get_model("gates", "Assessment")
    now = timezone.now()
    running = Pilot.objects.filter(archived_at=None).exclude(state__in=["stopped", "retired"])
    gates = Gate.objects.order_by().filter(pilot__in=running)
    held = Decision.objects.order_by().filter(gate=OuterRef("pk")).values("gate").annotate(at=Max("decided_at"))
    owners = Pilot.objects.filter(pk=OuterRef("pilot"), owner__is_active=True).values("owner")[:1]
    gates.filter(status="submitted").update(
        waiting_on="gatekeepers", waiting_since=Coalesce("submitted_at", Value(now))
    )
    gates.filter(status="open").update(
        waiting_on="owner",
        waiting_since=Coalesce(Subquery(held.values("at")), F("opened_at"), Value(now)),
        waiting_for=Subquery(owners),
    )
    blocks = Q(state__in=["unknown", "in_progress", "not_met"]) | (
        Q(stale_on__lte=timezone.localdate()) & ~Q(state="not_applicable")
    )
    blocking = Assessment.objects.filter(blocks, kind="must_meet").order_by()
    unknown_first = Case(When(state_since=None, then=0), default=1)
    oldest = blocking.filter(gate=OuterRef("pk")).order_by(unknown_first, "state_since", "pk")
    absent = Q(responsible=None) | Q(responsible__is_active=False) | Q(responsible=F("gate__pilot__owner"))
    elsewhere = blocking.exclude(gate__in=blocking.filter(absent).values("gate")).values("gate")
    gates.filter(status="open", pk__in=elsewhere).update(
        waiting_on="contributor", waiting_since=now, waiting_for=Subquery(oldest.values("responsible")[:1])
    )


class Migration(migrations.Migration):
    dependencies = [("gates", "0004_waiting")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
