"""Asking whatever is due: claim rows, ask outside any transaction, write down what came.

Safe to run twice, late or half: a row is in one worker's hands at a time, what a worker brings after its lease has
ended or the collector has changed is thrown away, and the same reading is recorded once.
"""

import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic

from django.db import transaction
from django.utils import timezone

from metrics import events
from metrics.choices import Source as ReadingSource
from metrics.collectors.asking import Answered, Source, ask, source_of, usual_limits
from metrics.models import Collector, CollectorRun, Kpi
from metrics.readings.actions import lock_to_record, record_measurement
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from metrics.sources.rules import next_try, owner_hears, pauses
from metrics.sources.values import Reading
from pilots import clock
from pilots.events import Changes, record
from pilots.rules import RuleViolation

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # much longer than a round can take
ROUND = 16  # collectors claimed at a time
AT_ONCE = 8  # asked side by side
SPENT = 40.0  # seconds after which no further round begins: the clock starts another task each minute
KEPT = 50  # runs of each collector


@dataclass(frozen=True)
class Claim:
    """A collector in this worker's hands until `leased_until`, which nobody else's lease ends at."""

    pk: int
    kpi_id: int
    leased_until: datetime
    source: Source


def collect_due() -> int:
    """Ask for every collector that is due, round by round. Returns how many were asked."""
    end, asked = monotonic() + SPENT, 0
    while claims := claim_due(now=clock.now()):
        for claim, answered in zip(claims, _ask_all(claims), strict=True):
            _finish_or_log(claim, answered)
        asked += len(claims)
        if monotonic() >= end:
            break
    return asked


@transaction.atomic
def claim_due(*, now: datetime) -> list[Claim]:
    """Take up to a round of due collectors in hand, each for one worker only. Two queries."""
    due = Collector.objects.due(now).select_related("kpi").order_by("due_at", "pk")
    found = list(due.select_for_update(skip_locked=True, of=("self",), no_key=True)[:ROUND])
    until = now + LEASE
    Collector.objects.filter(pk__in=[one.pk for one in found]).update(leased_until=until)
    return [Claim(one.pk, one.kpi_id, until, source_of(one)) for one in found]


def _ask_all(claims: Sequence[Claim]) -> list[Answered]:
    """Side by side, so that one slow server holds up nobody. The threads touch no database."""
    limits, now, zone = usual_limits(), clock.now(), timezone.get_default_timezone()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        return list(threads.map(lambda claim: ask(claim.source, limits=limits, now=now, zone=zone), claims))


def _finish_or_log(claim: Claim, answered: Answered) -> None:
    """What goes wrong with one keeps no other from being written down; its lease ends, and it is asked again."""
    try:
        finish(claim=claim, answered=answered)
    except Exception:
        logger.exception("What collector %s brought could not be written down.", claim.pk)


@transaction.atomic
def finish(*, claim: Claim, answered: Answered) -> CollectorRun | None:
    """Write down what came of a claim, and say when to ask next. None where it is no longer this worker's."""
    kpi = Kpi.objects.filter(pk=claim.kpi_id).first()
    if kpi is None:
        return None
    kpi = lock_to_record(kpi)
    mine = Collector.objects.select_for_update(of=("self",), no_key=True)
    collector = mine.filter(pk=claim.pk, leased_until=claim.leased_until).first()
    if collector is None:
        return None
    collector.kpi, collector.leased_until = kpi, None
    run = _written(collector, answered)
    if run.failure:
        _note_failure(collector, run, answered.failure)
    else:
        _note_success(collector, run)
    collector.save()
    _keep_newest(collector)
    return run


def _written(collector: Collector, answered: Answered) -> CollectorRun:
    run = CollectorRun(collector=collector, at=clock.now(), milliseconds=answered.milliseconds)
    failure, reading = answered.failure, answered.reading
    if reading is not None:
        try:
            run.readings = _recorded(collector, reading)
        except RuleViolation as refused:
            sentence = (
                f"{refused} The source says {reading.value} for {reading.measured_at:%Y-%m-%d %H:%M %Z}."
            )
            failure = NotCollected(FailureKind.REFUSED, sentence, excerpt=reading.excerpt, size=reading.size)
        else:
            run.value, run.measured_at = reading.value, reading.measured_at
            run.excerpt, run.size = _kept(reading.excerpt), reading.size
    if failure is not None:
        run.failure, run.sentence = failure.kind, _kept(failure.sentence)
        run.excerpt, run.size = _kept(failure.excerpt), failure.size
    run.save()
    return run


def _recorded(collector: Collector, reading: Reading) -> int:
    """How many readings are new by this one: 1, or 0 where it was there already. Raises RuleViolation."""
    at, source = reading.measured_at, ReadingSource.COLLECTOR
    before = collector.kpi.measurements.filter(measured_at=at, source=source).count()
    with transaction.atomic():
        record_measurement(kpi=collector.kpi, value=reading.value, measured_at=at, source=source, by=None)
    return collector.kpi.measurements.filter(measured_at=at, source=source).count() - before


def _kept(text: str) -> str:
    return text.replace("\x00", "\ufffd")  # PostgreSQL refuses NUL in a text


def _note_success(collector: Collector, run: CollectorRun) -> None:
    collector.failures, collector.failing_since, collector.is_told = 0, None, False
    collector.last_success = run
    collector.due_at = next_try(0, run.at, collector.cadence)


def _note_failure(collector: Collector, run: CollectorRun, failure: NotCollected | None) -> None:
    """When to try again, or to pause; and whether the owner hears of it now."""
    collector.failures += 1
    collector.failing_since = collector.failing_since or run.at
    collector.last_failure = run
    may_pass = failure is not None and failure.worth_retrying
    collector.due_at = next_try(
        collector.failures, run.at, collector.cadence, worth_retrying=may_pass, seed=str(collector.pk)
    )
    if pauses(collector.failures, collector.failing_since, run.at):
        collector.paused_at, collector.is_told = run.at, True
        _tell(events.COLLECTOR_PAUSED, collector, run, {"paused": [False, True]})
    elif owner_hears(collector.failures, worth_retrying=may_pass, told=collector.is_told):
        collector.is_told = True
        _tell(events.COLLECTOR_FAILED, collector, run, {})


def _tell(type_: str, collector: Collector, run: CollectorRun, changes: Changes) -> None:
    since = collector.failing_since or run.at
    record(
        type_,
        subject=collector,
        pilot=collector.kpi.pilot,
        actor=None,
        changes=changes,
        kpi=collector.kpi.name,
        reason=run.sentence,
        failures=collector.failures,
        failing_since=since.isoformat(),
    )


def _keep_newest(collector: Collector) -> None:
    """Only the newest runs are kept, and the last success and failure however old they are."""
    newest = collector.runs.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    pointed_at = [collector.last_success_id, collector.last_failure_id]
    kept = [*newest, *(pk for pk in pointed_at if pk is not None)]
    collector.runs.exclude(pk__in=kept).delete()
