"""Checks over the pilot itself: who answers for it, and its risk."""

from django.db.models import Q

from gates.checks.registry import Failures, check
from gates.models import Condition


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
