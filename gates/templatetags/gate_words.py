"""Stored keys of gates, in words."""

from django import template

from gates.choices import AssessmentState

register = template.Library()


@register.filter
def state_name(state: str) -> str:
    """`{{ "not_met"|state_name }}`: Not met."""
    return str(AssessmentState(state).label) if state in AssessmentState else state
