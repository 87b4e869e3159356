"""What a pack holds of KPIs and money, as plain JSON values. Amounts are in words, as they were shown."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from metrics.models import Kpi
from metrics.queries import FIELDS, JUDGED, Standing, standings
from metrics.readings.queries import Points, series
from metrics.value.queries import money_of
from metrics.value.queries.plan import plan_of
from metrics.value.queries.suggestion import USUAL_HORIZON
from metrics.value.queries.words import Figures
from metrics.value.rules import amount_in_words, last_day_counted
from pilots.models import Pilot

READINGS = 12  # of each KPI

Content = dict[str, Any]


def kpis(pilot: Pilot, today: date) -> list[Content]:
    found = standings(Kpi.objects.filter(pilot=pilot), today=today)
    readings = series([kpi.pk for kpi in found], limit=READINGS)
    return [_kpi(kpi, readings[kpi.pk]) for kpi in found]


def _kpi(kpi: Standing, readings: Points) -> Content:
    shown: Mapping[str, Any] = {
        name: getattr(kpi, name) for name in (*FIELDS, *JUDGED, "latest", "latest_on", "state")
    }
    return {name: _plain(value) for name, value in shown.items()} | {
        "readings": [[day(on), _number(value)] for on, value in readings]
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, date):
        return day(value)
    return value if value is None or isinstance(value, int) else str(value)


def money(pilot: Pilot, today: date) -> Content | None:
    """What going on costs and brings, in the words of its page. What was spent stands apart."""
    found = money_of(pilot, today=today)
    if found is None:
        return None
    outlook = found.outlook
    return {
        "cost": found.cost,
        "value": found.value,
        "net": found.net,
        "is_gain": found.is_gain,
        "horizon_months": outlook.horizon_months,
        "as_of": day(outlook.as_of),
        "is_stale": found.is_stale,
        "basis": outlook.basis,
        "spent": found.spent,
    }


def plan(pilot: Pilot, today: date) -> Content | None:
    """What benefits and budget say, in words. What was spent stands apart, as in `_money`."""
    said = getattr(pilot, "outlook", None)
    found = plan_of(pilot, horizon=said.horizon_months if said else USUAL_HORIZON, today=today)
    if found is None:
        return None
    to_go = found.to_go
    return {
        "currency": pilot.programme.currency,
        "as_of": day(today),
        "to_date": day(last_day_counted(today)),
        "budget": [[line.label, line.plan] for line in found.kinds],
        "budget_total": found.total.plan if found.total else "",
        "sum": found.sum,
        "flag": found.flag,
        "is_within": found.is_within,
        "cost_to_go": amount_in_words(to_go.cost_to_go) if to_go else "",
        "cost_sum": to_go.cost_sum if to_go else "",
        "value_to_go": amount_in_words(to_go.value_to_go) if to_go else "",
        "value_sum": to_go.value_sum if to_go else "",
        "is_loss": to_go.is_loss if to_go else False,
        "horizon_months": to_go.horizon_months if to_go else 0,
        "benefits": [_benefit(figures) for figures in (found.money, found.hours) if figures],
        "spent": found.total.actual if found.total else "",
        "spent_due": found.total.due if found.total else "",
    }


def _benefit(found: Figures) -> Content:
    return {
        "unit": found.unit,
        "expected": found.due,
        "actual": found.actual,
        "gap": found.gap,
        "is_behind": found.is_behind,
        "bands": [[row.label, row.net] for row in found.rows],
    }


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: Decimal | None) -> str | None:
    if value is None:
        return None
    return f"{value.normalize():f}" if value else "0"
