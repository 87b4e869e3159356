"""Benefits, budgets and shared savings."""

from tests.builders import days_ago
from tests.flows.doors.door import SIGNED_IN, Door, of_pilot, of_programme
from tests.flows.doors.waivers import note_body
from tests.flows.scene import Scene
from tests.roles import DECIDERS, KEEPERS


def of_benefit(s: Scene):
    return of_pilot(s) | {"pk": s.benefit.pk}


def of_month(s: Scene):
    return of_benefit(s) | {"year": s.month.month.year, "month": s.month.month.month}


def of_line(s: Scene):
    return of_pilot(s) | {"pk": s.line.pk}


def of_cost(s: Scene):
    return of_pilot(s) | {"register": "debt", "pk": s.debt.pk}


def line_body(_: Scene):
    return {"kind": "infrastructure", "name": "Two servers"}


def of_pool(s: Scene):
    return of_programme(s) | {"pk": s.pool.pk}


def benefit_body(s: Scene):
    return {
        "name": "Fewer complaints",
        "unit": "hours",
        "pattern": "recurring",
        "reckoning": "Letters not written times 12 minutes.",
        "owner": str(s.people["owner"].pk),
        "kpi": str(s.kpi.pk),
        "rate": "42.5",
        "rate_source": "Full cost of a clerk, HR, 2026",
        "pool": str(s.pool.pk),
        "share": "40",
    }


def months_body(_: Scene):
    return {"first": f"{days_ago(-40):%Y-%m}", "months": "6", "amount": "1000"}


def actual_body(_: Scene):
    return {"month": f"{days_ago(40):%Y-%m}", "actual": "1250", "reason": "The ledger came late."}


def support_body(_: Scene):
    return {"basis": "Ledger of May.", "comparison": "The branch next door has no such fall."}


DOORS = (
    Door("metrics:value_portfolio", allowed=SIGNED_IN),
    Door("metrics:value_portfolio_csv", allowed=SIGNED_IN, is_page=False),
    Door("metrics:value", args=of_pilot),
    Door("metrics:value_csv", args=of_pilot, is_page=False),
    Door("metrics:benefit_new", "get", KEEPERS, of_pilot),
    Door("metrics:benefit_new", "post", KEEPERS, of_pilot, benefit_body, 302, is_form=True),
    Door("metrics:benefit", args=of_benefit),
    Door("metrics:benefit_edit", "get", KEEPERS, of_benefit),
    Door("metrics:benefit_edit", "post", KEEPERS, of_benefit, benefit_body, 302, is_form=True),
    Door("metrics:benefit_archive", "post", KEEPERS, of_benefit, status=302),
    Door("metrics:benefit_expect", "get", KEEPERS, of_benefit),
    Door("metrics:benefit_expect", "post", KEEPERS, of_benefit, months_body, 302, is_form=True),
    Door("metrics:benefit_record", "get", KEEPERS, of_benefit),
    Door("metrics:benefit_record", "post", KEEPERS, of_benefit, actual_body, 302, is_form=True),
    Door("metrics:benefit_month", args=of_month),
    Door("metrics:benefit_support", "get", KEEPERS, of_month),
    Door("metrics:benefit_support", "post", KEEPERS, of_month, support_body, 302, is_form=True),
    Door("metrics:benefit_verify", "get", DECIDERS, of_month),
    Door("metrics:benefit_verify", "post", DECIDERS, of_month, note_body, 302, is_form=True),
    Door("metrics:budget_new", "get", KEEPERS, of_pilot),
    Door("metrics:budget_new", "post", KEEPERS, of_pilot, line_body, 302, is_form=True),
    Door("metrics:budget_take_over", "post", KEEPERS, of_cost, status=302),
    Door("metrics:budget_line", args=of_line),
    Door("metrics:budget_edit", "get", KEEPERS, of_line),
    Door("metrics:budget_edit", "post", KEEPERS, of_line, line_body, 302, is_form=True),
    Door("metrics:budget_archive", "post", KEEPERS, of_line, status=302),
    Door("metrics:budget_plan", "get", KEEPERS, of_line),
    Door("metrics:budget_plan", "post", KEEPERS, of_line, months_body, 302, is_form=True),
    Door("metrics:budget_spend", "get", KEEPERS, of_line),
    Door("metrics:budget_spend", "post", KEEPERS, of_line, actual_body, 302, is_form=True),
    Door("metrics:pools", args=of_programme),
    Door(
        "metrics:pools",
        "post",
        ("programme_manager",),
        of_programme,
        lambda s: {"name": "Fewer letters"},
        302,
        is_form=True,
    ),
    Door("metrics:pool_rename", "get", ("programme_manager",), of_pool),
    Door(
        "metrics:pool_rename",
        "post",
        ("programme_manager",),
        of_pool,
        lambda s: {"name": "Fewer phone calls"},
        302,
        is_form=True,
    ),
)
