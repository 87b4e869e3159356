"""Feedback is advice: it is kept, counted and answered, and moves nothing."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from gates import events
from gates.choices import AssessmentState, GateStatus
from gates.feedback.actions import answer_feedback, give_feedback
from gates.feedback.queries import feedback_of
from gates.journey.actions import request_review
from gates.models import Feedback, Gate
from pilots.models import Event
from pilots.rules import RuleViolation
from tests.builders import start

pytestmark = pytest.mark.django_db


@pytest.fixture
def gate(pilot):
    return start(pilot)


@pytest.fixture
def v1(gate):
    return gate.assessments.select_related("criterion").get(criterion__key="V1")


def test_feedback_changes_no_state_and_no_readiness(gate, v1, ana):
    before = Gate.objects.values().get(pk=gate.pk), list(gate.assessments.values())

    give_feedback(gate=gate, assessment=v1, level="major", comment="Nobody asked the users.", by=ana)

    assert (Gate.objects.values().get(pk=gate.pk), list(gate.assessments.values())) == before
    told = Event.objects.get(type=events.FEEDBACK_GIVEN)
    assert (told.actor, told.data["level"], told.data["comment"]) == (ana, "major", "Nobody asked the users.")


def test_newer_feedback_of_a_person_on_a_thing_counts_and_the_older_stays_readable(gate, v1, ana, sven):
    give_feedback(gate=gate, assessment=v1, level="major", comment="No users.", by=ana)
    give_feedback(gate=gate, assessment=v1, level="minor", comment="Few users.", by=sven)
    give_feedback(gate=gate, level="major", comment="Too early.", by=ana)
    give_feedback(gate=gate, assessment=v1, level="fine", by=ana)

    found = feedback_of(gate)

    assert found.issues == "1 major issue, 1 minor issue"
    assert [(r.feedback.by, r.feedback.level) for r in found.on(v1.pk)] == [(sven, "minor"), (ana, "fine")]
    assert [r.feedback.comment for r in found.on(v1.pk)[1].earlier] == ["No users."]
    assert [r.feedback.comment for r in found.on_the_whole] == ["Too early."]


def test_the_same_feedback_sent_twice_is_one(gate, v1, ana):
    for _ in range(2):
        give_feedback(gate=gate, assessment=v1, level="minor", comment="Few users. ", by=ana)

    assert Feedback.objects.count() == Event.objects.filter(type=events.FEEDBACK_GIVEN).count() == 1


def test_feedback_is_answered_once_per_sending(gate, v1, ana, olga):
    said = give_feedback(gate=gate, assessment=v1, level="minor", comment="Few users.", by=ana)
    for _ in range(2):
        answer = answer_feedback(feedback=said, comment="Ten more are asked.", by=olga)

    (remark,) = feedback_of(gate).on(v1.pk)
    assert remark.answers == [answer]
    assert Event.objects.get(type=events.FEEDBACK_ANSWERED).actor == olga
    with pytest.raises(RuleViolation, match="An answer is not answered again"):
        answer_feedback(feedback=answer, comment="And?", by=olga)


@pytest.mark.parametrize(("level", "comment"), [("minor", ""), ("major", "  ")])
def test_an_issue_needs_words(gate, ana, level, comment):
    with pytest.raises(RuleViolation, match="Say what the issue is"):
        give_feedback(gate=gate, level=level, comment=comment, by=ana)


def test_owners_and_closed_gates_get_no_feedback_in(gate, olga, ana):
    with pytest.raises(RuleViolation, match="Owners do not give feedback on their own pilots"):
        give_feedback(gate=gate, level="fine", by=olga)
    said = give_feedback(gate=gate, level="fine", by=ana)
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.DECIDED, decided_at=timezone.now())
    with pytest.raises(RuleViolation, match="not open"):
        give_feedback(gate=gate, level="fine", by=ana)
    with pytest.raises(RuleViolation, match="not open"):
        answer_feedback(feedback=said, comment="Thanks.", by=olga)


def test_feedback_stays_with_its_gate_when_a_review_is_asked_for(gate, olga, ana):
    give_feedback(gate=gate, level="fine", by=ana)
    request_review(gate=gate, by=olga)

    assert len(feedback_of(gate).on_the_whole) == 1


@pytest.mark.parametrize("facts", [{"level": ""}, {"level": "minor", "comment": ""}, {"level": "great"}])
def test_the_database_refuses_feedback_that_says_nothing(gate, ana, facts):
    with pytest.raises(IntegrityError), transaction.atomic():
        Feedback.objects.create(gate=gate, by=ana, at=timezone.now(), **{"comment": "Yes."} | facts)


def test_reading_feedback_is_one_query(gate, v1, ana, sven, django_assert_num_queries):
    for person in (ana, sven):
        give_feedback(gate=gate, assessment=v1, level="minor", comment="Few.", by=person)

    with django_assert_num_queries(1):
        assert [str(r.feedback.by) for r in feedback_of(gate).remarks] == ["Ana Anders", "Sven Sponsor"]


def test_no_criterion_is_met_by_praise(gate, v1, ana):
    give_feedback(gate=gate, assessment=v1, level="fine", by=ana)

    v1.refresh_from_db()
    assert v1.state == AssessmentState.UNKNOWN
