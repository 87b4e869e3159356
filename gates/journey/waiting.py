"""Keeps current whom each gate waits on. Who that is, `gates.rules.waiting_party` says.

Like readiness: one gate is settled in Python with that rule, many in SQL from the same rows, and a test
holds the two equal. Since when moves only when the party or the person does.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from django.db import connection

from gates.choices import GateStatus, WaitingOn
from gates.models import AgendaItem, Assessment, Condition, Gate, ReviewTurn
from gates.rules import WaitingFacts, waiting_party, waiting_person
from pilots import clock
from pilots.choices import PilotState
from pilots.models import User

WAITING = ["waiting_on", "waiting_since", "waiting_for"]


def facts_of(gate: Gate, blocking: Sequence[Assessment]) -> WaitingFacts:
    """What the rule needs, from the must-meets that block a gate, each with its responsible."""
    oldest_first = sorted(
        blocking, key=lambda row: (row.state_since is not None, row.state_since or clock.now(), row.pk)
    )
    lapsed = _lapsed(gate)
    facts = WaitingFacts(
        status=gate.status,
        pilot_state=gate.pilot.state,
        archived=gate.pilot.archived_at is not None,
        owner=_present(gate.pilot.owner),
        blockers=tuple(_present(row.responsible) for row in oldest_first),
        lapsed=lapsed is not None,
        condition_owner=_present(lapsed.owner) if lapsed else None,
        on_agenda=_on_agenda(gate),
    )
    # A query only where it would be a contributor's turn: nowhere else does it matter.
    is_elsewhere = waiting_party(facts) == WaitingOn.CONTRIBUTOR
    return replace(facts, sent_back=is_elsewhere and _is_sent_back(gate))


def _is_sent_back(gate: Gate) -> bool:
    return ReviewTurn.objects.unanswered().filter(gate=gate).exists()


def _on_agenda(gate: Gate) -> bool:
    """Whether a gate meeting that is called will decide it. A query only where a review was asked for."""
    return gate.status == GateStatus.SUBMITTED and AgendaItem.objects.filter(gate=gate).to_come().exists()


def _lapsed(gate: Gate) -> Condition | None:
    """The first condition that was not met in time, where the pilot is held. A query only then."""
    if gate.pilot.state != PilotState.ON_HOLD:
        return None
    lapsed = Condition.objects.lapsed(clock.today()).filter(decision__gate__pilot=gate.pilot_id)
    return lapsed.select_related("owner").order_by("due_on", "pk").first()


def _present(person: User | None) -> int | None:
    return person.pk if person is not None and person.is_active else None


def settle(gate: Gate, blocking: Sequence[Assessment]) -> bool:
    """Let a locked gate wait on whom it should. Not saved; returns whether that moved."""
    facts = facts_of(gate, blocking)
    party, person = waiting_party(facts), waiting_person(facts)
    if (gate.waiting_on, gate.waiting_for_id) == (party, person):
        return False
    gate.waiting_on, gate.waiting_for_id = party, person
    gate.waiting_since = None if party == WaitingOn.NOBODY else clock.now()
    return True


# The same rule as gates.rules.waiting_party, for many gates at once; one text for both databases.
WAITING_SQL = """
WITH blocker AS (
    SELECT a.gate_id, a.responsible_id AS person,
           CASE WHEN u.is_active AND (p.owner_id IS NULL OR p.owner_id <> u.id) THEN 1 ELSE 0 END AS elsewhere,
           ROW_NUMBER() OVER (
               PARTITION BY a.gate_id
               ORDER BY CASE WHEN a.state_since IS NULL THEN 0 ELSE 1 END, a.state_since, a.id
           ) AS place
    FROM gates_assessment a
    JOIN gates_gate g ON g.id = a.gate_id
    JOIN pilots_pilot p ON p.id = g.pilot_id
    LEFT JOIN pilots_user u ON u.id = a.responsible_id
    WHERE a.gate_id IN ({ids}) AND g.status = 'open' AND a.kind = 'must_meet'
          AND (a.state IN ('unknown', 'in_progress', 'not_met')
               OR a.state <> 'not_applicable' AND a.stale_on <= %(today)s)
),
held AS (
    SELECT gate_id, MIN(elsewhere) AS elsewhere, MAX(CASE WHEN place = 1 THEN person END) AS person
    FROM blocker GROUP BY gate_id
),
lapsed AS (
    SELECT dg.pilot_id, CASE WHEN u.is_active THEN u.id END AS person,
           ROW_NUMBER() OVER (PARTITION BY dg.pilot_id ORDER BY c.due_on, c.id) AS place
    FROM gates_condition c
    JOIN gates_decision d ON d.id = c.decision_id
    JOIN gates_gate dg ON dg.id = d.gate_id
    JOIN gates_gatedefinition gd ON gd.id = dg.definition_id
    JOIN gates_phase ph ON ph.id = gd.phase_id
    JOIN pilots_pilot p ON p.id = dg.pilot_id AND p.state = 'on_hold' AND p.archived_at IS NULL
    LEFT JOIN pilots_user u ON u.id = c.owner_id
    WHERE c.met_at IS NULL AND c.due_on < %(today)s
          AND dg.pilot_id IN (SELECT pilot_id FROM gates_gate WHERE id IN ({ids}))
          AND NOT EXISTS (SELECT 1 FROM gates_decision s WHERE s.supersedes_id = d.id)
          AND NOT EXISTS (
              SELECT 1 FROM gates_decision r
              JOIN gates_gate rg ON rg.id = r.gate_id AND rg.pilot_id = dg.pilot_id
              JOIN gates_phase back ON back.id = r.recycle_to_id AND back.position <= ph.position
              WHERE r.outcome = 'recycle' AND r.decided_at > d.decided_at
                    AND NOT EXISTS (SELECT 1 FROM gates_decision s WHERE s.supersedes_id = r.id)
          )
),
sent_back AS (
    SELECT t.gate_id
    FROM gates_reviewturn t
    WHERE t.gate_id IN ({ids}) AND t.step = 'sent_back'
          AND NOT EXISTS (SELECT 1 FROM gates_reviewturn n WHERE n.gate_id = t.gate_id AND n.id > t.id)
          AND NOT EXISTS (
              SELECT 1 FROM gates_decision d
              WHERE d.gate_id = t.gate_id AND d.decided_at > t.at AND d.steps_down_id IS NULL
          )
),
party AS (
    SELECT g.id, u.id AS owner_id, h.person, l.person AS debtor,
           CASE WHEN g.status NOT IN ('open', 'submitted') OR p.archived_at IS NOT NULL
                     OR p.state IN ('stopped', 'retired') THEN 'nobody'
                WHEN l.pilot_id IS NOT NULL THEN 'condition'
                WHEN g.status = 'submitted' AND EXISTS (
                    SELECT 1 FROM gates_agendaitem i JOIN gates_gatereview m ON m.id = i.review_id
                    WHERE i.gate_id = g.id AND m.state IN ('planned', 'running')
                          AND i.parked_at IS NULL AND i.decision_id IS NULL
                ) THEN 'meeting'
                WHEN g.status = 'submitted' THEN 'gatekeepers'
                WHEN s.gate_id IS NOT NULL THEN 'owner'
                WHEN h.elsewhere = 1 THEN 'contributor'
                ELSE 'owner' END AS waiting_on
    FROM gates_gate g
    JOIN pilots_pilot p ON p.id = g.pilot_id
    LEFT JOIN pilots_user u ON u.id = p.owner_id AND u.is_active
    LEFT JOIN held h ON h.gate_id = g.id
    LEFT JOIN lapsed l ON l.pilot_id = g.pilot_id AND l.place = 1
    LEFT JOIN sent_back s ON s.gate_id = g.id
    WHERE g.id IN ({ids})
),
result AS (
    SELECT id, waiting_on,
           CASE waiting_on WHEN 'contributor' THEN person WHEN 'owner' THEN owner_id
                           WHEN 'condition' THEN debtor END AS person
    FROM party
)
UPDATE gates_gate SET
    waiting_on = result.waiting_on, waiting_for_id = result.person,
    waiting_since = CASE WHEN result.waiting_on = 'nobody' THEN NULL ELSE %(now)s END
FROM result
WHERE gates_gate.id = result.id AND (
    gates_gate.waiting_on <> result.waiting_on
    OR COALESCE(gates_gate.waiting_for_id, 0) <> COALESCE(result.person, 0)
)
"""


def settle_many(gate_ids: Sequence[int], *, today: date) -> None:
    """Let these gates wait on whom they should, in one statement."""
    if not gate_ids:
        return
    ids = ",".join(str(int(pk)) for pk in gate_ids)  # whole numbers of our own; too many to be parameters
    now = connection.ops.adapt_datetimefield_value(clock.now())
    with connection.cursor() as cursor:
        cursor.execute(WAITING_SQL.format(ids=ids), {"today": today.isoformat(), "now": now})
