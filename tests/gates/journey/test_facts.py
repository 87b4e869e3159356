"""The facts of a gate: what is material is in them, what is not changes nothing, on every database alike."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from gates.checklist.actions import assess_criterion
from gates.choices import AssessmentState
from gates.digest import EXPIRED, digest_of
from gates.evidence.actions import add_evidence
from gates.journey.facts import facts_of
from gates.models import Gate, PlaybookVersion
from tests.builders import criterion, make_kpi, make_playbook, measure, start

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 20)


def facts(gate: Gate, today: date = TODAY):
    gate = Gate.objects.select_related("definition__phase__version__playbook").get(pk=gate.pk)
    return facts_of(gate, list(gate.assessments.select_related("criterion")), today=today)


@pytest.fixture
def gate(pilot, on):
    with on(TODAY):
        version = make_playbook(criteria=(criterion("V1", title="Name the problem", validity_days=90),))
        PlaybookVersion.objects.filter(pk=version.pk).update(digest="d" * 64)
        version.playbook.key = "letters"
        version.playbook.save()
        yield start(pilot, version)


@pytest.fixture
def assessment(gate):
    return gate.assessments.get()


def test_the_same_facts_have_the_same_digest_on_every_database(gate, assessment, pilot, olga):
    add_evidence(assessment=assessment, kind="note", note="Page 3", title="Plan", by=olga)
    assess_criterion(assessment=assessment, state=AssessmentState.MET, by=olga)
    kpi = make_kpi(pilot, name="Errors", baseline=Decimal("5.10"), target=Decimal("2"))
    measure(kpi, Decimal("2.800"))

    assert digest_of(facts(gate)) == "97491614eda4a58780afef6353f08f39cc2a13fc46698c96ae899594950a5849"


def test_what_is_material_changes_the_digest(gate, assessment, pilot, olga):
    before = digest_of(facts(gate))
    seen = {before}

    assess_criterion(assessment=assessment, state=AssessmentState.MET, by=olga)
    seen.add(digest_of(facts(gate)))
    add_evidence(assessment=assessment, kind="link", link="https://example.com/a", by=olga)
    seen.add(digest_of(facts(gate)))
    kpi = make_kpi(pilot, name="Errors")
    seen.add(digest_of(facts(gate)))
    measure(kpi, Decimal(3))
    seen.add(digest_of(facts(gate)))
    Gate.objects.filter(pk=gate.pk).update(score_threshold=10)
    seen.add(digest_of(facts(gate)))

    assert len(seen) == 6


def test_who_is_on_it_and_what_is_noted_is_not_material(gate, assessment, olga, ana):
    before = digest_of(facts(gate))

    assess_criterion(
        assessment=assessment, state=assessment.state, note="Asked Ana.", responsible=ana, by=olga
    )

    assert digest_of(facts(gate)) == before


def test_the_same_value_measured_again_is_not_another_fact(gate, pilot):
    kpi = make_kpi(pilot, name="Errors")
    measure(kpi, Decimal(3), on=TODAY - timedelta(days=2))
    before = digest_of(facts(gate))

    measure(kpi, Decimal("3.0"), on=TODAY - timedelta(days=1))

    assert digest_of(facts(gate)) == before


def test_what_has_expired_is_another_fact_from_its_day_on(gate, assessment, olga):
    assess_criterion(assessment=assessment, state=AssessmentState.MET, by=olga)
    last_day = TODAY + timedelta(days=89)

    assert facts(gate, last_day)["criteria"]["V1"]["state"] == "met"
    assert facts(gate, last_day + timedelta(days=1))["criteria"]["V1"]["state"] == EXPIRED


def test_facts_are_read_in_two_queries(gate, assessment, pilot, olga, django_assert_num_queries):
    for number in range(3):
        add_evidence(assessment=assessment, kind="note", note=f"Note {number}", by=olga)
        make_kpi(pilot, name=f"KPI {number}")
    loaded = Gate.objects.select_related("definition__phase__version__playbook").get(pk=gate.pk)
    assessments = list(loaded.assessments.select_related("criterion"))

    with django_assert_num_queries(2):
        facts_of(loaded, assessments, today=TODAY)
