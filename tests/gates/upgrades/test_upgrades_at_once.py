"""Two who move the same pilots at once, and a decision in between: on real connections, PostgreSQL only."""

import pytest

from gates import events
from gates.amendments.actions import approve_amendment, ask_amendment
from gates.choices import AssessmentState, GateStatus, Outcome
from gates.decisions.actions import decide
from gates.models import Amendment, Assessment
from gates.upgrades.actions import upgrade_chunk
from gates.upgrades.tasks import upgrade_pilots
from pilots.choices import JobState
from pilots.models import Event, Job
from pilots.rules import RuleViolation
from tests.builders import make_playbook, start
from tests.gates.test_concurrency import at_once, errors
from tests.gates.upgrades.builders import next_version
from tests.gates.upgrades.test_upgrades import NEW, job_for, many

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_two_who_move_the_same_pilots_at_once_move_each_of_them_once(programme, olga, petra):
    v1 = make_playbook()
    pilots = [pilot.pk for pilot in many(programme, olga, v1, 6)]
    v2 = next_version(v1, criteria=NEW)

    results = at_once(
        lambda: upgrade_chunk(pilots=pilots, version=v2, by=petra),
        lambda: upgrade_chunk(pilots=list(reversed(pilots)), version=v2, by=petra),
    )

    assert not errors(results)
    assert Event.objects.filter(type=events.PILOT_UPGRADED).count() == 6
    assert Assessment.objects.filter(criterion__key="R1").count() == 6
    assert Amendment.objects.count() == 6 * 4


def test_two_workers_with_the_same_job_do_its_work_once(programme, olga, petra):
    v1 = make_playbook()
    pilots = many(programme, olga, v1, 4)
    v2 = next_version(v1, criteria=NEW)
    job = job_for(v2, pilots, petra)

    assert not errors(at_once(lambda: upgrade_pilots(job.pk), lambda: upgrade_pilots(job.pk)))

    job = Job.objects.get()
    assert (job.state, job.done, job.result["moved"]) == (JobState.DONE, 4, 4)


def test_a_decision_while_pilots_move_is_taken_before_or_after_on_one_set_of_terms(pilot, ana, petra):
    v1 = make_playbook()
    gate = start(pilot, v1)
    gate.assessments.update(state=AssessmentState.MET)
    v2 = next_version(v1, criteria=NEW)

    results = at_once(
        lambda: upgrade_chunk(pilots=[pilot.pk], version=v2, by=petra),
        lambda: decide(gate=gate, outcome=Outcome.GO, reason="Yes.", by=ana),
    )

    gate.refresh_from_db()
    version = gate.definition.phase.version
    if gate.status == GateStatus.DECIDED:  # the decision came first: it stands as it was taken
        assert not errors(results)
        assert version == v1
        current = pilot.gates.current().get()
        assert current.definition.phase.key == v1.phases.get(position=2).key
    else:  # the move came first, and R1 is open: no go on the new terms
        assert [type(error) for error in errors(results)] == [RuleViolation]
        assert version == v2


def test_of_two_who_approve_the_same_amendment_one_does(pilot, olga, ana, erik):
    gate = start(pilot)
    asked = ask_amendment(
        gate=gate, assessment=None, field="score_threshold", after=40, reason="Small.", by=olga
    )

    results = at_once(
        lambda: approve_amendment(amendment=asked, by=ana),
        lambda: approve_amendment(amendment=asked, by=erik),
    )

    (lost,) = errors(results)
    assert str(lost) == "This amendment has been settled already."
    assert Event.objects.filter(type=events.AMENDMENT_APPROVED).count() == 1
