"""KPIs, their readings, and what a pilot costs and brings."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.builders import days_ago
from tests.roles import ANNOTATORS, KEEPERS

MANAGER = ("programme_manager",)


def kpi_of(world: World) -> dict[str, Any]:
    return {
        "pilot": world.pilot.key,
        "name": "Share answered",
        "kind": "business",
        "unit": "%",
        "direction": "higher",
        "target": "80",
        "target_on": "2027-06-30",
    }


def outlook_of(_: World) -> dict[str, Any]:
    return {
        "cost_to_go": "120000",
        "value_to_go": 400_000,
        "horizon_months": 36,
        "as_of": days_ago(2).isoformat(),
        "basis": "Business case of October.",
    }


DEFINITION = {
    "name": "Time per letter",
    "kind": "business",
    "unit": "min",
    "direction": "lower",
    "method": "Median of the week.",
}

READS = (
    Call("show a definition", "get", lambda w: f"kpi-definitions/{w.definition.pk}/", to_outsiders=200),
    Call("show a KPI", "get", lambda w: f"kpis/{w.kpi.pk}/"),
    Call("show an outlook", "get", lambda w: f"pilots/{w.pilot.key}/outlook/"),
    Call("show the course of a KPI", "get", lambda w: f"kpis/{w.kpi.pk}/course/"),
    Call("list notes", "get", lambda w: f"kpis/{w.kpi.pk}/annotations/"),
    Call("list readings", "get", lambda w: f"kpis/{w.kpi.pk}/measurements/"),
)
WRITES = (
    Call(
        "add a definition",
        "post",
        lambda w: "kpi-definitions/",
        MANAGER,
        lambda w: DEFINITION,
        status=201,
        to_outsiders=403,
    ),
    Call(
        "change a definition",
        "patch",
        lambda w: f"kpi-definitions/{w.definition.pk}/",
        MANAGER,
        lambda w: {"unit": "h"},
        to_outsiders=403,
    ),
    Call(
        "archive a definition",
        "post",
        lambda w: f"kpi-definitions/{w.definition.pk}/archive/",
        MANAGER,
        to_outsiders=403,
    ),
    Call(
        "say what a pilot costs and brings",
        "put",
        lambda w: f"pilots/{w.pilot.key}/outlook/",
        KEEPERS,
        outlook_of,
    ),
    Call("define a KPI", "post", lambda w: "kpis/", KEEPERS, kpi_of, status=201, to_outsiders=400),
    Call("edit a KPI", "patch", lambda w: f"kpis/{w.kpi.pk}/", KEEPERS, lambda w: {"cadence_days": 7}),
    Call("archive a KPI", "post", lambda w: f"kpis/{w.kpi.pk}/archive/", KEEPERS),
    Call(
        "annotate a KPI",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/annotations/",
        ANNOTATORS,
        lambda w: {"on": days_ago(1).isoformat(), "text": "Price change."},
        status=201,
    ),
    Call(
        "edit a note",
        "patch",
        lambda w: f"kpis/{w.kpi.pk}/annotations/{w.note.pk}/",
        ANNOTATORS,
        lambda w: {"text": "Test set v5."},
    ),
    Call(
        "remove a note",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/annotations/{w.note.pk}/remove/",
        ANNOTATORS,
        status=204,
    ),
    Call(
        "record a reading",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/measurements/",
        KEEPERS,
        lambda w: {"value": "13.25", "measured_at": f"{days_ago(1)}T10:00:00Z"},
        status=201,
    ),
    Call(
        "record many readings",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/measurements/bulk/",
        KEEPERS,
        lambda w: {"readings": [{"value": "13.25", "measured_at": f"{days_ago(1)}T10:00:00Z"}]},
    ),
    Call(
        "supersede a reading",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/measurements/{w.reading.pk}/supersede/",
        KEEPERS,
        lambda w: {"value": "13.25", "reason": "Two digits were swapped."},
        status=201,
    ),
    Call(
        "take a reading back",
        "post",
        lambda w: f"kpis/{w.kpi.pk}/measurements/{w.reading.pk}/take-back/",
        KEEPERS,
        lambda w: {"reason": "It was of another team."},
    ),
)
