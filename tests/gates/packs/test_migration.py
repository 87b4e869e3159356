"""Packs from before each kept its request: each learns of the one that was under way."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from gates.models import DecisionPack
from tests.builders import make_gate, make_user
from tests.gates.packs.conftest import BERLIN

BEFORE = [("gates", "0017_decision_packs")]
NOON = datetime(2026, 11, 20, 12, tzinfo=BERLIN)


@pytest.mark.either  # rows are changed through models
@pytest.mark.django_db(transaction=True)
def test_packs_find_the_request_under_way_when_they_were_frozen():
    gate, olga = make_gate(), make_user()
    executor = MigrationExecutor(connection)
    latest = executor.loader.graph.leaf_nodes()
    executor.migrate(BEFORE)
    old = executor.loader.project_state(BEFORE).apps
    turn, pack = old.get_model("gates", "ReviewTurn").objects, old.get_model("gates", "DecisionPack").objects
    steps = ("requested", "sent_back", "requested")
    turns = [
        turn.create(gate_id=gate.pk, step=step, said="So.", by_id=olga.pk, at=NOON + timedelta(hours=hour))
        for hour, step in enumerate(steps)
    ]
    for number, minutes in enumerate((-30, 30, 90, 150), start=1):  # around the three turns
        pack.create(
            gate_id=gate.pk,
            number=number,
            frozen_at=NOON + timedelta(minutes=minutes),
            freeze_on=timezone.localdate(NOON) + timedelta(number),
            digest="",
            content={},
        )

    MigrationExecutor(connection).migrate(latest)

    requests = dict(DecisionPack.objects.values_list("number", "request"))
    assert requests == {1: None, 2: turns[0].pk, 3: None, 4: turns[2].pk}
