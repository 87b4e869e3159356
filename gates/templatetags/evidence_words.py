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
        return _marked("bad", "Expired", day)
    return _marked("warn" if day <= soon else "ok", "Until", day)


def _marked(tone: str, word: str, day: date) -> SafeString:
    words = svg.element("span", f"{word} ", when(day))
    return svg.element("span", svg.glyph(tone), words, class_="status")


@register.filter
def times_replaced(number: int) -> str:
    """`{{ 3|times_replaced }}`: replaced twice."""
    return _times_replaced(number)
