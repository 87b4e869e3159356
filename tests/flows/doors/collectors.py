"""From where the readings of KPIs are collected, and which private hosts may be asked."""

from tests.flows.doors.door import SIGNED_IN, Door, of_pilot
from tests.flows.doors.metrics import of_kpi
from tests.flows.scene import Scene
from tests.roles import EDITORS

ADMINISTRATORS = ("administrator",)


def of_collector(s: Scene):
    return of_pilot(s) | {"pk": s.collector.kpi_id}


def of_json(s: Scene):
    return of_kpi(s) | {"kind": "json"}


def of_host(s: Scene):
    return {"pk": s.host.pk}


def source_body(s: Scene):
    return {
        "url": "https://metrics.example.com/kpi.json",
        "path": "cost",
        "time_path": "",
        "unit": s.kpi.unit,
        "every_hours": "24",
        "sign_in": "bearer",
        "sign_in_name": "",
        "secret": "token-of-the-scene",
    }


def other_source(s: Scene):
    return source_body(s) | {"unit": s.collector.unit, "sign_in": "none", "secret": ""}


def host_body(_: Scene):
    return {"entry": "metrics.intra.example.org", "reason": "The operations team's Prometheus."}


DOORS = (
    Door("metrics:collector", args=of_collector),
    Door("metrics:collector_choose", "get", EDITORS, of_kpi),
    Door("metrics:collector_new", "get", EDITORS, of_json),
    Door("metrics:collector_new", "post", EDITORS, of_json, source_body, 302, is_form=True),
    Door("metrics:collector_edit", "get", EDITORS, of_collector),
    Door("metrics:collector_edit", "post", EDITORS, of_collector, other_source, 302, is_form=True),
    Door("metrics:collector_pause", "post", EDITORS, of_collector, status=302),
    Door("metrics:collector_resume", "post", EDITORS, of_collector, status=302),
    Door("metrics:collector_remove", "post", EDITORS, of_collector, status=302),
    Door("metrics:collectors", allowed=SIGNED_IN),
    Door("metrics:allowed_hosts", "get", ADMINISTRATORS, hidden=403),
    Door(
        "metrics:allowed_hosts", "post", ADMINISTRATORS, body=host_body, status=302, hidden=403, is_form=True
    ),
    Door("metrics:host_disallow", "post", ADMINISTRATORS, of_host, status=302, hidden=403),
)
