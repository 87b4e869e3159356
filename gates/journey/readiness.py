"""Keeps the readiness stored on gates current. What readiness is, `gates.readiness` says.

One gate is scored in Python with that definition; many are scored in SQL from the same rows. A test
holds the two equal on random portfolios, on both databases.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Q, QuerySet

from gates import events
from gates.checks import evaluate
from gates.choices import CURRENT, AssessmentState, CriterionKind, GateStatus
from gates.journey.asking import ask_seats
from gates.journey.overtaken import end_overtaken, is_overtaken, put_away_lapsed, with_standing_waiver
from gates.journey.waiting import WAITING, settle, settle_many
from gates.models import Assessment, Gate
from gates.readiness import Item, Readiness, assess
from pilots import clock
from pilots.events import build, record, record_many
from pilots.models import Event, Pilot

# gate id → key of a criterion that a check turned → its state before, its state now, why
Turned = dict[int, dict[str, tuple[str, str, str]]]
CHUNK = 5_000  # gates per transaction in a recompute of everything


def item_of(assessment: Assessment, *, today: date) -> Item:
    """An assessment as readiness sees it; its criterion must be loaded."""
    return Item(
        key=assessment.criterion.key,
        area=assessment.area,
        kind=assessment.kind,
        weight=assessment.weight,
        state=assessment.state,
        stale=assessment.stale_on is not None and assessment.stale_on <= today,
    )


def waits_for(assessments: Sequence[Assessment], *, today: date) -> dict[int, list[str]]:
    """Assessment id → keys of the criteria it depends on that are still open. Loaded criteria; no query.

    `assessments` are all of one gate.
    """
    opens = {row.criterion.key: item_of(row, today=today).opens_others for row in assessments}
    # A key that is not asked here (any more) is nothing to wait for.
    return {
        row.pk: [key for key in row.criterion.depends_on if not opens.get(key, True)] for row in assessments
    }


def explain(gate: Gate, assessments: Iterable[Assessment], *, today: date) -> Readiness:
    """The readiness of one gate from its loaded assessments. No query."""
    return assess(
        [item_of(assessment, today=today) for assessment in assessments],
        score_threshold=gate.score_threshold,
        floor_threshold=gate.floor_threshold,
    )


def refresh_one(gate: Gate, *, today: date) -> list[Assessment]:
    """Score one locked gate anew, end waivers that were overtaken, say whom it waits on. Returns its assessments.

    Two queries; one more on a crossing, where the pilot's owner is not loaded, and where everything that
    blocks it is with others than the owner. In review those of `ask_seats` besides.
    """
    rows = with_standing_waiver(gate.assessments.select_related("criterion", "responsible"))
    assessments = list(rows)
    if any(is_overtaken(row, today=today) for row in assessments):
        record_many(end_overtaken([gate.pk], today=today))
    readiness = explain(gate, assessments, today=today)
    passed_before = gate.passes
    _store(gate, assessments, readiness)
    if gate.passes != passed_before:
        record(**_crossed(gate))
    if gate.status == GateStatus.SUBMITTED:
        ask_seats([gate.pk], today=today)
    return assessments


def _store(gate: Gate, assessments: list[Assessment], readiness: Readiness) -> None:
    must = [row for row in assessments if _counts_as(row, CriterionKind.MUST_MEET)]
    should = [row for row in assessments if _counts_as(row, CriterionKind.SHOULD_MEET)]
    still_missing = readiness.gaps.keys()
    gate.score, gate.floor = int(readiness.score), int(readiness.floor)
    gate.floor_area = readiness.floor_area
    gate.unknown = int(readiness.unknown)
    gate.blocker_count = len(readiness.blockers)
    gate.must_total, gate.should_total = len(must), len(should)
    gate.must_met = sum(row.criterion.key not in still_missing for row in must)
    gate.should_met = sum(row.criterion.key not in still_missing for row in should)
    gate.passes = readiness.passes
    moved = settle(gate, [row for row in assessments if row.criterion.key in readiness.blockers])
    gate.save(update_fields=STORED + WAITING if moved else STORED)


def _counts_as(assessment: Assessment, kind: str) -> bool:
    return assessment.kind == kind and assessment.state != AssessmentState.NOT_APPLICABLE


STORED = [
    "score",
    "floor",
    "floor_area",
    "unknown",
    "blocker_count",
    "must_met",
    "must_total",
    "should_met",
    "should_total",
    "passes",
]


def refresh_gates(gates: "QuerySet[Gate]", *, today: date) -> int:
    """Run the checks and score anew every current gate in `gates`, set-based, in chunks.

    Returns how many gates were looked at. Only rows that change are written.
    """
    ids = list(gates.filter(status__in=CURRENT).order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(ids), CHUNK):
        _refresh_chunk(ids[start : start + CHUNK], today)
    return len(ids)


@transaction.atomic
def _refresh_chunk(ids: list[int], today: date) -> None:
    ids = _lock(ids)
    chunk = Gate.objects.filter(pk__in=ids)
    passed_before = set(chunk.filter(passes=True).values_list("pk", flat=True))
    turned = _apply_checks(ids, today)
    score_gates(ids, today=today)
    ask_seats(ids, today=today)
    crossed = chunk.filter(Q(passes=True) & ~Q(pk__in=passed_before) | Q(passes=False, pk__in=passed_before))
    told = _told_of_checks(chunk, turned) + end_overtaken(ids, today=today)
    told += [build(**_crossed(gate)) for gate in crossed.select_related("pilot")]
    record_many(told)


def _told_of_checks(chunk: "QuerySet[Gate]", turned: Turned) -> list[Event]:
    """One event for every gate at which checks turned criteria, with what each was and why it is so now."""
    if not turned:
        return []
    return [
        build(
            events.CRITERIA_CHECKED,
            subject=gate,
            pilot=gate.pilot,
            actor=None,
            changes={key: [before, after] for key, (before, after, _) in turned[gate.pk].items()},
            why=" ".join(f"{key}: {why}" for key, (_, _, why) in turned[gate.pk].items() if why),
        )
        for gate in chunk.filter(pk__in=turned).select_related("pilot").order_by("pk")
    ]


def _lock(ids: list[int]) -> list[int]:
    """Lock those of these gates that are still current: one decided meanwhile keeps what was decided on."""
    current = Gate.objects.filter(pk__in=ids, status__in=CURRENT).order_by("pk")
    if connection.features.has_select_for_update:
        current = current.select_for_update(of=("self",))
    return list(current.values_list("pk", flat=True))


def _crossed(gate: Gate) -> dict[str, Any]:
    """The event of a gate that now passes or no longer does."""
    return {
        "type": events.GATE_BECAME_READY if gate.passes else events.GATE_LOST_READINESS,
        "subject": gate,
        "pilot": gate.pilot,
        "actor": None,
        "changes": {"ready": [not gate.passes, gate.passes]},
        "score": gate.score,
    }


def _apply_checks(gate_ids: list[int], today: date) -> Turned:
    """Let the checks decide the criteria that are theirs; writes only what changed. Returns whose state did.

    A waiver in force keeps a criterion waived until the check says that it is met; after that, or after
    its day, the check has the last word again.
    """
    decided = Assessment.objects.filter(gate_id__in=gate_ids).exclude(check_name="")
    decided = decided.exclude(state=AssessmentState.NOT_APPLICABLE)
    names = ("pk", "gate__pilot_id", "check_name", "state", "note", "state_since", "stale_on")
    rows = list(decided.values_list(*names, "gate_id", "criterion__key"))
    pilots = Pilot.objects.filter(gates__in=gate_ids)
    failures = evaluate((row[2] for row in rows), pilots, today=today)
    now = clock.now()
    newly_met, failing, waived_before = [], [], []
    turned: Turned = defaultdict(dict)
    for pk, pilot_id, check_name, state, note, since, stale_on, gate_id, key in rows:
        verdict = verdict_of(failures[check_name].get(pilot_id))
        waived = state == AssessmentState.WAIVED
        in_force = waived and (stale_on is None or stale_on > today)
        if verdict == (state, note) or (in_force and verdict[0] != AssessmentState.MET):
            continue
        if verdict[0] != state:
            turned[gate_id][key] = (state, *verdict)
        if waived:
            waived_before.append(pk)
        if verdict[0] == AssessmentState.MET:
            newly_met.append(pk)
        else:
            # The same state with another reason has been so since before.
            since = since if verdict[0] == state else now
            failing.append(Assessment(pk=pk, state=verdict[0], note=verdict[1], state_since=since))
    if waived_before:
        Assessment.objects.filter(pk__in=waived_before).update(stale_on=None)
        put_away_lapsed(set(waived_before) - set(newly_met))
    Assessment.objects.filter(pk__in=newly_met).update(
        state=AssessmentState.MET, note="", state_since=now, updated_by=None
    )
    # Each reason has its own facts in it, so these rows differ.
    Assessment.objects.bulk_update(failing, ["state", "note", "state_since", "updated_by"], batch_size=500)
    return turned


def verdict_of(failure: str | None) -> tuple[str, str]:
    """A check's answer as a state and its note."""
    return (AssessmentState.NOT_MET, failure) if failure else (AssessmentState.MET, "")


# The same definition as gates.readiness.assess, for many gates at once. One text for both databases:
# whole-number division cuts off alike, and equal shares are equal doubles.
SCORE_SQL = """
WITH item AS (
    SELECT a.gate_id, a.area, a.kind, a.weight, a.state,
           CASE WHEN a.stale_on IS NOT NULL AND a.stale_on <= %(today)s THEN 1 ELSE 0 END AS stale
    FROM gates_assessment a
    WHERE a.gate_id IN ({ids}) AND a.state <> 'not_applicable'
),
judged AS (
    SELECT gate_id, area, kind, state,
           CASE WHEN kind <> 'kill' THEN weight ELSE 0 END AS weight,
           CASE WHEN kind <> 'kill' AND state = 'met' AND stale = 0 THEN 1 ELSE 0 END AS met,
           CASE WHEN kind = 'must_meet' AND (state IN ('unknown', 'in_progress', 'not_met') OR stale = 1)
                THEN 1 ELSE 0 END AS blocks,
           CASE WHEN kind = 'kill' AND state = 'met' THEN 1 ELSE 0 END AS fires
    FROM item
),
area AS (
    SELECT gate_id, area, SUM(weight) AS total, SUM(weight * met) AS met,
           ROW_NUMBER() OVER (
               PARTITION BY gate_id
               ORDER BY CAST(SUM(weight * met) AS DOUBLE PRECISION) / SUM(weight), area
           ) AS place
    FROM judged WHERE kind <> 'kill'
    GROUP BY gate_id, area
),
whole AS (
    SELECT gate_id, SUM(weight) AS total, SUM(weight * met) AS met,
           SUM(CASE WHEN state = 'unknown' THEN weight ELSE 0 END) AS unknown,
           SUM(blocks) AS blockers, SUM(fires) AS fired,
           SUM(CASE WHEN kind = 'must_meet' THEN 1 ELSE 0 END) AS must_total,
           SUM(CASE WHEN kind = 'must_meet' THEN met ELSE 0 END) AS must_met,
           SUM(CASE WHEN kind = 'should_meet' THEN 1 ELSE 0 END) AS should_total,
           SUM(CASE WHEN kind = 'should_meet' THEN met ELSE 0 END) AS should_met
    FROM judged GROUP BY gate_id
),
result AS (
    SELECT g.id,
           CASE WHEN w.total > 0 THEN CAST(100 * w.met / w.total AS INTEGER) ELSE 0 END AS score,
           CASE WHEN f.total > 0 THEN CAST(100 * f.met / f.total AS INTEGER) ELSE 0 END AS floor,
           COALESCE(f.area, '') AS floor_area,
           CASE WHEN w.total > 0 THEN CAST(100 * w.unknown / w.total AS INTEGER) ELSE 100 END AS unknown,
           COALESCE(w.blockers, 0) AS blocker_count,
           COALESCE(w.must_met, 0) AS must_met, COALESCE(w.must_total, 0) AS must_total,
           COALESCE(w.should_met, 0) AS should_met, COALESCE(w.should_total, 0) AS should_total,
           CASE WHEN w.total > 0 AND w.blockers = 0 AND w.fired = 0
                     AND 100 * w.met >= g.score_threshold * w.total
                     AND 100 * f.met >= g.floor_threshold * f.total
                THEN TRUE ELSE FALSE END AS passes
    FROM gates_gate g
    LEFT JOIN whole w ON w.gate_id = g.id
    LEFT JOIN area f ON f.gate_id = g.id AND f.place = 1
    WHERE g.id IN ({ids})
)
UPDATE gates_gate SET
    score = result.score, floor = result.floor, floor_area = result.floor_area,
    unknown = result.unknown, blocker_count = result.blocker_count,
    must_met = result.must_met, must_total = result.must_total,
    should_met = result.should_met, should_total = result.should_total, passes = result.passes
FROM result
WHERE gates_gate.id = result.id AND (
    gates_gate.score <> result.score OR gates_gate.floor <> result.floor
    OR gates_gate.floor_area <> result.floor_area OR gates_gate.unknown <> result.unknown
    OR gates_gate.blocker_count <> result.blocker_count
    OR gates_gate.must_met <> result.must_met OR gates_gate.must_total <> result.must_total
    OR gates_gate.should_met <> result.should_met OR gates_gate.should_total <> result.should_total
    OR gates_gate.passes <> result.passes
)
"""


def score_gates(gate_ids: list[int], *, today: date) -> None:
    """Store the readiness of these gates from their assessments, and whom they wait on: two statements."""
    if not gate_ids:
        return
    ids = ",".join(str(int(pk)) for pk in gate_ids)  # whole numbers of our own; too many to be parameters
    with connection.cursor() as cursor:
        cursor.execute(SCORE_SQL.format(ids=ids), {"today": today.isoformat()})
    settle_many(gate_ids, today=today)
