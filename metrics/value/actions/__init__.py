"""What can be done about value."""

from metrics.value.actions.benefits import archive_benefit, create_benefit, edit_benefit
from metrics.value.actions.budgets import (
    archive_budget_line,
    create_budget_line,
    edit_budget_line,
    plan_budget,
    record_spending,
    take_over_cost,
)
from metrics.value.actions.months import expect_benefit, record_actual, support_actual, verify_actual
from metrics.value.actions.outlook import state_outlook
from metrics.value.actions.pools import create_pool, rename_pool

__all__ = [
    "archive_benefit",
    "archive_budget_line",
    "create_benefit",
    "create_budget_line",
    "create_pool",
    "edit_benefit",
    "edit_budget_line",
    "expect_benefit",
    "plan_budget",
    "record_actual",
    "record_spending",
    "rename_pool",
    "state_outlook",
    "support_actual",
    "take_over_cost",
    "verify_actual",
]
