"""By what terms a KPI counts as at target: the criterion of the open gate says them, else the usual ones hold."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from gates.amendments.actions import approve_amendment, ask_amendment
from gates.choices import (
    CONFIDENCE,
    HOLD,
    PROVEN_BY,
    READINGS,
    USUAL_PROOF,
    AmendedField,
    AssessmentState,
    Direction,
)
from gates.playbooks.differences import differences
from gates.playbooks.schema import PlaybookError, digest, dump, parse
from gates.rules import direction_of_change, proof_words, strictest_proof
from gates.upgrades.actions import upgrade_chunk
from metrics.choices import KpiKind
from metrics.models import AskedTerms, Kpi, Measurement, Tally
from metrics.readings.judging import judge_all
from metrics.verdict import USUAL, Terms
from tests.builders import criterion, make_kpi, make_playbook, measure, start
from tests.gates.playbooks.samples import SMALL, with_change
from tests.gates.upgrades.builders import next_version

DAY = date(2026, 3, 30)
NINE = (24, 25, 23, 26, 24, 25, 24, 23, 25)
CHECK = "business_kpis_at_target"
ASKS = {"readings": 12, "hold": 4, "confidence": Decimal(99)}


def asking(key: str = "V1", check: str = CHECK, **terms) -> dict:
    return criterion(key, check_name=check, **terms)


@pytest.fixture(autouse=True)
def today(on):
    with on(DAY):
        yield DAY


@pytest.fixture
def kpi(db, pilot) -> Kpi:
    """From 10 to 20 per hour, with nine weekly readings around 24: enough as usual."""
    kpi = make_kpi(pilot)
    for number, value in enumerate(NINE):
        measure(kpi, value, on=DAY - timedelta(weeks=len(NINE) - 1 - number))
    assert kpi.at_target_since is not None
    return kpi


def state(gate, key: str = "V1") -> str:
    return gate.assessments.get(criterion__key=key).state


def test_the_usual_terms_are_one_thing_said_twice():
    terms = {"readings": USUAL.minimum_readings, "hold": USUAL.hold, "confidence": 100 * (1 - USUAL.alpha)}
    assert terms == USUAL_PROOF
    assert set(PROVEN_BY.values()) <= set(KpiKind)
    for readings, hold, confidence in zip(READINGS, HOLD, CONFIDENCE, strict=True):
        Terms(alpha=1 - confidence / 100, minimum_readings=readings, hold=hold)


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        ({}, "has been"),
        ({"readings": 12}, "Needs 12 readings"),
        ({"hold": 10}, "Must be at target for 10 readings in a row"),
    ],
)
def test_a_kpi_is_judged_by_what_the_open_gate_asks(kpi, pilot, asks, says):
    gate = start(pilot, make_playbook(criteria=[asking(**asks)]), on=DAY)

    kpi.refresh_from_db()
    assert (kpi.at_target_since is None) == bool(asks)
    assert says in kpi.judgement or not asks
    assert state(gate) == (AssessmentState.NOT_MET if asks else AssessmentState.MET)
    assert AskedTerms.objects.count() == bool(asks)


def test_a_new_reading_is_judged_by_them_too_and_the_page_says_whose_they_are(kpi, pilot, olga, client_of):
    start(pilot, make_playbook(criteria=[asking(readings=11)]), on=DAY)
    Kpi.objects.update(counts_from=None)

    measure(kpi, 24, on=DAY - timedelta(days=3))
    assert kpi.at_target_since is None
    measure(kpi, 25, on=DAY - timedelta(days=2))
    assert kpi.at_target_since is not None

    page = client_of(olga).get(reverse("metrics:kpi", args=[pilot.key, kpi.pk])).content.decode()
    assert "As G1 V1 asks: 11 readings, the latest 3 at target, 95% confidence." in page
    gate = client_of(olga).get(reverse("gates:criterion", args=[pilot.key, "G1", "V1"])).content.decode()
    assert "At least 11 readings, the latest 3 at target, 95% confidence." in gate


def test_of_several_criteria_the_strictest_holds_term_by_term_and_kinds_stay_apart(kpi, pilot):
    criteria = [
        asking("V1", readings=30),
        asking("V2", confidence=Decimal(90)),
        asking("O1", "adoption_at_target", hold=7),
    ]
    start(pilot, make_playbook(criteria=criteria), on=DAY)

    found = {row.kind: row for row in AskedTerms.objects.all()}
    business, adoption = found["business"], found["adoption"]
    assert (business.readings, business.hold, business.confidence, business.asked_by) == (
        30,
        3,
        95,
        "G1 V1, G1 V2",
    )
    assert (adoption.readings, adoption.hold) == (8, 7)
    assert business.terms == Terms(alpha=0.05, minimum_readings=30, hold=3)


def test_less_than_the_usual_can_be_asked_too(pilot, olga):
    kpi = make_kpi(pilot)
    for number, value in enumerate(NINE[:5]):
        measure(kpi, value, on=DAY - timedelta(days=number))
    start(pilot, make_playbook(criteria=[asking(readings=4, confidence=Decimal(80))]), on=DAY)

    kpi.refresh_from_db()
    assert kpi.at_target_since is not None
    assert "80% confidence" in kpi.judgement


def test_another_version_brings_its_terms_and_the_old_ones_go(kpi, pilot, petra):
    version = make_playbook(criteria=[asking(**ASKS)])
    gate = start(pilot, version, on=DAY)
    assert state(gate) == AssessmentState.NOT_MET

    upgrade_chunk(pilots=[pilot.pk], version=next_version(version, criteria=[asking()]), by=petra)

    kpi.refresh_from_db()
    assert not AskedTerms.objects.exists()
    assert kpi.at_target_since is not None
    assert state(gate) == AssessmentState.MET


def test_what_does_not_apply_asks_nothing(kpi, pilot, olga, ana):
    gate = start(pilot, make_playbook(criteria=[asking("V1"), asking("V2", **ASKS)]), on=DAY)
    amendment = ask_amendment(
        gate=gate,
        assessment=gate.assessments.get(criterion__key="V2"),
        field=AmendedField.APPLIES,
        after=False,
        reason="So.",
        by=olga,
    )
    assert state(gate) == AssessmentState.NOT_MET

    approve_amendment(amendment=amendment, by=ana)

    assert not AskedTerms.objects.exists()
    assert state(gate) == AssessmentState.MET


def test_what_is_remembered_of_old_readings_is_of_the_terms_they_were_judged_by(pilot):
    kpi = make_kpi(pilot, counts_from=date(2025, 1, 1))
    rows = [(DAY - timedelta(days=days), Decimal(24 + days % 3)) for days in range(1, 260)]
    Measurement.objects.bulk_create(
        Measurement(kpi=kpi, value=value, measured_at=f"{day}T12:00Z") for day, value in rows
    )
    judge_all(Kpi.objects.all())
    assert Tally.objects.exists()
    AskedTerms.objects.create(
        pilot=pilot, kind="business", readings=300, hold=3, confidence=95, asked_by="G1 V1"
    )

    measure(kpi, 25, on=DAY)

    assert kpi.at_target_since is None
    assert kpi.judgement.startswith("Needs 300 readings")


# --- In playbooks ------------------------------------------------------------------------------
PROVEN = with_change(
    "check: sponsor_named", f"check: {CHECK}\n          readings: 12\n          confidence: 98.5"
)
KNOWN = frozenset({CHECK, "sponsor_named"})


def test_a_playbook_says_them_and_is_written_as_it_was_read():
    found = parse(PROVEN, known_checks=KNOWN)

    first = found.phases[0].gate.criteria[0]
    assert (first.readings, first.hold, first.confidence) == (12, None, Decimal("98.5"))
    assert parse(dump(found), known_checks=KNOWN) == found
    assert digest(found) != digest(parse(SMALL, known_checks=KNOWN))


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("readings: 1", "not a whole number from 2 to 1000"),
        ("hold: 0", "not a whole number from 1 to 100"),
        ("confidence: 49", "not a number from 50 to 99"),
        ("confidence: 99.9", "not a number from 0 to 99"),
        ("confidence: often", "not a number"),
    ],
)
def test_terms_that_nobody_could_judge_by_are_refused(line, sentence):
    text = with_change("check: sponsor_named", f"check: {CHECK}\n          {line}")
    with pytest.raises(PlaybookError) as error:
        parse(text, known_checks=KNOWN)
    assert sentence in str(error.value.messages)


def test_they_have_a_meaning_only_with_a_check_that_asks_this():
    text = with_change("check: sponsor_named", "check: sponsor_named\n          hold: 4")
    with pytest.raises(PlaybookError) as error:
        parse(text, known_checks=KNOWN)
    assert "hold has a meaning only with the check" in str(error.value.messages)


def test_the_difference_says_which_way_it_goes():
    before, after = (
        parse(SMALL.replace("sponsor_named", CHECK), known_checks=KNOWN),
        parse(PROVEN, known_checks=KNOWN),
    )

    found = {one.field: one for phase in differences(before, after) for one in phase.differences}

    assert (found["readings needed (usually 8)"].after, found["readings needed (usually 8)"].direction) == (
        "12",
        Direction.TIGHTER,
    )
    assert found["confidence in percent (usually 95)"].after == "98.5"
    assert direction_of_change("hold", 3, None) == Direction.NEITHER
    assert direction_of_change("readings", None, 5) == Direction.LOOSER


def test_in_words():
    nothing = dict.fromkeys(USUAL_PROOF)
    assert proof_words(nothing) == ""
    assert proof_words(nothing | {"hold": 1, "confidence": Decimal("97.5")}) == (
        "At least 8 readings, the latest at target, 97.5% confidence."
    )
    assert strictest_proof([nothing, nothing | {"readings": 4}]) == USUAL_PROOF
