"""What the readings of a KPI say of it, kept on the KPI at each change so that no page or check reads a series.

How old the newest reading is changes by time alone, so nothing kept here knows it: whoever shows or uses it asks
for freshness as well.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from metrics.choices import KpiKind
from metrics.models import AskedTerms, Kpi, Measurement, Tally
from metrics.points import Reading, Say, Target
from metrics.queries import with_unit
from metrics.readings.tallies import first_day, fits, latest_of, new_tally, replace_tallies, target_of
from metrics.trend import trend
from metrics.verdict import USUAL, Terms, Verdict, verdict
from pilots.models import Pilot

LATEST = ("latest_value", "latest_at", "fresh_until")
JUDGED = ("at_target_since", "judgement", "degrading_since", "trend_note")
CHUNK = 500  # KPIs held and written at a time


def judge(kpi: Kpi, *, changed_on: date | None = None) -> None:
    """Work out anew what the readings of this locked KPI say, and save it with the newest reading.

    `changed_on` is the earliest day on which a reading is new, changed or gone: with it only those after the
    KPI's tally are read, some hundreds at most besides those of its last days. None: all are read.
    """
    terms = _terms_of([kpi.pilot_id]).get((kpi.pilot_id, kpi.kind), USUAL)
    kept = Tally.objects.filter(kpi=kpi).first()
    tally = kept if kept and changed_on and fits(kept, kpi, terms, changed_on=changed_on) else None
    readings = _readings(kpi, tally)
    put_judgement(kpi, readings, tally, terms)
    following = new_tally(kpi, readings, tally, terms)
    if following or kept is not tally:
        replace_tallies([kpi.pk], [following] if following else [])
    kpi.save(update_fields=[*LATEST, *JUDGED])


def _terms_of(pilots: Collection[int]) -> dict[tuple[int, str], Terms]:
    """Pilot id and kind → the terms asked for, where they are not the usual ones. One query."""
    return {(row.pilot_id, row.kind): row.terms for row in AskedTerms.objects.filter(pilot__in=pilots)}


def _readings(kpi: Kpi, tally: Tally | None) -> list[Reading]:
    """The readings that count, each with its day; only those after the tally where there is one."""
    if kpi.target is None:
        return []  # nothing to hold them against
    counting = kpi.measurements.counting()
    first = tally.until + timedelta(days=1) if tally else kpi.counts_from
    if first is not None:
        midnight = timezone.make_aware(datetime.combine(first, time.min))
        counting = counting.filter(measured_at__gte=midnight)
    found = counting.order_by("measured_at", "pk").values_list("measured_at", "value")
    return [Reading(timezone.localdate(at), value) for at, value in found.iterator()]


def judge_all(kpis) -> int:
    """Judge these KPIs (a QuerySet), so many at a time. Returns how many said something else before."""
    ids = list(kpis.order_by("pk").values_list("pk", flat=True))
    return sum(_judge_chunk(ids[start : start + CHUNK]) for start in range(0, len(ids), CHUNK))


def begin_counting(pilot: Pilot, on: date) -> None:
    """The pilot enters its second phase: readings count from this day on, or from a later one said before."""
    kpis = pilot.kpis.listed()
    kpis.filter(counts_from__isnull=True).update(counts_from=on)
    kpis.filter(counts_from__lt=on).update(counts_from=on)
    judge_all(kpis)


def put_judgement(
    kpi: Kpi, readings: Iterable[Reading], tally: Tally | None = None, terms: Terms = USUAL
) -> None:
    """Write on a KPI what these readings, each with its day, say of it, after those of its tally. Not saved."""
    target = target_of(kpi.aim)
    counted = [one for one in readings if kpi.counts_from is None or one.at >= kpi.counts_from]
    kpi.at_target_since = kpi.degrading_since = None
    kpi.judgement = kpi.trend_note = ""
    since = tally.since if tally else first_day(kpi, counted)
    if target is None or since is None:
        return

    def say(value) -> str:
        return with_unit(value, kpi.unit)

    if kpi.kind != KpiKind.GUARDRAIL:  # which goes by its newest reading alone: rules.reaches_target
        found = verdict(counted, target, terms, since=since, say=say, after=tally.memory if tally else None)
        kpi.at_target_since, kpi.judgement = found.closed_on, _in_words(found)
    _put_trend(kpi, [*latest_of(tally), *counted], target, say)


def _put_trend(kpi: Kpi, readings: list[Reading], target: Target, say: Say) -> None:
    going = trend(readings, target, baseline=kpi.baseline, say=say)
    if going.is_degrading:
        kpi.degrading_since, kpi.trend_note = going.since, going.sentence


def _in_words(found: Verdict) -> str:
    if found.closed:
        return found.summary
    more = f"About {found.more} more like these would be enough." if found.more else ""
    return " ".join([*found.reasons, more]).strip()


@transaction.atomic
def _judge_chunk(ids: list[int]) -> int:
    locked = Kpi.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    kpis = {kpi.pk: kpi for kpi in locked}
    before = {pk: _judged(kpi) for pk, kpi in kpis.items()}
    unread = dict(kpis)
    tallies = []
    asked = _terms_of({kpi.pilot_id for kpi in kpis.values()})
    for pk, readings in _readings_by_kpi(ids):
        kpi = unread.pop(pk)
        terms = asked.get((kpi.pilot_id, kpi.kind), USUAL)
        put_judgement(kpi, readings, terms=terms)
        tallies.append(new_tally(kpi, readings, None, terms))
    for kpi in unread.values():
        put_judgement(kpi, ())
    replace_tallies(ids, [tally for tally in tallies if tally is not None])
    changed = [kpi for pk, kpi in kpis.items() if _judged(kpi) != before[pk]]
    Kpi.objects.bulk_update(changed, JUDGED, batch_size=CHUNK)
    return len(changed)


def _judged(kpi: Kpi) -> tuple:
    return tuple(getattr(kpi, name) for name in JUDGED)


def _readings_by_kpi(ids: list[int]) -> Iterator[tuple[int, list[Reading]]]:
    """The counting readings of each KPI that has any, one KPI in memory at a time. One query."""
    rows = Measurement.objects.counting().filter(kpi_id__in=ids).order_by("kpi_id", "measured_at", "pk")
    found = rows.values_list("kpi_id", "measured_at", "value").iterator()
    for pk, group in groupby(found, key=itemgetter(0)):
        yield pk, [Reading(timezone.localdate(at), value) for _, at, value in group]
