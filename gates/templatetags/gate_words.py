"""Stored keys of gates in words, and the lines of a checklist."""

from datetime import date, datetime

from django import template
from django.utils import timezone
from django.utils.safestring import SafeString

from gates.checklist.rows import draw_closed, draw_line
from gates.checks import Fix
from gates.choices import AssessmentState, WaitingOn
from gates.models import Gate
from gates.playbooks.differences import in_words
from gates.rules import freeze_day, freeze_moment
from pilots.charts import svg
from pilots.templatetags.ui import when

register = template.Library()
register.simple_tag(draw_line, name="criterion_line")
register.filter("in_words", in_words)
register.simple_tag(draw_closed, name="closed_criteria")
register.simple_tag(Fix.address, name="fix_address")


@register.filter
def state_name(state: str) -> str:
    """`{{ "not_met"|state_name }}`: Not met."""
    return str(AssessmentState(state).label) if state in AssessmentState else state


@register.simple_tag
def waiting(gate: Gate) -> SafeString | str:
    """`{% waiting gate %}`: "With Renate Huber since 11 Nov 2026 (9 days)"; of a gate with `waiting_for`.

    Where the gate was read with `sent_back` it also says that this is why.
    """
    if gate.waiting_since is None:
        return "Nobody must act"
    sent_back = gate.waiting_on == WaitingOn.OWNER and getattr(gate, "sent_back", False)
    why = ", to answer the reviewers" if sent_back else ""
    return svg.join((_with_whom(gate), " since ", *_since(gate.waiting_since), why))


def _with_whom(gate: Gate) -> str:
    if gate.waiting_for is not None:
        return f"With {gate.waiting_for}"
    return {
        WaitingOn.GATEKEEPERS.value: "With the gatekeepers",
        WaitingOn.MEETING.value: "With the gate meeting",
        WaitingOn.CONDITION.value: "With whoever must meet the condition",
    }.get(gate.waiting_on, "With nobody, because the pilot has no owner,")


def _since(moment: datetime) -> tuple[SafeString | str, str]:
    day: date = timezone.localdate(moment)
    days = (timezone.localdate() - day).days
    return when(day), f" ({days:,} {'day' if days == 1 else 'days'})" if days > 0 else " (today)"


@register.filter
def more_or_fewer(change: int) -> str:
    """`{{ -3|more_or_fewer }}`: "3 fewer than"; a moment goes on behind it."""
    return f"{abs(change):,} {'more' if change > 0 else 'fewer'} than" if change else "as many as"


@register.simple_tag
def freezes(gate: Gate) -> SafeString | str:
    """`{% freezes gate %}`: "Evidence freezes Tue 24 Nov 2026, 18:00 CET, in 4 days"; of a gate with its definition."""
    day = freeze_day(gate.planned_on, gate.definition.freeze_days_before)
    if day is None:
        return ""
    moment, days = freeze_moment(day, timezone.get_current_timezone()), (day - timezone.localdate()).days
    if moment <= timezone.now():
        return svg.join(("The evidence freeze was ", when(moment, weekday=True), "."))
    left = "today" if not days else "tomorrow" if days == 1 else f"in {days:,} days"
    return svg.join(("Evidence freezes ", when(moment, weekday=True), f", {left}."))
