"""Rules over data that the system evaluates itself."""

from gates.checks import budgets, journey, kpis, pilots, value
from gates.checks.registry import CHECKS, Failures, Fix, check, evaluate

__all__ = ["CHECKS", "Failures", "Fix", "budgets", "check", "evaluate", "journey", "kpis", "pilots", "value"]
