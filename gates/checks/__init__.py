"""Rules over data that the system evaluates itself."""

from gates.checks import (
    budgets,
    change,
    journey,
    kpis,
    lessons,
    operating,
    overlap,
    pilots,
    risks,
    technical,
    value,
)
from gates.checks.registry import CHECKS, Check, Failures, Fix, check, evaluate

__all__ = [
    "CHECKS",
    "Check",
    "Failures",
    "Fix",
    "budgets",
    "change",
    "check",
    "evaluate",
    "journey",
    "kpis",
    "lessons",
    "operating",
    "overlap",
    "pilots",
    "risks",
    "technical",
    "value",
]
