"""Two freezes at once, on real threads and connections: PostgreSQL only."""

import time
from threading import Event

import pytest
from django.db import transaction

from gates import events
from gates.journey.actions import request_review
from gates.models import DecisionPack, Gate
from gates.packs.actions import freeze_due_packs, freeze_pack
from gates.packs.tasks import freeze_where_past
from gates.review.actions import send_back
from pilots.models import Event as Happening
from tests.at_once import at_once, errors
from tests.gates.packs.conftest import moment

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_people_freezing_at_once_get_the_same_pack(in_review, petra, ana):
    results = at_once(
        lambda: freeze_pack(gate=in_review, by=petra), lambda: freeze_pack(gate=in_review, by=ana)
    )

    assert errors(results) == []
    assert results[0] == results[1]
    assert DecisionPack.objects.get().number == 1


def test_a_person_and_the_clock_at_once_get_the_same_or_one_and_two(in_review, petra):
    with moment("2026-11-24 18:00"):
        results = at_once(lambda: freeze_pack(gate=in_review, by=petra), freeze_due_packs)
        freeze_due_packs()  # what was busy then

    assert errors(results) == []
    packs = DecisionPack.objects.order_by("number").values_list("number", "freeze_on")
    assert [number for number, _ in packs] in ([1], [1, 2])  # who comes second finds the clock's
    assert sum(freeze_on is not None for _, freeze_on in packs) == 1


def test_the_task_twice_at_once_freezes_once(in_review):
    with moment("2026-11-24 18:00"):
        results = at_once(freeze_due_packs, freeze_due_packs, freeze_due_packs)

    assert errors(results) == []
    assert sum(results) == 1
    assert DecisionPack.objects.count() == 1


def test_a_gate_that_somebody_works_on_waits_for_the_next_run(in_review):
    locked = Event()

    def hold_it():
        with transaction.atomic():
            Gate.objects.select_for_update().get(pk=in_review.pk)
            locked.set()
            time.sleep(0.5)

    def freeze():
        locked.wait(timeout=10)
        return freeze_due_packs()

    with moment("2026-11-24 18:00"):
        results = at_once(hold_it, freeze)
        assert errors(results) == []
        assert results[1] == 0
        assert freeze_due_packs() == 1


def test_the_request_and_the_clock_at_once_freeze_it_once(in_review, olga, ana):
    with moment("2026-11-24 18:00"):
        freeze_due_packs()
        send_back(gate=in_review, reason="Say who pays.", by=ana)
    with moment("2026-11-25 09:00"):
        request_review(gate=in_review, by=olga)
        asked = Happening.objects.filter(type=events.REVIEW_REQUESTED).latest("pk")

        results = at_once(
            freeze_due_packs, lambda: freeze_where_past(asked.pk), lambda: freeze_where_past(asked.pk)
        )

    assert errors(results) == []
    packs = DecisionPack.objects.order_by("number").values_list("number", "freeze_on")
    assert [number for number, _ in packs] == [1, 2]
    assert DecisionPack.objects.values("request").distinct().count() == 2


def test_sent_back_at_the_very_moment_of_the_freeze_it_is_frozen_before_or_not_at_all(in_review, ana):
    with moment("2026-11-24 18:00"):
        results = at_once(freeze_due_packs, lambda: send_back(gate=in_review, reason="Say who pays.", by=ana))
        assert freeze_due_packs() == 0

    assert errors(results) == []
    assert DecisionPack.objects.count() == results[0]
    for pack in DecisionPack.objects.all():
        assert pack.content["gate"]["status"] == "submitted"
