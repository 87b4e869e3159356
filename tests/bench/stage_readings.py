"""Fills one throwaway database with readings and says, as JSON, which KPI's page to measure and where to record.

`python -m tests.bench.stage_readings READINGS` is a process of its own, because Django has one database in each. The
readings are of the same KPIs however many they are, so that each KPI has more of them.
"""

import json
import sys
from datetime import datetime, time, timedelta
from decimal import Decimal

import django

django.setup()

from django.db import connection, transaction  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from config.preparation import prepare  # noqa: E402
from metrics.choices import Source  # noqa: E402
from metrics.models import Kpi, Measurement  # noqa: E402
from metrics.readings.actions import show_as_newest  # noqa: E402
from metrics.readings.judging import judge  # noqa: E402
from tests.bench.goals import KPI_PAGE, RECORDING  # noqa: E402
from tests.bench.stage import keep_house, make_manager, queries, told  # noqa: E402
from tests.builders import make_kpi, make_pilot, make_programme  # noqa: E402

KPIS, KPIS_OF_PILOT = 200, 5


def main(readings: int) -> None:
    prepare(lambda said: print(said, file=sys.stderr))
    programme = make_programme("Readings")
    pilots = [make_pilot(programme) for _ in range(KPIS // KPIS_OF_PILOT)]
    kpis = [make_kpi(pilot, f"KPI {number}") for pilot in pilots for number in range(KPIS_OF_PILOT)]
    first, *others = kpis
    fill(first, readings // KPIS)
    for kpi in others:
        copy_readings(first, kpi)
    keep_house()
    page = reverse("metrics:kpi", args=[pilots[0].key, kpis[0].pk])
    manager = make_manager()
    staged = told(manager, [(KPI_PAGE, page)])
    paths = [reverse("measurement-list", args=[kpi.pk]) for kpi in kpis]
    found = queries(paths[0], manager, staged["token"], sent=reading)
    json.dump(staged | {"recording": {"name": RECORDING, "paths": paths, "queries": found}}, sys.stdout)


def reading() -> dict[str, str]:
    """One that is not there yet."""
    return {"value": "21.5", "measured_at": timezone.now().isoformat()}


@transaction.atomic
def fill(kpi: Kpi, count: int) -> None:
    """So many readings of a KPI, one a day until yesterday, judged as if they had been recorded."""
    today = timezone.localdate()
    days = (today - timedelta(days=count - index) for index in range(count))
    Measurement.objects.bulk_create(
        (
            Measurement(
                kpi=kpi,
                value=Decimal(15 + index * 7 % 11) + Decimal(index % 97) / 100,
                measured_at=timezone.make_aware(datetime.combine(day, time(12))),
                source=Source.API,
            )
            for index, day in enumerate(days)
        ),
        batch_size=1_000,
    )
    settle(kpi)


@transaction.atomic
def copy_readings(from_: Kpi, to: Kpi) -> None:
    """The same readings for another KPI, by the database itself: a million by Django take many minutes."""
    fields = [field.column for field in Measurement._meta.fields if not field.primary_key]
    columns = ", ".join(f'"{name}"' for name in fields)
    values = ", ".join("%s" if name == "kpi_id" else f'"{name}"' for name in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO metrics_measurement ({columns})"
            f" SELECT {values} FROM metrics_measurement WHERE kpi_id = %s",
            [to.pk, from_.pk],
        )
    settle(to)


def settle(kpi: Kpi) -> None:
    show_as_newest(kpi, kpi.measurements.first())
    judge(kpi)


if __name__ == "__main__":
    main(int(sys.argv[1]))
