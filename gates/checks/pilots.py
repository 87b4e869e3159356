"""Checks over the pilot itself: what it is for, who answers for it, and its risk."""

from datetime import datetime, time, timedelta

from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from gates.checks.registry import Failures, check
from gates.models import Condition
from pilots.models import Event

SILENT = timedelta(days=30)  # a sponsor who has done nothing for longer has lost sight of the pilot


@check(fix="Say which workflow it changes.", page="pilots:edit")
def workflow_named(pilots, today) -> Failures:
    nameless = pilots.filter(workflow="").values_list("pk", flat=True)
    return dict.fromkeys(nameless, "Nobody has written down whose work changes, and at which step.")


@check(fix="Name an owner.", page="pilots:edit")
def accountable_owner(pilots, today) -> Failures:
    failing = pilots.filter(Q(owner__isnull=True) | Q(owner__is_active=False))
    return {
        pk: f"{name} owned it and has left; name a new owner." if name else "Nobody owns this pilot."
        for pk, name in failing.values_list("pk", "owner__name")
    }


@check(fix="Name a sponsor.", page="pilots:edit")
def sponsor_named(pilots, today) -> Failures:
    failing = pilots.filter(Q(sponsor__isnull=True) | Q(sponsor__is_active=False))
    return {
        pk: f"{name} sponsored it and has left; name a new sponsor." if name else "No sponsor is named."
        for pk, name in failing.values_list("pk", "sponsor__name")
    }


@check(fix="Have the sponsor give feedback at the gate.", page="gates:current_gate")
def sponsor_active(pilots, today) -> Failures:
    """Of pilots with a sponsor, and not of those made or given to this one just now. One query."""
    cutoff = timezone.make_aware(datetime.combine(today - SILENT, time.min))
    here = Event.objects.filter(pilot=OuterRef("pk")).order_by()
    named_since = Exists(here.filter(changes__has_key="sponsor", at__gte=cutoff))
    last = here.filter(actor=OuterRef("sponsor")).order_by("-pk").values("at")[:1]
    known = pilots.filter(~named_since, sponsor__is_active=True, created_at__lt=cutoff)
    silent = known.annotate(last=Subquery(last)).filter(Q(last__isnull=True) | Q(last__lt=cutoff))
    return {
        pk: f"{name} last did something here on {timezone.localdate(at):%-d %b %Y}."
        if at
        else f"{name} has done nothing here yet."
        for pk, name, at in silent.values_list("pk", "sponsor__name", "last")
    }


@check(fix="Rate the risk and say why.", page="pilots:edit")
def risk_tier_recorded(pilots, today) -> Failures:
    failing = pilots.filter(Q(risk_tier="") | Q(risk_rationale=""))
    return {
        pk: "The risk tier has no rationale." if tier else "No risk tier is recorded."
        for pk, tier in failing.values_list("pk", "risk_tier")
    }


@check(fix="Meet the open conditions.", page="gates:decisions")
def no_condition_open(pilots, today) -> Failures:
    open_conditions = Condition.objects.in_force().filter(
        decision__gate__pilot__in=pilots, met_at__isnull=True
    )
    return {
        pilot_id: f"Condition still open, due {due:%-d %b %Y}: {text}"
        for pilot_id, text, due in open_conditions.order_by("-due_on", "-pk").values_list(
            "decision__gate__pilot_id", "text", "due_on"
        )
    }
