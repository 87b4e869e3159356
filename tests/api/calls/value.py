"""Benefits, budgets and shared savings."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import DECIDERS, KEEPERS


def benefit_of(world: World) -> dict[str, Any]:
    return {
        "pilot": world.pilot.key,
        "name": "Fewer letters",
        "unit": "hours",
        "rate": "42.50",
        "rate_source": "HR, 2026",
        "pattern": "recurring",
        "reckoning": "Letters not written times 12 minutes.",
        "kpi": world.kpi.pk,
        "pool": world.pool.pk,
        "share": 40,
        "owner": world.pilot.owner_id,
    }


READS = (
    Call("show a benefit", "get", lambda w: f"benefits/{w.benefit.pk}/"),
    Call("list months of a benefit", "get", lambda w: f"benefits/{w.benefit.pk}/periods/"),
    Call("show a shared saving", "get", lambda w: f"benefit-pools/{w.pool.pk}/"),
    Call("show a budget line", "get", lambda w: f"budget-lines/{w.line.pk}/"),
    Call("list months of a budget line", "get", lambda w: f"budget-lines/{w.line.pk}/periods/"),
)
WRITES = (
    Call("add a benefit", "post", lambda w: "benefits/", KEEPERS, benefit_of, status=201, to_outsiders=400),
    Call(
        "edit a benefit", "patch", lambda w: f"benefits/{w.benefit.pk}/", KEEPERS, lambda w: {"name": "Less"}
    ),
    Call("archive a benefit", "post", lambda w: f"benefits/{w.benefit.pk}/archive/", KEEPERS),
    Call(
        "expect a benefit",
        "post",
        lambda w: f"benefits/{w.benefit.pk}/expected/",
        KEEPERS,
        lambda w: {"first": days_ago(-40).isoformat(), "months": 12, "amount": "1000"},
    ),
    Call(
        "record a month of a benefit",
        "post",
        lambda w: f"benefits/{w.benefit.pk}/periods/",
        KEEPERS,
        lambda w: {"month": days_ago(3).isoformat(), "actual": 900},
        status=201,
    ),
    Call(
        "support a month of a benefit",
        "post",
        lambda w: f"benefits/{w.benefit.pk}/periods/{w.month.month}/support/",
        KEEPERS,
        lambda w: {"basis": "The ledger."},
    ),
    Call(
        "verify a month of a benefit",
        "post",
        lambda w: f"benefits/{w.benefit.pk}/periods/{w.month.month}/verify/",
        DECIDERS,
        lambda w: {"note": "The ledger says so."},
    ),
    Call(
        "name a shared saving",
        "post",
        lambda w: "benefit-pools/",
        ("programme_manager",),
        lambda w: {"programme": w.programme.slug, "name": "Fewer letters"},
        status=201,
        to_outsiders=400,
    ),
    Call(
        "rename a shared saving",
        "patch",
        lambda w: f"benefit-pools/{w.pool.pk}/",
        ("programme_manager",),
        lambda w: {"name": "Fewer phone calls"},
    ),
    Call(
        "add a budget line",
        "post",
        lambda w: "budget-lines/",
        KEEPERS,
        lambda w: {"pilot": w.pilot.key, "kind": "running", "name": "Licences"},
        status=201,
        to_outsiders=400,
    ),
    Call(
        "edit a budget line",
        "patch",
        lambda w: f"budget-lines/{w.line.pk}/",
        KEEPERS,
        lambda w: {"name": "Adapters"},
    ),
    Call("archive a budget line", "post", lambda w: f"budget-lines/{w.line.pk}/archive/", KEEPERS),
    Call(
        "plan a budget line",
        "post",
        lambda w: f"budget-lines/{w.line.pk}/plan/",
        KEEPERS,
        lambda w: {"first": days_ago(-40).isoformat(), "months": 12, "amount": "1000"},
    ),
    Call(
        "record spending",
        "post",
        lambda w: f"budget-lines/{w.line.pk}/periods/",
        KEEPERS,
        lambda w: {"month": days_ago(3).isoformat(), "actual": "900.50"},
        status=201,
    ),
)
