"""Rules over data that the system evaluates itself."""

from gates.checks import kpis, pilots
from gates.checks.registry import CHECKS, Failures, check, evaluate

__all__ = ["CHECKS", "Failures", "check", "evaluate", "kpis", "pilots"]
