"""From where the readings of KPIs are collected, and which private hosts may be asked."""

from typing import Any

from tests.api.calls.call import Call
from tests.api.world import World
from tests.roles import EDITORS

ADMINISTRATORS = ("administrator",)
PRIVATE = "http://10.1.2.3:8080/kpi.json"  # never asked: nobody has allowed it


def source_of(world: World) -> dict[str, Any]:
    return {
        "kpi": world.kpi.pk,
        "kind": "json",
        "url": PRIVATE,
        "recipe": {"path": "cost"},
        "unit": world.kpi.unit,
        "sign_in": "bearer",
        "secret": "letmein-5f3a",
    }


READS = (
    Call("show a collector", "get", lambda w: f"collectors/{w.collector.pk}/"),
    Call("list allowed hosts", "get", lambda w: "allowed-hosts/", ADMINISTRATORS, to_outsiders=403),
)
WRITES = (
    Call(
        "collect readings", "post", lambda w: "collectors/", EDITORS, source_of, status=201, to_outsiders=400
    ),
    Call("try a source", "post", lambda w: "collectors/try/", EDITORS, source_of, to_outsiders=400),
    Call("try a collector", "post", lambda w: f"collectors/{w.collector.pk}/try/", EDITORS),
    Call(
        "change a collector",
        "patch",
        lambda w: f"collectors/{w.collector.pk}/",
        EDITORS,
        lambda w: {"every_hours": 6},
    ),
    Call("pause a collector", "post", lambda w: f"collectors/{w.collector.pk}/pause/", EDITORS),
    Call("resume a collector", "post", lambda w: f"collectors/{w.collector.pk}/resume/", EDITORS),
    Call("remove a collector", "post", lambda w: f"collectors/{w.collector.pk}/remove/", EDITORS, status=204),
    Call(
        "allow a host",
        "post",
        lambda w: "allowed-hosts/",
        ADMINISTRATORS,
        lambda w: {"entry": "metrics.intra:9090", "reason": "Prometheus."},
        status=201,
        to_outsiders=403,
    ),
    Call(
        "disallow a host",
        "post",
        lambda w: f"allowed-hosts/{w.host.pk}/remove/",
        ADMINISTRATORS,
        status=204,
        to_outsiders=403,
    ),
)
