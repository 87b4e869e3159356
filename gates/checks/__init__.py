"""Rules over data that the system evaluates itself."""

from gates.checks import budgets, kpis, pilots
from gates.checks.registry import CHECKS, Failures, check, evaluate

__all__ = ["CHECKS", "Failures", "budgets", "check", "evaluate", "kpis", "pilots"]
