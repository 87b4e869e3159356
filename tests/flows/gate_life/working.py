"""What people do to get a pilot through its gate, and the dice that say what comes next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import time_machine
from django.db import transaction
from django.utils import timezone
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from gates.checklist.actions import assess_criterion
from gates.choices import ANSWERS, AmendedField, Outcome
from gates.decisions.rules import GOING_ON
from gates.evidence.actions import (
    add_evidence,
    link_evidence,
    remove_evidence,
    revise_evidence,
    unlink_evidence,
)
from gates.evidence.queries import keeper_of
from gates.journey.actions import plan_gate, start_pilot
from gates.models import (
    Evidence,
)
from metrics.readings.actions import record_measurement
from pilots.permissions import Permission
from tests.flows.gate_life.doing import Doing
from tests.flows.gate_life.truths import Memory
from tests.flows.gate_life.world import DAY, EVERYBODY, KEYS, SAID, World

P = Permission
STEP = timedelta(seconds=17)  # between two things done: nothing is the same form sent twice


def who(*usual: str) -> list[str]:
    """Anybody, but mostly somebody who usually does it."""
    return [*usual * 6, *EVERYBODY]


OWNERS = who("olga", "petra")
KEEPERS = who("ana", "sven", "erik")
SIGNERS = who("sven", "rita", "leo", "dora")
WHICH = [0, 0, 0, 1, 2]  # of several, the newest first
BACK = [0, 0, 0, 0, 0, 1]  # the gate now, or the one before
OUTCOMES = [*Outcome, *GOING_ON, *GOING_ON, Outcome.HOLD]  # a stop ends most of it
EITHER = [False, True]
DAYS = [1, 5, 12, 40]
WORDS = ["Because.", "Because.", "So it is.", " "]
AMENDED = [
    (AmendedField.SCORE_THRESHOLD, 90),
    (AmendedField.FLOOR_THRESHOLD, 30),
    (AmendedField.KIND, "should_meet"),
    (AmendedField.KIND, "kill"),
    (AmendedField.WEIGHT, 5),
    (AmendedField.APPLIES, False),
    (AmendedField.APPLIES, True),
    (AmendedField.VALIDITY, 3),
    (AmendedField.VALIDITY, None),
]


# What can happen: name of the method → what it takes, each from a choice. OFTEN names it as often as it comes up.
CAN: dict[str, dict[str, Sequence[Any]]] = {}
OFTEN: list[str] = []


def can(often: int = 1, **facts: Sequence[Any]):
    """Something that can happen at any step, with one of each of these.

    Not rules of their own: Hypothesis leaves most rules out of most lives, and here only many of them
    together lead anywhere. So each step is one number, and what it means is spread evenly.
    """

    def mark(method):
        CAN[method.__name__] = facts
        OFTEN.extend([method.__name__] * often)
        return method

    return mark


class Working(RuleBasedStateMachine):
    """Everything up to the review. What comes after is in test_gate_life."""

    world: World  # set by the test
    all_done: set[str]

    def __init__(self) -> None:
        super().__init__()
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        noon = timezone.make_aware(datetime.combine(DAY, time(12)))
        self.travel = time_machine.travel(noon, tick=False)
        self.clock = self.travel.start()
        self.doing = Doing(self.world)
        self.drawn: Counter[int] = Counter()
        self.memory = Memory(owner=self.world.pilot.owner_id)

    def teardown(self) -> None:
        self.all_done.update(self.doing.done)
        self.travel.stop()
        transaction.set_rollback(True)
        self.transaction.__exit__(None, None, None)

    def do(self, by, permission, act, *, at=None, named=None, **facts):
        self.clock.shift(STEP)
        return (
            self.doing.do(by, act, **facts) if self.doing.may(by, permission, gate=at, named=named) else None
        )

    def newest(self, rows, which: int):
        return rows.order_by("-pk")[which:].first()

    def row(self, key: str, back: int = 0):
        gate = self.doing.gate(back)
        return gate and gate.assessments.select_related("criterion", "gate").get(criterion__key=key)

    @property
    def today(self):
        return timezone.localdate()

    # --- Under way -------------------------------------------------------------------------------
    @initialize(begun=st.sampled_from(["ready", "ready", "started", "started", "intake"]))
    def begins(self, begun):
        if begun != "intake":
            self.starts("olga")
        if begun == "ready":
            self.makes_ready()

    @can(by=OWNERS)
    def starts(self, by):
        self.do(
            by, P.START_PILOT, start_pilot, pilot=self.world.pilot, version=self.world.version, on=self.today
        )

    @can(by=OWNERS, key=SAID, state=ANSWERS, back=BACK, note=WORDS, on_it=[None, *who("leo")])
    def assesses(self, by, key, state, back, note, on_it):
        if row := self.row(key, back):
            responsible = self.doing.person(on_it) if on_it else row.responsible
            self.do(
                by, P.FILL_IN_GATE, assess_criterion, named=row.responsible_id,
                assessment=row, state=state, note=note, responsible=responsible,
            )  # fmt: skip

    @can(by=OWNERS, value=range(8, 23))
    def measures(self, by, value):
        self.do(
            by, P.RECORD_MEASUREMENT, record_measurement,
            kpi=self.world.kpi, value=Decimal(value), measured_at=timezone.now(),
        )  # fmt: skip

    @can(by=OWNERS, days=DAYS, back=BACK)
    def plans(self, by, days, back):
        if gate := self.doing.gate(back):
            day = self.today + timedelta(days)
            self.do(by, P.PLAN_GATE, plan_gate, gate=gate, planned_on=day, forecast_on=day, reason="Later.")

    # --- Evidence --------------------------------------------------------------------------------
    def valid_until(self, days):
        return days and self.today + timedelta(days)

    @can(by=OWNERS, key=KEYS, back=BACK, days=[None, *DAYS])
    def adds_evidence(self, by, key, back, days):
        if row := self.row(key, back):
            self.do(
                by, P.FILL_IN_GATE, add_evidence, named=row.responsible_id,
                assessment=row, kind="note", note="Seen.", valid_until=self.valid_until(days),
            )  # fmt: skip

    @can(by=OWNERS, which=WHICH, days=[None, *DAYS])
    def revises_evidence(self, by, which, days):
        if piece := self.newest(Evidence.objects, which):
            self.do(
                by, P.FILL_IN_GATE, revise_evidence, named=keeper_of(piece), evidence=piece,
                kind="link", link="https://example.com/proof", valid_until=self.valid_until(days),
            )  # fmt: skip

    @can(by=OWNERS, which=WHICH, reason=WORDS)
    def removes_evidence(self, by, which, reason):
        if piece := self.newest(Evidence.objects, which):
            self.do(
                by, P.FILL_IN_GATE, remove_evidence, named=keeper_of(piece), evidence=piece, reason=reason
            )

    @can(by=OWNERS, which=WHICH, key=KEYS, back=BACK, away=EITHER)
    def links_evidence(self, by, which, key, back, away):
        row, piece = self.row(key, back), self.newest(Evidence.objects, which)
        if row and piece:
            act, said = (unlink_evidence, {"reason": "Of another."}) if away else (link_evidence, {})
            self.do(by, P.FILL_IN_GATE, act, named=row.responsible_id, evidence=piece, assessment=row, **said)

    @rule(number=st.integers(0, 2**24 - 1))
    def happens(self, number):
        self.drawn[number] += 1  # Hypothesis likes to draw a number again; that is not the same once more
        dice = Random(f"{number} {self.drawn[number]}")
        name = dice.choice(OFTEN)
        facts = {fact: dice.choice(choices) for fact, choices in CAN[name].items()}
        note(f"{name}: {facts}")
        getattr(self, name)(**facts)
