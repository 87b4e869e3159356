"""Two workers at once, on a database with row locks: each collector that is due is asked by one of them."""

from collections import Counter

import pytest

from metrics.collectors.actions import runs
from metrics.collectors.actions.hosts import allow_host
from metrics.collectors.actions.runs import collect_due
from metrics.models import Collector, CollectorRun, Measurement
from pilots.choices import Role
from tests.at_once import at_once, errors
from tests.builders import join, make_collector, make_kpi, make_pilot, make_programme, make_user
from tests.metrics.sources.servers import Page, serving

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]
MANY = 12


@pytest.fixture
def server():
    with serving({f"/{number}": Page(f'{{"cost": {number}}}') for number in range(MANY)}) as running:
        yield running


def test_two_workers_take_each_due_collector_once(server, monkeypatch):
    monkeypatch.setattr(runs, "ROUND", 3)  # so that both come back for more
    programme = make_programme()
    olga = join(make_user(), programme, Role.OWNER)
    allow_host(entry=server.entry, reason="Of the test.", by=olga)
    for number in range(MANY):
        kpi = make_kpi(make_pilot(programme, owner=olga, title=f"Pilot {number}"))
        make_collector(kpi, server.url(f"/{number}"), by=olga)

    asked = at_once(collect_due, collect_due)

    assert errors(asked) == []
    assert sum(asked) == MANY
    assert Counter(path for path, _ in server.asked) == {f"/{number}": 1 for number in range(MANY)}
    assert Measurement.objects.count() == CollectorRun.objects.count() == MANY
    assert not Collector.objects.filter(leased_until__isnull=False).exists()
