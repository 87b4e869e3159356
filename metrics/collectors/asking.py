"""Asking a source, now: under the limits of this server, and never inside a transaction."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from time import monotonic
from traceback import format_tb
from typing import Any

from django.conf import settings
from django.utils import timezone

from metrics.models import AllowedHost, Collector
from metrics.rules import as_kept, measurement_problems
from metrics.sources.choices import FailureKind
from metrics.sources.collecting import collect
from metrics.sources.failures import NotCollected
from metrics.sources.fetching import Limits
from metrics.sources.recipes import recipe_of
from metrics.sources.sign_in import SignIn
from metrics.sources.values import Reading
from pilots.secrets import WrongKey, decrypt

logger = logging.getLogger(__name__)

BROKEN = "Pilotage cannot read this answer, through a fault of its own; its log says where."


@dataclass(frozen=True)
class Source:
    """What is asked, with all that it takes; plain values only, so that a thread can hold it."""

    kind: str
    url: str
    recipe: Mapping[str, Any]
    unit: str  # of the source
    kpi_unit: str
    sign_in: SignIn = field(default_factory=SignIn)
    fault: NotCollected | None = None  # why this cannot be asked at all


@dataclass(frozen=True)
class Answered:
    """What came of asking: a reading or a failure."""

    milliseconds: int
    reading: Reading | None = None
    failure: NotCollected | None = None


def source_of(collector: Collector) -> Source:
    """What this collector asks; its KPI must be loaded."""
    fault, secret = None, ""
    try:
        secret = decrypt(collector.secret) if collector.secret else ""
    except WrongKey as wrong:
        fault = NotCollected(FailureKind.KEY, str(wrong))
    return Source(
        kind=collector.kind,
        url=collector.url,
        recipe=collector.recipe,
        unit=collector.unit,
        kpi_unit=collector.kpi.unit,
        sign_in=SignIn(collector.sign_in, collector.sign_in_name, secret) if secret else SignIn(),
        fault=fault,
    )


def usual_limits() -> Limits:
    """What one collection may take here, and the private hosts that administrators allow. One query."""
    allowed = frozenset(AllowedHost.objects.values_list("entry", flat=True))
    return Limits(allowed=allowed, ca_file=settings.COLLECTORS_CA_FILE)


def ask(source: Source, *, limits: Limits, now: datetime, zone: tzinfo) -> Answered:
    """Ask one source once; `now` and `zone` as `collect` takes them. Touches no database. Never raises."""
    began = monotonic()
    try:
        reading = _asked(source, limits, now, zone)
    except NotCollected as failure:
        return Answered(_since(began), failure=failure)
    except Exception as error:  # one answer that nobody thought of must not hold up all the others
        # Where it broke, without its message: that may hold what was sent.
        where = "".join(format_tb(error.__traceback__))
        logger.error("A collector broke with %s:\n%s", type(error).__name__, where)
        return Answered(_since(began), failure=NotCollected(FailureKind.UNREADABLE, BROKEN))
    return Answered(_since(began), reading)


def _asked(source: Source, limits: Limits, now: datetime, zone: tzinfo) -> Reading:
    if source.fault:
        raise source.fault
    if problem := unit_problem(source.unit, kpi_unit=source.kpi_unit):
        raise NotCollected(FailureKind.UNIT, problem)
    recipe = recipe_of(source.kind, source.recipe)
    reading = collect(source.url, recipe, now=now, zone=zone, sign_in=source.sign_in, limits=limits)
    on = timezone.localdate(reading.measured_at)
    if problems := measurement_problems(value=reading.value, measured_on=on, today=timezone.localdate(now)):
        sentence = " ".join(problems.values())
        raise NotCollected(FailureKind.REFUSED, sentence, excerpt=reading.excerpt, size=reading.size)
    return replace(reading, value=as_kept(reading.value))


def unit_problem(unit: str, *, kpi_unit: str) -> str:
    """Why a source that counts in this unit cannot bring readings of the KPI; "" means it can."""
    if unit.strip() == kpi_unit.strip():
        return ""
    return f"The source counts in {unit.strip()}, the KPI in {kpi_unit}. Readings would mean something else."


def _since(began: float) -> int:
    return round((monotonic() - began) * 1000)
