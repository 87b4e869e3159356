"""Rules over data that the system evaluates itself."""

from gates.checks import budgets, kpis, pilots
from gates.checks.registry import CHECKS, Failures, Fix, check, evaluate

__all__ = ["CHECKS", "Failures", "Fix", "budgets", "check", "evaluate", "kpis", "pilots"]
