"""What shows that a pilot is under control, and what was changed, as its audit document tells it."""

from collections import defaultdict
from collections.abc import Iterator

from gates.audit_document.parts import Content, facts, joined, moment, table
from gates.choices import Area, AssessmentState
from gates.models import Assessment, Evidence
from pilots.actions.audit import said_of
from pilots.audit_log import LogRow, last_verification
from pilots.models import ChainHead, Event, Pilot
from pilots.queries import happening

LATEST = 100  # changes written out; the audit log has them all


def controls(pilot: Pilot) -> Content:
    """The criteria of the area risk at every gate, each with what shows it and its fingerprint. Two queries."""
    rows = Assessment.objects.filter(gate__pilot=pilot, area=Area.RISK)
    rows = rows.exclude(state=AssessmentState.NOT_APPLICABLE).select_related("criterion", "gate__definition")
    found = list(rows.order_by("gate__definition__phase__position", "gate__attempt", "criterion__position"))
    shown = _evidence(pilot)
    head = ("Gate", "Control", "State", "What is said", "Evidence")
    empty = "No gate that was entered has a criterion of risk."
    return table(
        head,
        (
            (
                one.gate.definition.key,
                str(one.criterion),
                str(one.get_state_display()),
                one.note,
                joined(*shown[one.pk]) or "None",
            )
            for one in found
        ),
        empty=empty,
    )


def _evidence(pilot: Pilot) -> dict[int, list[str]]:
    """Assessment id → each piece behind it, with its revision and fingerprint."""
    links = Evidence.assessments.through.objects.filter(
        assessment__gate__pilot=pilot, assessment__area=Area.RISK, evidence__removed_at__isnull=True
    )
    found: dict[int, list[str]] = defaultdict(list)
    for link in links.select_related("evidence__current").order_by("evidence_id"):
        piece, current = link.evidence, link.evidence.current
        assert current is not None  # none only while a piece is being written
        found[link.assessment_id].append(f"{piece.title}, v{current.number}, SHA-256 {current.sha256}")
    return found


def changes(pilot: Pilot) -> Iterator[Content]:
    """Where the log of this pilot stands and what proves it; then the latest changes. Five queries."""
    events = Event.objects.filter(pilot=pilot)
    head = ChainHead.objects.filter(name=f"pilot:{pilot.pk}").first()
    yield facts(
        ("Events in the log", f"{events.count():,}"),
        ("Sealed", f"{head.sequence:,}, the last with SHA-256 {head.hash}" if head else "None yet."),
        ("Verification", said_of(last_verification())),
    )
    latest = events.select_related("actor", "pilot").order_by("-pk")[:LATEST]
    rows = ((moment(row.event.at), row.happening.title, row.happening.who, row.gist) for row in _rows(latest))
    yield table(
        ("When", "What", "By whom", "Change"),
        rows,
        name=f"The latest changes, at most {LATEST}",
        empty="Nothing has happened yet.",
    )


def _rows(events) -> Iterator[LogRow]:
    return (LogRow(event, happening(event)) for event in events)
