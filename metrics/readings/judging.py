"""What the readings of a KPI say of it, kept on the KPI at each change so that no page or check reads a series.

How old the newest reading is changes by time alone, so nothing kept here knows it: whoever shows or uses it asks
for freshness as well.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from metrics.choices import Direction
from metrics.models import Kpi, Measurement
from metrics.points import Reading, Say, Target
from metrics.queries import with_unit
from metrics.rules import Aim
from metrics.trend import trend
from metrics.verdict import Verdict, verdict
from pilots.models import Pilot

LATEST = ("latest_value", "latest_at", "fresh_until")
JUDGED = ("at_target_since", "judgement", "degrading_since", "trend_note")
CHUNK = 500  # KPIs held and written at a time


def judge(kpi: Kpi) -> None:
    """Work out anew what the readings of this locked KPI say, and save it with the newest reading. One query
    for the readings, one to save.
    """
    counting = kpi.measurements.counting()
    if kpi.counts_from is not None:
        midnight = timezone.make_aware(datetime.combine(kpi.counts_from, time.min))
        counting = counting.filter(measured_at__gte=midnight)
    found = counting.order_by("measured_at", "pk").values_list("measured_at", "value")
    put_judgement(kpi, [Reading(timezone.localdate(at), value) for at, value in found.iterator()])
    kpi.save(update_fields=[*LATEST, *JUDGED])


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


def put_judgement(kpi: Kpi, readings: Iterable[Reading]) -> None:
    """Write on a KPI what these readings, each with its day, say of it. Not saved."""
    target = target_of(kpi.aim)
    counted = [one for one in readings if kpi.counts_from is None or one.at >= kpi.counts_from]
    kpi.at_target_since = kpi.degrading_since = None
    kpi.judgement = kpi.trend_note = ""
    since = kpi.counts_from or min((one.at for one in counted), default=None)
    if target is None or since is None:
        return

    def say(value) -> str:
        return with_unit(value, kpi.unit)

    found = verdict(counted, target, since=since, say=say)
    kpi.at_target_since, kpi.judgement = found.closed_on, _in_words(found)
    _put_trend(kpi, counted, target, say)


def _put_trend(kpi: Kpi, readings: list[Reading], target: Target, say: Say) -> None:
    going = trend(readings, target, baseline=kpi.baseline, say=say)
    if going.is_degrading:
        kpi.degrading_since, kpi.trend_note = going.since, going.sentence


def _in_words(found: Verdict) -> str:
    if found.closed:
        return found.summary
    more = f"About {found.more} more like these would be enough." if found.more else ""
    return " ".join([*found.reasons, more]).strip()


def target_of(aim: Aim) -> Target | None:
    """What readings are judged against; None where no target is set."""
    if aim.target is None:
        return None
    if aim.direction == Direction.WITHIN:
        return Target(aim.target, aim.target if aim.target_high is None else aim.target_high)
    return Target(low=aim.target) if aim.direction == Direction.HIGHER else Target(high=aim.target)


@transaction.atomic
def _judge_chunk(ids: list[int]) -> int:
    locked = Kpi.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=ids).order_by("pk")
    kpis = {kpi.pk: kpi for kpi in locked}
    before = {pk: _judged(kpi) for pk, kpi in kpis.items()}
    unread = dict(kpis)
    for pk, readings in _readings_by_kpi(ids):
        put_judgement(unread.pop(pk), readings)
    for kpi in unread.values():
        put_judgement(kpi, ())
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
