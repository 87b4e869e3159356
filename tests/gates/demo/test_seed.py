"""The demo portfolio: believable, and told through the actions."""

from itertools import pairwise

import pytest
from django.apps import apps
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from gates.checks import CHECKS
from gates.choices import AssessmentState, EvidenceKind, GateStatus, Outcome
from gates.demo.people import accounts
from gates.demo.seed import seed
from gates.events import DECISION_CORRECTED, DECISION_STEPPED_DOWN, GATE_DECIDED, PHASE_ENTERED
from gates.headline.queries import delivering
from gates.journey.readiness import explain, refresh_gates
from gates.models import Assessment, Condition, Decision, EvidenceRevision, Gate, SignSpell, Summary
from metrics.choices import Band, KpiKind, KpiState
from metrics.models import Benefit, BenefitPeriod, BenefitPool, Kpi, Measurement
from metrics.queries import standings
from pilots.choices import PilotState, Role
from pilots.models import Event, Pilot, User
from tests.builders import make_pilot

pytestmark = pytest.mark.either(together="demo")  # which takes long to make

PHASES = {"proof_of_concept", "pilot", "production_planning", "production_deployment", "scaled_adoption"}


def count_of_every_table() -> dict[str, int]:
    with connection.cursor() as cursor:
        counts = {}
        for model in apps.get_models(include_auto_created=True):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            counts[model._meta.label] = cursor.fetchone()[0]
    return counts


def test_there_are_pilots_in_every_phase_and_state(demo):
    pilots = Pilot.objects.all()

    assert pilots.count() == 24
    assert set(pilots.filter(state=PilotState.ACTIVE).values_list("phase", flat=True)) == PHASES
    states = {state: pilots.filter(state=state).count() for state in PilotState.values}
    assert states == {"intake": 2, "active": 18, "on_hold": 2, "stopped": 1, "retired": 1}


def test_two_gates_are_overdue_and_two_wait_for_a_decision(demo):
    assert Gate.objects.overdue(demo).count() == 2
    assert Gate.objects.filter(status=GateStatus.SUBMITTED).count() == 2


def test_every_outcome_has_been_decided_and_a_stop_freed_money_and_taught_something(demo):
    assert set(Decision.objects.values_list("outcome", flat=True)) == set(Outcome.values)
    stop = Decision.objects.standing().get(gate__pilot__state=PilotState.STOPPED, outcome=Outcome.STOP)
    assert stop.freed_amount > 0
    assert stop.lesson


def test_conditions_are_both_open_and_met(demo):
    assert Condition.objects.filter(met_at__isnull=True).exists()
    assert Condition.objects.filter(met_at__isnull=False).exists()


def test_nobody_decided_about_the_own_pilot(demo):
    by_people = Decision.objects.filter(steps_down=None)
    decided = by_people.values_list("decided_by", "gate__pilot__owner")
    assert decided
    assert all(decider != owner for decider, owner in decided)


def test_some_pilots_in_production_deliver_measured_value_and_some_do_not(demo):
    in_production = Pilot.objects.filter(in_production=True).count()
    with_value = delivering(Pilot.objects.all(), today=demo).count()
    assert 0 < with_value < in_production


def test_value_is_in_every_band_shared_and_also_lost(demo):
    counted = BenefitPeriod.objects.counted()
    assert set(counted.values_list("band", flat=True)) == {"", *Band.values}
    assert counted.filter(benefit__is_disbenefit=True, actual__gt=0).exists()
    assert counted.filter(benefit__pattern="one_off", actual__gt=0).exists()
    assert BenefitPool.objects.filter(benefits__isnull=False).count() == 3  # of them two are of one saving
    assert Benefit.objects.filter(unit="hours", rate__isnull=True).exists()


def test_most_pilots_are_budgeted_in_proportion_and_some_are_flagged(demo):
    found = CHECKS["whole_journey_budgeted"](
        Pilot.objects.filter(budget_lines__isnull=False).distinct(), demo
    )
    flagged = {Pilot.objects.get(pk=pk).title: why for pk, why in found.items()}
    assert "above 5 times" in flagged.pop("Product recommendation in the web shop")
    assert "Nothing is budgeted for" in flagged.pop("Weld inspection vision")
    assert flagged == {}


def test_kpis_tell_different_stories(demo):
    found = standings(Kpi.objects.filter(pilot__state=PilotState.ACTIVE), today=demo)
    assert {kpi.state for kpi in found} >= {
        KpiState.ON_TARGET,
        KpiState.OFF_TARGET,
        KpiState.STALE,
        KpiState.NO_DATA,
    }
    kinds = {}
    for kpi in found:
        kinds.setdefault(kpi.pilot_id, set()).add(kpi.kind)
    assert {KpiKind.TECHNICAL} in kinds.values()


def test_a_kpi_in_production_has_fallen_below_its_baseline(demo):
    in_production = Kpi.objects.filter(pilot__in_production=True, kind=KpiKind.BUSINESS)
    fresh = in_production.fresh(demo)
    assert fresh.exclude(pk__in=fresh.better_than_baseline(demo)).count() == 1


def test_readiness_is_anything_from_nothing_to_all(demo):
    scores = set(Gate.objects.current().values_list("score", flat=True))
    assert {0, 100} <= scores
    assert len(scores) >= 12
    assert Gate.objects.current().filter(passes=True).count() >= 3


def test_criteria_stand_in_every_state_that_people_and_checks_can_give(demo):
    states = set(Assessment.objects.values_list("state", flat=True))
    assert states == set(AssessmentState.values)
    assert not Assessment.objects.filter(state=AssessmentState.NOT_MET, note="").exists()


def test_there_is_evidence_of_every_kind_and_its_files_can_be_read(demo):
    revisions = EvidenceRevision.objects.all()
    assert set(revisions.values_list("kind", flat=True)) == set(EvidenceKind.values)
    for revision in revisions.filter(kind=EvidenceKind.FILE):
        with revision.file.open() as file:
            assert len(file.read()) == revision.size


@pytest.mark.parametrize("account", accounts(), ids=lambda account: account.role)
def test_each_account_signs_in_with_its_password_and_sees_all_programmes(demo, account):
    user = authenticate(username=account.email, password=account.password)

    assert user is not None
    assert Role(next(iter(user.access.everywhere))).label == account.role
    assert Pilot.objects.visible_to(user).count() == 24


def test_there_is_one_account_for_each_role():
    assert [account.role for account in accounts()] == Role.labels


def test_colleagues_cannot_sign_in(demo):
    names = {account.email for account in accounts()}
    colleagues = User.objects.exclude(email__in=names)
    assert colleagues
    assert not any(user.has_usable_password() for user in colleagues)


def test_the_audit_trail_runs_in_order_of_time_and_not_into_the_future(demo):
    moments = list(Event.objects.order_by("pk").values_list("at", flat=True))

    assert len(moments) > 1_000
    assert all(earlier <= later for earlier, later in pairwise(moments))
    assert moments[-1] <= timezone.now()


def test_every_decision_and_every_phase_has_its_event_at_that_moment(demo):
    for decision in Decision.objects.all():
        event = Event.objects.get(subject=f"gates.Decision:{decision.pk}")
        if decision.supersedes_id:
            assert event.type == DECISION_CORRECTED
            assert (event.at, event.actor_id) == (decision.corrected_at, decision.corrected_by_id)
        else:
            assert event.type == (DECISION_STEPPED_DOWN if decision.steps_down_id else GATE_DECIDED)
            assert (event.at, event.actor_id) == (decision.decided_at, decision.decided_by_id)
    entered = Event.objects.filter(type=PHASE_ENTERED)
    assert {timezone.localdate(event.at) for event in entered} == set(
        Pilot.objects.filter(phase_entries__isnull=False).values_list("phase_entries__entered_on", flat=True)
    )


def test_old_news_starts_no_reactions(demo):
    told = Event.objects.filter(at__date__lt=demo)
    assert told
    assert not told.filter(dispatched_at__isnull=True).exists()


def test_rows_carry_the_moment_at_which_they_were_made(demo):
    for pilot in Pilot.objects.all():
        assert timezone.localdate(pilot.created_at) == pilot.intake_on
    for reading in Measurement.objects.all():
        assert reading.recorded_at == reading.measured_at


def test_readiness_is_what_the_definition_says(demo):
    for gate in Gate.objects.current().prefetch_related("assessments__criterion"):
        readiness = explain(gate, gate.assessments.all(), today=demo)
        assert (gate.score, gate.passes) == (int(readiness.score), readiness.passes)
    before = list(Gate.objects.order_by("pk").values())
    refresh_gates(Gate.objects.all(), today=demo)
    assert list(Gate.objects.order_by("pk").values()) == before


def test_the_executive_facts_are_counted(demo):
    assert Summary.objects.count() == 3


def test_a_second_run_changes_nothing(demo):
    before = count_of_every_table()
    assert seed(demo) is False
    assert count_of_every_table() == before


def test_the_command_says_what_it_found_and_how_to_sign_in(demo, capsys):
    call_command("seed_demo")
    said = capsys.readouterr().out
    assert "nothing was changed" in said
    assert all(account.email in said for account in accounts())


@pytest.mark.django_db
def test_it_is_not_made_beside_real_pilots():
    make_pilot()
    before = count_of_every_table()
    with pytest.raises(CommandError, match="There are pilots here already"):
        call_command("seed_demo")
    assert count_of_every_table() == before


def test_warning_signs_came_and_went(demo):
    spells = SignSpell.objects.values_list("since", "until")

    assert len({since for since, _ in spells}) > 5
    assert any(until for _, until in spells)
    assert SignSpell.objects.standing().filter(since__lt=demo).exists()
