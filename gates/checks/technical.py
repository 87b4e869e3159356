"""Checks over what a pilot connects to, where its data comes from, and which shortcuts it took."""

from collections import defaultdict
from collections.abc import Iterable

from django.db.models import QuerySet

from gates.checks.registry import Failures, check
from pilots.choices import DataAccess, IntegrationState, Method, Refresh, Supply
from pilots.imports.spelling import listed
from pilots.models import DataSource, Debt, Entry, Integration

SYSTEMS, DATA, DEBT = ("integrations",), ("data",), ("debt",)


def _empty(pilots: QuerySet, entries: QuerySet, why: str) -> Failures:
    """Pilots without any of these entries. One query."""
    return dict.fromkeys(pilots.exclude(pk__in=entries.values("pilot")).values_list("pk", flat=True), why)


def _faulty(entries: Iterable[Entry], why: str) -> Failures:
    """Pilots with such entries, named by these. One query."""
    names = defaultdict(list)
    for entry in entries:
        names[entry.pilot_id].append(str(entry))
    return {pk: f"{why}: {listed(faulty, 3)}." for pk, faulty in names.items()}


@check(fix="List the systems it must work with.", page="pilots:register", args=SYSTEMS)
def systems_listed(pilots, today) -> Failures:
    return _empty(pilots, Integration.objects.live(), "No system is listed that it must work with.")


@check(fix="Bring every integration live.", page="pilots:register", args=SYSTEMS)
def integrations_live(pilots, today) -> Failures:
    """Two queries."""
    entries = Integration.objects.live()
    waiting = entries.filter(pilot__in=pilots).exclude(state=IntegrationState.LIVE)
    none = _empty(pilots, entries, "No system is listed that it must work with.")
    return none | _faulty(waiting, "Not live yet")


@check(fix="Automate every data source.", page="pilots:register", args=DATA)
def pipelines_automated(pilots, today) -> Failures:
    """Two queries."""
    entries = DataSource.objects.live()
    carried = entries.filter(pilot__in=pilots).exclude(supply=Supply.AUTOMATED, access=DataAccess.LIVE)
    return _empty(pilots, entries, "No data source is listed.") | _faulty(
        carried, "Not automated with live access"
    )


@check(fix="Connect what is re-keyed by hand.", page="pilots:register", args=SYSTEMS)
def nothing_rekeyed(pilots, today) -> Failures:
    """One query."""
    return _faulty(
        Integration.objects.live().filter(pilot__in=pilots, method=Method.MANUAL), "Re-keyed by hand"
    )


@check(fix="Let every data source come by itself.", page="pilots:register", args=DATA)
def data_comes_by_itself(pilots, today) -> Failures:
    """One query."""
    return _faulty(
        DataSource.objects.live().filter(pilot__in=pilots, supply=Supply.BY_HAND), "Supplied by hand"
    )


@check(fix="Say how each data source is refreshed.", page="pilots:register", args=DATA)
def data_is_refreshed(pilots, today) -> Failures:
    """One query."""
    return _faulty(DataSource.objects.live().filter(pilot__in=pilots, refresh=Refresh.STATIC), "A fixed set")


@check(fix="Get live access to every data source.", page="pilots:register", args=DATA)
def data_access_live(pilots, today) -> Failures:
    """One query."""
    closed = DataSource.objects.live().filter(pilot__in=pilots).exclude(access=DataAccess.LIVE)
    return _faulty(closed, "Without live access")


@check(fix="Log the shortcuts with their effort.", page="pilots:register", args=DEBT)
def shortcuts_logged(pilots, today) -> Failures:
    """Two queries."""
    unsized = Debt.objects.live().filter(pilot__in=pilots, effort_days__isnull=True)
    none = _empty(pilots, Debt.objects.standing(), "No shortcut is logged; every pilot takes some.")
    return none | _faulty(unsized, "Without an effort")


@check(fix="Pay back what is due.", page="pilots:register", args=DEBT)
def debt_due_paid(pilots, today) -> Failures:
    """One query."""
    due = Debt.objects.live().filter(pilot__in=pilots, pay_back_on__lt=today)
    return _faulty(due, "Past its pay-back day")
