"""Stored keys of gates in words, and the lines of a checklist."""

from django import template

from gates.checklist.rows import draw_closed, draw_line
from gates.choices import AssessmentState
from gates.playbooks.differences import in_words

register = template.Library()
register.simple_tag(draw_line, name="criterion_line")
register.filter("in_words", in_words)
register.simple_tag(draw_closed, name="closed_criteria")


@register.filter
def state_name(state: str) -> str:
    """`{{ "not_met"|state_name }}`: Not met."""
    return str(AssessmentState(state).label) if state in AssessmentState else state
