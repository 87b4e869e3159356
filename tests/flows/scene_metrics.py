"""What the scene of page tests has of KPIs and value."""

from datetime import UTC, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from metrics.annotations.actions import annotate_kpi
from metrics.collectors.actions.runs import claim_due, finish
from metrics.collectors.asking import ask
from metrics.models import Collector, ReadingFile
from metrics.sources.fetching import Limits
from metrics.uploads.actions import keep_file
from metrics.uploads.queries import Meant, Scope
from metrics.uploads.rows import Fault
from metrics.value.actions import create_pool
from pilots.models import Pilot, User
from tests.builders import (
    bring,
    days_ago,
    make_benefit,
    make_budget,
    make_collector,
    make_definition,
    make_kpi,
    measure,
)


def value_of(pilot: Pilot, people: dict[str, User]) -> dict[str, Any]:
    benefit = make_benefit(pilot, unit="hours", rate=Decimal(42), rate_source="HR, 2026")
    manager = people["programme_manager"]
    return {
        "benefit": benefit,
        "line": make_budget(pilot, "integration", 5_000, months=3),
        "pool": create_pool(programme=pilot.programme, name="Fewer calls", by=manager),
        "month": bring(benefit, days_ago(40), "1200", band="attributed", by=people["owner"]),
    }


def measured_of(pilot: Pilot, owner: User) -> dict[str, Any]:
    """A KPI with four readings and a note, that follows a definition; and one without any."""
    method = "Invoices read without correction, per person."
    kpi = make_kpi(pilot, "Invoices per hour", definition=method, follows=make_definition(method=method))
    for days, value in ((90, "11"), (60, "13"), (30, "16"), (2, "17.5")):
        measure(kpi, value, on=days_ago(days), by=owner)
    make_kpi(pilot, "Wrong totals", unit="%", direction="lower", target=None, target_on=None)
    note = annotate_kpi(kpi=kpi, on=days_ago(12), text="Scanner replaced.", by=owner)
    return {"kpi": kpi, "note": note}


def collected_of(pilot: Pilot, owner: User) -> Collector:
    """Of the KPI without a reading: its address is private, and nobody has allowed it."""
    collector = make_collector(pilot.kpis.get(name="Wrong totals"), by=owner)
    (claim,) = claim_due(now=timezone.now())
    finish(claim=claim, answered=ask(claim.source, limits=Limits(), now=timezone.now(), zone=UTC))
    return collector


def sent_of(pilot: Pilot, by: User) -> ReadingFile:
    """For the measured KPI: a new reading, one in conflict, and a row with an error."""
    kpi = pilot.kpis.get(name="Invoices per hour")
    taken = kpi.measurements.latest("measured_at").measured_at
    rows = [
        [2, kpi.pk, "18", (taken - timedelta(days=1)).isoformat(), 40, ""],
        [3, kpi.pk, "1", taken.isoformat(), None, ""],
    ]
    meant = Meant(rows, [Fault(4, "Value", "“much” is not a number.")])
    return keep_file(meant=meant, notes=[], name="readings.csv", scope=Scope(by, pilot, kpi))
