"""Moving what is fixed of a KPI: proposed, approved by somebody else, judged anew, shown at the gate."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from gates.amendments.actions import approve_amendment, ask_amendment, refuse_amendment
from gates.amendments.queries import amended_at, terms_of, words_of
from gates.choices import AmendedField, AssessmentState, Direction
from gates.journey.queries import checklist_of
from gates.models import Amendment, Gate
from gates.packs.content import content_of
from metrics import events
from metrics.kpis.actions import edit_kpi
from metrics.kpis.queries import amended
from metrics.models import Kpi
from pilots.models import Event, Pilot
from pilots.rules import RuleViolation
from tests.api.world import BASE, nothing_written, program_of
from tests.builders import criterion, make_gate, make_kpi, measure

F = AmendedField
DAY = date(2026, 3, 30)
pytestmark = pytest.mark.django_db
HIGH = (24, 25, 23, 26, 24, 25, 24, 23, 25, 24, 26, 25)


@pytest.fixture
def gate(pilot, on):
    with on(DAY):
        made = make_gate(
            [criterion("V1"), criterion("V2", check_name="business_kpis_at_target")], pilot=pilot, today=DAY
        )
        Pilot.objects.filter(pk=pilot.pk).update(phase_number=2)
        pilot.refresh_from_db()
        made.pilot = pilot
        yield made


@pytest.fixture
def kpi(gate, pilot):
    """From 10 to 20 per hour, with twelve weekly readings around 24."""
    kpi = make_kpi(pilot, "Speed", baseline_source="Log of January")
    for number, value in enumerate(HIGH):
        measure(kpi, value, on=DAY - timedelta(weeks=len(HIGH) - 1 - number))
    return kpi


def ask(gate, kpi, by, field=F.KPI_TARGET, **after):
    reason = "The work has changed."
    return ask_amendment(gate=gate, kpi=kpi, field=field, after=after, reason=reason, by=by)


def test_a_lower_target_is_looser_and_what_the_readings_say_follows(gate, kpi, olga, ana):
    assert kpi.at_target_since is not None

    amendment = ask(gate, kpi, olga, target="30")
    kpi.refresh_from_db()
    assert (kpi.target, amendment.direction) == (20, Direction.TIGHTER)
    approve_amendment(amendment=amendment, by=ana)

    kpi.refresh_from_db()
    assert (kpi.target, kpi.target_on, kpi.at_target_since) == (30, date(2026, 12, 31), None)
    assert words_of(amendment) == ("Target of Speed: 20 per hour by 31 Dec 2026 → 30 per hour by 31 Dec 2026")
    told = Event.objects.get(type=events.KPI_AMENDED)
    assert (told.actor, told.changes["target"]) == (ana, ["20.000000", "30.000000"])
    assert told.data == {"name": "Speed", "reason": "The work has changed."}

    approve_amendment(amendment=ask(gate, kpi, olga, target="15"), by=ana)
    kpi.refresh_from_db()
    assert kpi.at_target_since is not None
    assert (
        terms_of(Gate.objects.annotate(amended=amended_at()).get(pk=gate.pk)).moved.words
        == "Thresholds moved: 2, 1 looser, 1 tighter"
    )
    assert [row.moved for row in amended(kpi)] == [
        [("Target", "30 per hour", "15 per hour")],
        [("Target", "20 per hour", "30 per hour")],
    ]


def test_the_criterion_that_the_kpi_decides_is_judged_anew(
    gate, kpi, olga, ana, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        approve_amendment(amendment=ask(gate, kpi, olga, target="30"), by=ana)
    assert gate.assessments.get(criterion__key="V2").state == AssessmentState.NOT_MET

    with django_capture_on_commit_callbacks(execute=True):
        approve_amendment(amendment=ask(gate, kpi, olga, target="15"), by=ana)
    assert gate.assessments.get(criterion__key="V2").state == AssessmentState.MET


@pytest.mark.parametrize(
    ("field", "after", "way"),
    [
        (F.KPI_TARGET, {"target": "19"}, Direction.LOOSER),
        (F.KPI_TARGET, {"target_on": "2027-01-31"}, Direction.LOOSER),
        (F.KPI_TARGET, {"target": "21", "target_on": "2027-01-31"}, Direction.LOOSER),
        (F.KPI_TARGET, {"target_on": "2026-11-30"}, Direction.TIGHTER),
        (F.KPI_BASELINE, {"baseline": "9"}, Direction.LOOSER),
        (F.KPI_BASELINE, {"baseline": "11"}, Direction.TIGHTER),
        (F.KPI_BASELINE, {"baseline_source": "Time study"}, Direction.NEITHER),
    ],
)
def test_each_is_kept_with_the_way_it_moves_the_gate(gate, kpi, olga, field, after, way):
    assert ask(gate, kpi, olga, field, **after).direction == way


def test_both_looser_is_what_gate_and_pack_say(gate, kpi, olga, ana):
    approve_amendment(amendment=ask(gate, kpi, olga, target="15"), by=ana)
    approve_amendment(amendment=ask(gate, kpi, olga, F.KPI_BASELINE, baseline="8"), by=ana)

    terms = content_of(gate, checklist_of(gate), today=DAY)["terms"]

    assert terms["words"] == "Thresholds moved: 2, both looser"
    assert terms["rows"][0]["words"].startswith(
        "Baseline of Speed: 10 per hour on 1 Jan 2026 (Log of January)"
    )


@pytest.mark.parametrize(
    ("field", "after", "why"),
    [
        (F.KPI_TARGET, {"target": "20.0"}, "That is what it is already."),
        (F.KPI_TARGET, {"target": None}, "Give the new target."),
        (F.KPI_TARGET, {"target_on": None}, "Give the date of the target."),
        (F.KPI_TARGET, {"target_high": "25"}, "Only a band has an upper edge"),
        (F.KPI_TARGET, {"lowest": "25"}, "Give nothing besides"),
        (F.KPI_TARGET, {"target": "many"}, "cannot be read"),
        (F.KPI_RANGE, {"lowest": "5"}, "is not fixed. Edit the KPI."),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_asked(gate, kpi, olga, field, after, why):
    with nothing_written(), pytest.raises(RuleViolation, match=why):
        ask(gate, kpi, olga, field, **after)


def test_before_the_pilot_has_begun_it_is_simply_edited(gate, kpi, olga):
    Pilot.objects.update(phase_number=1)
    with pytest.raises(RuleViolation, match="is not fixed"):
        ask(gate, kpi, olga, target="15")


def test_source_and_range_are_fixed_too(gate, kpi, olga):
    edit_kpi(kpi=kpi, by=olga, lowest=Decimal(5))
    for facts in ({"baseline_source": "Memory"}, {"lowest": Decimal(1)}):
        with pytest.raises(RuleViolation, match="fixed when the pilot began"):
            edit_kpi(kpi=kpi, by=olga, **facts)


def test_nobody_approves_their_own_and_no_owner_does(gate, kpi, olga, petra):
    with pytest.raises(RuleViolation, match="does not answer it"):
        approve_amendment(amendment=ask(gate, kpi, petra, target="15"), by=petra)
    with pytest.raises(RuleViolation, match="Owners do not amend"):
        approve_amendment(amendment=Amendment.objects.get(), by=olga)
    kpi.refresh_from_db()
    assert kpi.target == 20


def test_one_change_of_a_term_waits_and_a_refused_one_changes_nothing(gate, kpi, olga, petra, ana):
    first = ask(gate, kpi, olga, target="15")
    assert ask(gate, kpi, olga, target="15") == first
    with pytest.raises(RuleViolation, match="already asked for"):
        ask(gate, kpi, petra, target="16")
    twin = Amendment.objects.get()
    twin.pk, twin._state.adding = None, True
    with pytest.raises(IntegrityError), transaction.atomic():
        twin.save()

    refuse_amendment(amendment=first, note="The target is the case.", by=ana)

    kpi.refresh_from_db()
    assert kpi.target == 20
    assert ask(gate, kpi, petra, target="16").before["target"] == "20"


def test_an_approval_is_refused_when_the_figure_has_moved_since(gate, kpi, olga, ana):
    amendment = ask(gate, kpi, olga, target="15")
    Kpi.objects.update(target=18)

    with pytest.raises(RuleViolation, match="has moved since"):
        approve_amendment(amendment=amendment, by=ana)


# --- Pages and API -----------------------------------------------------------------------------
def test_the_page_of_the_kpi_leads_to_a_proposal_and_keeps_the_history(
    gate, kpi, olga, ana, client_of, django_assert_max_num_queries
):
    client, args = client_of(olga), [kpi.pilot.key, kpi.pk]
    page = client.get(reverse("metrics:kpi", args=args)).content.decode()
    assert reverse("gates:kpi_amendments", args=args) in page
    propose = reverse("gates:kpi_amendment_ask", args=[*args, "target"])
    assert 'value="20"' in client.get(propose).content.decode()

    sent = {"target": "15,x", "target_on": "2026-12-31", "reason": "Half the <team> left."}
    with nothing_written():
        wrong = client.post(propose, sent)
    assert wrong.status_code == 422
    assert 'value="15,x"' in wrong.content.decode()
    client.post(propose, sent | {"target": "15"})
    keeper = client_of(ana)
    with django_assert_max_num_queries(12):
        asked = keeper.get(reverse("gates:kpi_amendments", args=args)).content.decode()
    assert "20 per hour by 31 Dec 2026 → 15 per hour by 31 Dec 2026" in asked
    approve_amendment(amendment=Amendment.objects.get(), by=ana)

    page = client.get(reverse("metrics:kpi", args=args)).content.decode()
    assert "20 per hour → <b>15 per hour</b>" in page
    assert "Half the &lt;team&gt; left." in page
    listed = client.get(reverse("gates:amendments", args=[kpi.pilot.key, gate.definition.key]))
    assert "Thresholds moved: 1, looser" in listed.content.decode()


def test_without_an_open_gate_there_is_nobody_to_ask(gate, kpi, olga, client_of):
    gate.delete()
    url = reverse("gates:kpi_amendment_ask", args=[kpi.pilot.key, kpi.pk, "target"])
    answer = client_of(olga).post(url, {"target": "15", "target_on": "2026-12-31", "reason": "So."})
    assert "This pilot has no open gate" in answer.content.decode()


def test_a_program_proposes_with_the_id_of_the_kpi(gate, kpi, olga):
    program, url = program_of(olga), f"{BASE}gates/{gate.pk}/amendments/"
    sent = {"field": "kpi_target", "value": {"target": "15"}, "reason": "So."}

    for wrong, field in (
        (sent, "kpi"),
        (sent | {"kpi": kpi.pk + 1}, "kpi"),
        (sent | {"kpi": 10**30}, "kpi"),
        (sent | {"kpi": kpi.pk, "criterion": "V1"}, "criterion"),
        (sent | {"kpi": kpi.pk, "value": 15}, "value"),
        (sent | {"kpi": kpi.pk, "field": "score_threshold", "value": 5}, "kpi"),
    ):
        with nothing_written():
            assert list(program.post(url, wrong, format="json").json()) == [field]
    made = program.post(url, sent | {"kpi": kpi.pk}, format="json").json()

    assert made["kpi"] == kpi.pk
    assert made["after"] == {"target": "15", "target_high": None, "target_on": "2026-12-31"}
    assert program.get(f"{BASE}amendments/?kpi={kpi.pk}").json()["count"] == 1
