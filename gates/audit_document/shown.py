"""What shows that a pilot is under control, and what was changed, as its audit document tells it."""

import re
from collections import defaultdict
from collections.abc import Iterator

from gates import events
from gates.audit_document.parts import Content, facts, joined, moment, table
from gates.choices import Area, AssessmentState
from gates.models import Assessment, Evidence
from metrics import events as metric_events
from pilots import events as pilot_events
from pilots.actions.audit import said_of
from pilots.audit_log import last_verification
from pilots.models import ChainHead, Event, Pilot
from pilots.queries import Happening, happening

LATEST = 50  # changes written out; the audit log has them all
FEW = 3  # facts or changed fields of one event that are written out
DIGEST = re.compile(r"[0-9a-f]{64}")
CONTROLLED = (Area.RISK, Area.DATA, Area.TECHNICAL, Area.OPERATIONAL)

# What changes the pilot, its controls or who answers for it. Readings, months of money, reminders, meetings and
# feedback are left to the audit log: there are hundreds of them, and they change none of this.
MATERIAL = (
    pilot_events.PILOT_CREATED,
    pilot_events.PILOT_EDITED,
    pilot_events.PILOT_ARCHIVED,
    pilot_events.PILOT_RESTORED,
    pilot_events.PILOT_IMPORTED,
    pilot_events.PILOT_UPDATED_FROM_FILE,
    pilot_events.ENTRY_ADDED,
    pilot_events.ENTRY_EDITED,
    pilot_events.ENTRY_REMOVED,
    pilot_events.ENTRY_RESTORED,
    metric_events.KPI_CREATED,
    metric_events.KPI_EDITED,
    metric_events.KPI_AMENDED,
    metric_events.KPI_ARCHIVED,
    metric_events.MEASUREMENT_SUPERSEDED,
    metric_events.MEASUREMENT_TAKEN_BACK,
    events.PILOT_UPGRADED,
    events.PHASE_ENTERED,
    events.CRITERIA_CHECKED,
    events.CRITERION_ASSESSED,
    events.EVIDENCE_ADDED,
    events.EVIDENCE_REVISED,
    events.EVIDENCE_LINKED,
    events.EVIDENCE_UNLINKED,
    events.EVIDENCE_REMOVED,
    events.AMENDMENT_APPROVED,
    events.WAIVER_APPROVED,
    events.WAIVER_REVOKED,
    events.WAIVER_ENDED,
    events.GATE_DECIDED,
    events.DECISION_CORRECTED,
    events.DECISION_STEPPED_DOWN,
    events.HOLD_ENDED,
    events.CONDITION_MET,
    events.CONDITION_HANDED_OVER,
    events.WORK_HANDED_OVER,
    events.WORK_HANDED_BACK,
    events.QUESTION_ANSWERED,
)


def controls(pilot: Pilot) -> Content:
    """The criteria at every gate of what is controlled, each with what shows it and its fingerprint. Two queries."""
    rows = Assessment.objects.filter(gate__pilot=pilot, area__in=CONTROLLED)
    rows = rows.exclude(state=AssessmentState.NOT_APPLICABLE).select_related("criterion", "gate__definition")
    found = list(rows.order_by("gate__definition__phase__position", "gate__attempt", "criterion__position"))
    shown = _evidence(pilot)
    head = ("Gate", "Control", "Area", "State", "What is said", "Evidence")
    empty = "No gate that was entered has a criterion of risk, data, technology or operation."
    return table(
        head,
        (
            (
                one.gate.definition.key,
                str(one.criterion),
                str(one.get_area_display()),
                str(one.get_state_display()),
                one.note,
                joined(*shown[one.pk]) or ("Checked by Pilotage" if one.check_name else "None"),
            )
            for one in found
        ),
        empty=empty,
    )


def _evidence(pilot: Pilot) -> dict[int, list[str]]:
    """Assessment id → each piece behind it, with its revision and fingerprint."""
    links = Evidence.assessments.through.objects.filter(
        assessment__gate__pilot=pilot, assessment__area__in=CONTROLLED, evidence__removed_at__isnull=True
    )
    found: dict[int, list[str]] = defaultdict(list)
    for link in links.select_related("evidence__current").order_by("evidence_id"):
        piece, current = link.evidence, link.evidence.current
        assert current is not None  # none only while a piece is being written
        found[link.assessment_id].append(f"{piece.title}, v{current.number}, SHA-256 {current.sha256}")
    return found


def changes(pilot: Pilot) -> Iterator[Content]:
    """Where the log of this pilot stands and what proves it; then what changed it last. Six queries."""
    log = Event.objects.filter(pilot=pilot)
    told = log.filter(type__in=MATERIAL)
    head = ChainHead.objects.filter(name=f"pilot:{pilot.pk}").first()
    yield facts(
        ("Events in the log", f"{log.count():,}"),
        (
            "Of these, changes",
            f"{told.count():,}, the latest {LATEST} of them below; the audit log has them all",
        ),
        ("Sealed", f"{head.sequence:,}, the last with SHA-256 {head.hash}" if head else "None yet."),
        ("Verification", said_of(last_verification())),
    )
    latest = told.select_related("actor").order_by("-pk")[:LATEST]
    yield table(
        ("When", "What", "About", "Change", "By whom"),
        (_change(happening(event)) for event in latest),
        name="What it is, its controls and who answers for it",
        empty="Nothing has changed yet.",
    )


def _change(one: Happening) -> tuple[str, ...]:
    """By name: databases keep the facts of an event in orders of their own, and the fingerprint is of the words."""
    about = sorted(f"{name}: {value}" for name, value in one.facts if not DIGEST.fullmatch(value))
    changed = sorted(f"{field}: {before} → {after}" for field, before, after in one.changes)
    return moment(one.at), one.title, _few(about), _few(changed), one.who


def _few(words: list[str]) -> str:
    """The first of them, and how many more there are."""
    more = len(words) - FEW
    return joined(*words[:FEW], f"{more} more" if more > 0 else "")
