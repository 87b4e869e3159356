"""Packs from before each kept its request: each learns of the one that was under way."""

from datetime import datetime, timedelta

from django.utils import timezone

from tests.gates.packs.conftest import BERLIN
from tests.old_tables import models_as_of

BEFORE, AFTER = [("gates", "0028_packs_of_requests")], [("gates", "0029_requests_of_packs")]
NOON = datetime(2026, 11, 20, 12, tzinfo=BERLIN)


def test_packs_find_the_request_under_way_when_they_were_frozen(old_database):
    old = models_as_of(BEFORE)
    gate, olga = _gate(old), old.get_model("pilots", "User").objects.create(email="olga@example.com")
    turn, pack = old.get_model("gates", "ReviewTurn").objects, old.get_model("gates", "DecisionPack").objects
    steps = ("requested", "sent_back", "requested")
    turns = [
        turn.create(gate=gate, step=step, said="So.", by=olga, at=NOON + timedelta(hours=hour))
        for hour, step in enumerate(steps)
    ]
    for number, minutes in enumerate((-30, 30, 90, 150), start=1):  # around the three turns
        pack.create(
            gate=gate,
            number=number,
            frozen_at=NOON + timedelta(minutes=minutes),
            freeze_on=timezone.localdate(NOON) + timedelta(number),
            digest="",
            content={},
        )

    new = models_as_of(AFTER)

    requests = dict(new.get_model("gates", "DecisionPack").objects.values_list("number", "request"))
    assert requests == {1: None, 2: turns[0].pk, 3: None, 4: turns[2].pk}


def _gate(old):
    limits, made = {"score_threshold": 1, "floor_threshold": 1}, {}
    for app, model, facts in (
        ("pilots", "Programme", {"name": "Old", "slug": "old"}),
        ("pilots", "Pilot", {"programme": "Programme", "key": "PIL-001", "title": "Old pilot"}),
        ("gates", "Playbook", {"key": "old", "name": "Old"}),
        ("gates", "PlaybookVersion", {"playbook": "Playbook", "number": 1}),
        ("gates", "Phase", {"version": "PlaybookVersion", "key": "one", "position": 1, "typical_days": 30}),
        ("gates", "GateDefinition", {"phase": "Phase", "key": "G1", **limits}),
        ("gates", "Gate", {"pilot": "Pilot", "definition": "GateDefinition", **limits}),
    ):
        row = {name: made.get(value, value) for name, value in facts.items()}
        made[model] = old.get_model(app, model).objects.create(**row)
    return made["Gate"]
