"""What a pack holds, and that a fixed number of queries brings it together."""

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from gates.digest import digest_of
from gates.journey.queries import checklist_of
from gates.models import Gate
from gates.packs.actions import WHOLE, freeze_pack
from gates.packs.content import content_of
from gates.packs.page import PackPage
from tests.builders import make_kpi, measure

pytestmark = pytest.mark.django_db


def content(gate: Gate) -> dict:
    whole = Gate.objects.select_related(*WHOLE).get(pk=gate.pk)
    return content_of(whole, checklist_of(whole), today=timezone.localdate())


def test_the_shape_is_the_one_that_kept_packs_have(in_review):
    """Packs frozen long ago are shown by today's page: a name taken away here breaks them."""
    told = content(in_review)

    assert shape(told) == GOLDEN


def shape(value):
    """The names in it, of lists the first element's."""
    if isinstance(value, dict):
        return {name: shape(inside) for name, inside in value.items()}
    if isinstance(value, list):
        return [shape(value[0])] if value else []
    return type(value).__name__


def test_it_tells_the_whole_story(in_review):
    told = content(in_review)

    assert told["pilot"]["title"] == "Invoice reading"
    assert told["gate"]["planned_on"] == "2026-11-26"
    assert told["ask"]["said"] == "We ask for EUR 310k."
    assert told["recommendation"]["label"] == "Hold"
    assert [row["key"] for row in told["blockers"]] == ["V1", "T1"]
    assert [row["title"] for row in told["criteria"][0]["evidence"]] == ["Problem note"]
    assert len(told["criteria"][0]["evidence"][0]["sha256"]) == 64
    assert told["kpis"][0]["latest"] == "17.5"
    assert told["kpis"][0]["readings"] == [["2026-10-20", "14"], ["2026-11-10", "17.5"]]
    assert (told["money"]["cost"], told["money"]["net"]) == ("EUR 100,000", "EUR 150,000")
    assert told["quorum"]["roles"][0]["seats"][0]["person"] == "Sven Sponsor"
    assert [(one["who"], one["level"]) for one in told["dissent"]] == [("Ana Anders", "Major issue")]
    assert told["terms"]["words"] == "Thresholds as frozen"


def test_what_was_spent_never_changes_the_recommendation(in_review):
    recommended = []
    for spent in (None, 0, 99_000_000):
        in_review.pilot.outlook.__class__.objects.update(spent=spent)
        recommended.append(content(in_review)["recommendation"])

    assert recommended[0] == recommended[1] == recommended[2]


def test_it_is_plain_json_with_one_digest(gate, petra):
    pack = freeze_pack(gate=gate, by=petra)

    assert json.loads(json.dumps(pack.content)) == pack.content
    assert pack.digest == digest_of(pack.content["facts"])
    digest_of(pack.content)  # nothing in it can be written in two ways


def test_its_queries_are_the_same_however_much_there_is(in_review, olga):
    content(in_review)  # warm
    with CaptureQueriesContext(connection) as few:
        content(in_review)
    for place in range(5):
        measure(make_kpi(in_review.pilot, f"KPI {place}"), "12", by=olga)

    with CaptureQueriesContext(connection) as many:
        content(in_review)

    assert len(many) == len(few) <= 26


def test_a_bare_gate_has_a_pack_too(pilot, petra):
    from tests.builders import start

    pilot.owner = pilot.sponsor = None
    pilot.save()
    found = start(pilot, by=petra)
    page = PackPage(freeze_pack(gate=found, by=petra))

    assert page.told["money"] is None
    assert page.kpis == []
    assert page.told["ask"] is None


GOLDEN: dict = {}
