"""The whole life of a gate: any order of anything anybody can do, and what is true after every step.

`make lives` lives two hundred lives instead of eight; a few minutes on a quiet machine.
"""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from gates.amendments.actions import approve_amendment, ask_amendment, refuse_amendment, withdraw_amendment
from gates.choices import REASON_CODES, AmendedField, AssessmentState, FeedbackLevel, Outcome
from gates.decisions.actions import Promise, decide
from gates.decisions.conditions import meet_condition
from gates.decisions.corrections import Changed, correct_decision
from gates.decisions.footing import Now, as_it_is_now
from gates.decisions.rules import GOING_ON
from gates.decisions.tasks import step_down_lapsed_decisions
from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey.actions import request_review
from gates.journey.tasks import refresh_all_readiness
from gates.meetings.actions.calling import call_meeting, close_meeting, start_meeting
from gates.meetings.actions.sitting import cast_vote, decide_item, park
from gates.models import (
    AgendaItem,
    Amendment,
    Condition,
    Decision,
    Delegation,
    Feedback,
    Gate,
    Gatekeeper,
    SignOff,
    Waiver,
)
from gates.review.actions import send_back, withdraw_review
from gates.signoffs.actions import (
    dismiss_gatekeeper,
    end_delegation,
    give_delegation,
    name_gatekeeper,
    sign_off,
    withdraw_sign_off,
)
from gates.signoffs.queries import seats_of
from gates.waivers.actions import approve_waiver, ask_waiver, refuse_waiver, revoke_waiver, withdraw_waiver
from pilots.actions.people import set_active
from pilots.actions.pilots import edit_pilot
from pilots.models import Membership
from tests.flows.gate_life.doing import committed
from tests.flows.gate_life.truths import check
from tests.flows.gate_life.working import (
    AMENDED,
    BACK,
    DAYS,
    EITHER,
    KEEPERS,
    OUTCOMES,
    OWNERS,
    SIGNERS,
    WHICH,
    WORDS,
    P,
    Working,
    can,
    who,
)
from tests.flows.gate_life.world import KEYS, make_world


class GateLife(Working):
    @can(often=3)
    def makes_ready(self):
        """Whoever may says that all is there, asks for the review and signs."""
        owner = next(name for name, pk in self.world.people.items() if pk == self.doing.pilot().owner_id)
        for key in ("V1", "T1", "O1"):
            self.assesses(owner, key, AssessmentState.MET, 0, "So it is.", None)
        self.asks_review(owner)
        for name in ("sven", "rita", "leo"):
            for which in (0, 1):
                self.signs(name, which)

    # --- Review ----------------------------------------------------------------------------------
    @can(by=OWNERS, back=BACK)
    def asks_review(self, by, back=0):
        if gate := self.doing.gate(back):
            self.do(by, P.REQUEST_REVIEW, request_review, gate=gate)

    @can(by=OWNERS)
    def withdraws_review(self, by):
        if gate := self.doing.gate():
            self.do(by, P.REQUEST_REVIEW, withdraw_review, gate=gate)

    @can(often=2, by=who("ana", "rita"), reason=WORDS, with_leo=EITHER)
    def sends_back(self, by, reason, with_leo):
        if with_leo:  # everything that blocks it is in the hands of somebody else than its owner
            for key in ("V1", "T1"):
                self.assesses("olga", key, AssessmentState.NOT_MET, 0, "Not yet.", "leo")
            self.asks_review("olga")
        if gate := self.doing.gate():
            self.do(by, P.SEND_BACK, send_back, at=gate, gate=gate, reason=reason)

    @can(by=who("ana", "petra", "rita"), key=[None, *KEYS], level=list(FeedbackLevel), said=WORDS)
    def gives_feedback(self, by, key, level, said):
        if gate := self.doing.gate():
            row = self.row(key) if key else None
            self.do(
                by, P.GIVE_FEEDBACK, give_feedback, at=gate,
                gate=gate, assessment=row, level=level, comment=said,
            )  # fmt: skip

    @can(by=OWNERS, which=WHICH, said=WORDS)
    def answers_feedback(self, by, which, said):
        if feedback := self.newest(Feedback.objects, which):
            named = feedback.assessment and feedback.assessment.responsible_id
            self.do(by, P.FILL_IN_GATE, answer_feedback, named=named, feedback=feedback, comment=said)

    # --- Signing ---------------------------------------------------------------------------------
    @can(by=SIGNERS, which=WHICH)
    def signs(self, by, which):
        if gate := self.doing.gate():
            seats = seats_of(self.doing.person(by), gate, today=self.today)
            role, holder = (
                (seats[which % len(seats)].role, seats[which % len(seats)].holder)
                if seats
                else ("Risk", None)
            )
            self.do(by, P.SIGN_OFF, sign_off, at=gate, gate=gate, role=role, holder=holder)

    @can(by=SIGNERS, which=WHICH)
    def withdraws_sign_off(self, by, which):
        if word := self.newest(SignOff.objects.select_related("gate__pilot"), which):
            self.do(
                by,
                None,
                withdraw_sign_off,
                gate=word.gate,
                role=word.role,
                holder=word.on_behalf_of or word.person,
            )

    @can(by=who("sven", "rita", "leo"), to=who("dora", "olga"), days=DAYS)
    def lends_the_seat(self, by, to, days):
        period = {"starts_on": self.today, "ends_on": self.today + timedelta(days)}
        self.do(by, None, give_delegation, receiver=self.doing.person(to), reason="Away.", **period)

    @can(by=who("sven", "rita"), which=WHICH)
    def takes_the_seat_back(self, by, which):
        if lent := self.newest(Delegation.objects, which):
            self.do(by, None, end_delegation, delegation=lent)

    @can(by=who("petra"), person=who("rita", "ana", "olga"), role=["Risk", "Sponsor"], away=EITHER)
    def names_gatekeepers(self, by, person, role, away):
        holder = self.doing.person(person)
        held = Gatekeeper.objects.filter(person=holder).first()
        if not away:
            named = {"programme": self.world.programme, "role": role, "person": holder}
            self.do(by, P.MANAGE_GATEKEEPERS, name_gatekeeper, **named)
        elif held:
            self.do(by, P.MANAGE_GATEKEEPERS, dismiss_gatekeeper, gatekeeper=held)

    @can(often=4, key=["V1", "T1", "O1"], days=DAYS, by=KEEPERS, answered=[True, True, False],
          then=[None, None, None, "met", "aside"])  # fmt: skip
    def waives(self, key, days, by, answered, then):
        """What its owner calls not met is asked to be waived, and mostly answered; then something overtakes it."""
        self.assesses("olga", key, AssessmentState.NOT_MET, 0, "Not yet.", None)
        self.asks_waiver("olga", key, days, "It comes.", 0)
        if answered:
            self.answers_waiver(by, 0, None, "Until then.")
        if then == "met":
            self.assesses("olga", key, AssessmentState.MET, 0, "So it is.", None)
        elif then:
            self.amends(key, (AmendedField.APPLIES, False), by)

    @can(often=2, key=KEYS, term=AMENDED, by=KEEPERS)
    def amends(self, key, term, by):
        self.asks_amendment("olga", key, term, "It is another case.")
        self.answers_amendment(by, 0, False, "Yes.")

    # --- Waivers and amendments ------------------------------------------------------------------
    @can(by=OWNERS, key=KEYS, days=DAYS, reason=WORDS, back=BACK)
    def asks_waiver(self, by, key, days, reason, back):
        if row := self.row(key, back):
            self.do(
                by, P.ASK_WAIVER, ask_waiver, named=row.responsible_id,
                assessment=row, reason=reason, expires_on=self.today + timedelta(days),
            )  # fmt: skip

    @can(by=KEEPERS, which=WHICH, no=[None, None, refuse_waiver, revoke_waiver], said=WORDS)
    def answers_waiver(self, by, which, no, said):
        if waiver := self.newest(Waiver.objects, which):
            words = {"reason" if no is revoke_waiver else "note": said}
            self.do(by, P.APPROVE_WAIVER, no or approve_waiver, waiver=waiver, **words)

    @can(by=OWNERS, which=WHICH)
    def withdraws_waiver(self, by, which):
        if waiver := self.newest(Waiver.objects, which):
            self.do(by, None, withdraw_waiver, waiver=waiver)

    @can(by=OWNERS, key=KEYS, term=AMENDED, reason=WORDS)
    def asks_amendment(self, by, key, term, reason):
        if row := self.row(key):
            field, after = term
            of_gate = field in (AmendedField.SCORE_THRESHOLD, AmendedField.FLOOR_THRESHOLD)
            self.do(
                by, P.ASK_AMENDMENT, ask_amendment, gate=row.gate,
                assessment=None if of_gate else row, field=field, after=after, reason=reason,
            )  # fmt: skip

    @can(by=KEEPERS, which=WHICH, no=EITHER, said=WORDS)
    def answers_amendment(self, by, which, no, said):
        if amendment := self.newest(Amendment.objects, which):
            act = refuse_amendment if no else approve_amendment
            self.do(by, P.APPROVE_AMENDMENT, act, amendment=amendment, note=said)

    @can(by=OWNERS, which=WHICH)
    def withdraws_amendment(self, by, which):
        if amendment := self.newest(Amendment.objects, which):
            self.do(by, None, withdraw_amendment, amendment=amendment)

    # --- Deciding --------------------------------------------------------------------------------
    @can(often=4, by=KEEPERS, outcome=OUTCOMES, back=BACK, days=DAYS, archive=EITHER,
          override=["", "", "", "We must."], covers=EITHER)  # fmt: skip
    def decides(self, by, outcome, back, days, archive, override, covers):
        if gate := self.doing.gate(back):
            self._decides(by, decide, {"gate": gate}, outcome, days, archive, override, covers)

    def _decides(self, by, act, at, outcome, days, archive, override, covers):
        gate = self.doing.gate()
        before, day = self._now(gate), self.today + timedelta(days)
        open_must = [
            row.criterion for row in before.assessments if row.criterion.key in before.readiness.blockers
        ]
        promised = [Promise(f"Close {one.key}", day, None, one) for one in open_must] if covers else []
        decision = self.do(
            by, P.DECIDE_GATE, act, **at, outcome=outcome, reason="So.", reason_code=REASON_CODES[outcome][0],
            override_reason=override, scope_cap="At most 20 users", review_on=day,
            recycle_to=gate.definition.phase.version.phases.order_by("position").first(),
            lesson="Ask first.", archive=archive,
            conditions=promised or [Promise("Train", day, self.doing.person("leo"))],
        )  # fmt: skip
        if decision is not None and outcome in GOING_ON:
            self._had_to_be_allowed(decision, before, promised)

    def _now(self, gate: Gate) -> Now:
        """What the gate would be decided on, without touching it."""
        with transaction.atomic():
            now = as_it_is_now(gate, today=self.today)
            transaction.set_rollback(True)
        return now

    def _had_to_be_allowed(self, decision: Decision, before: Now, promised) -> None:
        """Readiness and quorum as they were just before, or an override by somebody the playbook names."""
        covered = {promise.criterion.key for promise in promised}
        is_ready = (
            before.readiness.passes
            if decision.outcome == Outcome.GO
            else not before.readiness.fired and covered.issuperset(before.readiness.blockers)
        )
        assert (decision.passed, decision.quorum_reached) == (
            before.readiness.passes,
            not before.quorum_missing,
        )
        if is_ready and decision.quorum_reached:
            return
        assert decision.override_reason.strip()
        roles = Membership.objects.filter(user=decision.decided_by, programme=self.world.programme)
        assert set(roles.values_list("role", flat=True)) & set(before.gate.definition.override_roles)

    @can(by=KEEPERS, which=WHICH, days=DAYS)
    def corrects(self, by, which, days):
        if decision := self.newest(Decision.objects, which):
            day = self.today + timedelta(days)
            moved = decision.conditions.filter(met_at=None)
            changed = [Changed(row.pk, row.text, day, row.owner) for row in moved]
            facts = {"review_on": day} if decision.outcome == Outcome.HOLD else {"reason": f"So, and {days}."}
            self.do(
                by, P.DECIDE_GATE, correct_decision,
                decision=decision, correction_reason="Wrong.", conditions=changed, **facts,
            )  # fmt: skip

    @can(by=OWNERS, which=WHICH, note=WORDS)
    def meets_condition(self, by, which, note):
        if condition := self.newest(Condition.objects.select_related("decision__gate"), which):
            self.do(
                by, P.FILL_IN_GATE, meet_condition, named=condition.owner_id, condition=condition, note=note
            )

    # --- Meetings --------------------------------------------------------------------------------
    @can(by=KEEPERS)
    def meets(self, by):
        """Called for tomorrow, and begun at once."""
        if gate := self.doing.gate():
            called = self.do(
                by, P.HOLD_MEETING, call_meeting, programme=self.world.programme, gates=[gate],
                title="Gates", starts_at=timezone.now() + timedelta(1),
            )  # fmt: skip
            if called is not None:
                self.do(by, P.HOLD_MEETING, start_meeting, review=called)

    def item(self) -> AgendaItem | None:
        return self.newest(AgendaItem.objects.select_related("review", "gate__pilot"), 0)

    @can(by=KEEPERS, outcome=list(Outcome))
    def votes(self, by, outcome):
        if item := self.item():
            self.do(by, None, cast_vote, item=item, outcome=outcome)

    @can(by=KEEPERS, outcome=list(Outcome), days=DAYS)
    def decides_in_the_meeting(self, by, outcome, days):
        if item := self.item():
            self._decides(by, decide_item, {"item": item}, outcome, days, False, "", True)

    @can(by=KEEPERS, parks=EITHER)
    def ends_the_meeting(self, by, parks):
        if item := self.item():
            if parks:
                self.do(by, P.HOLD_MEETING, park, item=item)
            self.do(by, P.HOLD_MEETING, close_meeting, review=item.review)

    # --- People and time -------------------------------------------------------------------------
    @can(person=who("leo", "sven", "olga"))
    def leaves_or_comes_back(self, person):
        one = self.doing.person(person)
        self.do(
            "ida", P.MANAGE_PEOPLE, set_active, person=one, active=not one.is_active, reason="Moves away."
        )

    @can(by=who("petra"), to=who("oscar", "ana", "olga", "leo"), word=["owner", "owner", "sponsor"])
    def hands_over(self, by, to, word):
        self.do(by, P.EDIT_PILOT, edit_pilot, pilot=self.doing.pilot(), **{word: self.doing.person(to)})

    @can(days=DAYS, lapses=EITHER)
    def time_passes(self, days, lapses):
        self.clock.shift(timedelta(days))
        with committed():
            refresh_all_readiness()
        if lapses:
            self.night_falls()

    @can()
    def night_falls(self):
        """The task may run twice, late or not for days."""
        with committed():
            step_down_lapsed_decisions()

    @invariant()
    def what_is_always_true(self):
        check(self.doing.pilot(), self.memory)


@pytest.mark.django_db
@pytest.mark.either
def test_whatever_anybody_does_in_whatever_order():
    GateLife.world, GateLife.all_done = make_world(), set()

    lives = max(8, settings().max_examples // 5)
    run_state_machine_as_test(GateLife, settings=settings(max_examples=lives, stateful_step_count=25))

    assert {"start_pilot", "assess_criterion", "request_review", "sign_off", "decide"} <= GateLife.all_done
