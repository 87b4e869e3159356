"""Until when a piece of evidence counts, in words and a mark."""

from datetime import date

from django import template
from django.utils.safestring import SafeString

from gates.evidence.queries import times_replaced as _times_replaced
from gates.models import Evidence
from pilots.charts import svg
from pilots.templatetags.ui import status, when

register = template.Library()


@register.simple_tag
def validity(evidence: Evidence, today: date, soon: date) -> SafeString:
    """`{% validity piece today soon %}`: expired, expiring, counting until a day, or without end."""
    day = evidence.current.valid_until if evidence.current else None
    if evidence.removed_at is not None:
        return status("none", "Removed")
    if day is None:
        return svg.element("span", "Does not expire", class_="text-3")
    if day <= today:
        return svg.join((status("bad", "Expired "), when(day)))
    return svg.join((status("warn" if day <= soon else "ok", "Until "), when(day)))


@register.filter
def times_replaced(number: int) -> str:
    """`{{ 3|times_replaced }}`: replaced twice."""
    return _times_replaced(number)
