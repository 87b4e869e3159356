"""What the audit document of a pilot says, part by part. The number of queries does not depend on the pilot."""

from datetime import date

from gates.amendments.queries import words_of
from gates.audit_document.decided import decisions, signatures
from gates.audit_document.parts import Content, day, facts, joined, moment, section, table, who
from gates.audit_document.shown import changes, controls
from gates.choices import AskStatus
from gates.models import Amendment, Waiver
from gates.waivers.queries import label_of, standing_of
from metrics.choices import KpiKind
from metrics.models import Kpi
from metrics.queries import Standing, standings, with_unit
from pilots.models import Pilot, Risk
from pilots.registers.queries import entries_of
from pilots.registers.rows import in_words
from pilots.registers.table import REGISTERS, Register

PROVENANCE, RISKS = "data", "risks"  # the registers with a part of their own


def content_of(pilot: Pilot, *, today: date) -> list[Content]:
    """The parts, numbered by their order. The pilot brings its programme, owner and sponsor."""
    return [
        section("What it does", _purpose(pilot)),
        section("Risk tier", _tier(pilot)),
        section("Data provenance", *_registers(pilot, [PROVENANCE], today)),
        section("What is measured", _kpis(pilot, today)),
        section("Decisions and their rationale", decisions(pilot), signatures(pilot)),
        section("Waivers and amendments", _waivers(pilot, today), _amendments(pilot)),
        section("Risks and mitigations", *_registers(pilot, [RISKS], today)),
        section("Human checkpoints", _checkpoints(pilot)),
        section("Controls", controls(pilot)),
        section("How it is run and changed", *_registers(pilot, _others(), today)),
        section("Changes", *changes(pilot)),
    ]


def _purpose(pilot: Pilot) -> Content:
    phase = joined(pilot.phase_name, pilot.get_state_display(), by=", ")
    return facts(
        ("Business problem", pilot.problem),
        ("Workflow it changes", pilot.workflow),
        ("Business unit", pilot.unit),
        ("Programme", str(pilot.programme)),
        ("Approach", pilot.get_approach_display()),
        ("Vendor", pilot.vendor),
        ("AI model", pilot.model_name),
        ("Accountable owner", who(pilot.owner)),
        ("Sponsor", who(pilot.sponsor)),
        ("Where it stands", phase),
        ("Proposed on", day(pilot.intake_on)),
        ("In production since", day(pilot.reached_production_on) or "Not in production."),
        ("Planned end", day(pilot.ends_on)),
    )


def _tier(pilot: Pilot) -> Content:
    return facts(("Tier", pilot.get_risk_tier_display()), ("Why", pilot.risk_rationale))


def _kpis(pilot: Pilot, today: date) -> Content:
    head = ("KPI", "Kind", "Before the pilot", "Target", "Latest", "State")
    rows = (_kpi(one) for one in standings(Kpi.objects.filter(pilot=pilot), today=today))
    return table(head, rows, empty="No KPI is followed.")


def _kpi(kpi: Standing) -> tuple[str, ...]:
    def dated(value, on) -> str:
        return joined(with_unit(value, kpi.unit), day(on), by=", ") if value is not None else "None"

    before, target = dated(kpi.baseline, kpi.baseline_on), dated(kpi.target, kpi.target_on)
    return (
        kpi.name,
        str(KpiKind(kpi.kind).label),
        before,
        target,
        dated(kpi.latest, kpi.latest_on),
        str(kpi.state.label),
    )


def _waivers(pilot: Pilot, today: date) -> Content:
    found = Waiver.objects.filter(assessment__gate__pilot=pilot)
    found = found.select_related(
        "assessment__criterion", "assessment__gate__definition", "asked_by", "decided_by", "revoked_by"
    )
    rows = (
        (
            f"{one.assessment.gate.definition.key} {one.assessment.criterion}",
            one.reason,
            f"{who(one.asked_by)}, {moment(one.asked_at)}",
            joined(who(one.decided_by, ""), moment(one.decided_at), one.decision_note, by=", "),
            joined(label_of(one, standing_of(one, today=today)), one.revocation_reason),
        )
        for one in found.order_by("asked_at", "pk")
    )
    head = ("Criterion", "Why", "Asked for by", "Decided by", "Standing")
    return table(head, rows, name="Waivers", empty="No waiver was asked for.")


def _amendments(pilot: Pilot) -> Content:
    found = Amendment.objects.filter(gate__pilot=pilot, status=AskStatus.APPROVED)
    found = found.select_related(
        "assessment__criterion", "kpi", "gate__definition", "asked_by", "decided_by", "version__playbook"
    )
    rows = (
        (
            one.gate.definition.key,
            words_of(one),
            str(one.get_direction_display()),
            one.reason,
            f"{who(one.asked_by)}; approved by {who(one.decided_by)}, {moment(one.decided_at)}",
        )
        for one in found.order_by("decided_at", "pk")
    )
    head = ("Gate", "What moved", "The gate became", "Why", "By whom")
    empty = "No term of a gate was moved."
    return table(head, rows, name="Amendments", empty=empty)


def _checkpoints(pilot: Pilot) -> Content:
    """Where a person looks before it counts, by the risk that this is for."""
    risks = Risk.objects.standing().filter(pilot=pilot).exclude(checkpoint="").select_related("owner")
    rows = ((one.checkpoint, one.title, joined(who(one.owner, ""), one.team)) for one in risks.order_by("pk"))
    empty = "No human checkpoint is written down in the register of risks."
    return table(("Checkpoint", "Against which risk", "Looked after by"), rows, empty=empty)


def _others() -> list[str]:
    return [key for key in REGISTERS if key not in (PROVENANCE, RISKS)]


def _registers(pilot: Pilot, keys: list[str], today: date) -> list[Content]:
    return [_register(pilot, REGISTERS[key], today) for key in keys]


def _register(pilot: Pilot, register: Register, today: date) -> Content:
    columns = [column for column in register.facts if column.name != "state"]  # "Stands" says it
    head = (*(column.label for column in columns), "Stands", "Looked after by")
    rows = (
        (
            *(in_words(entry, column) for column in columns),
            entry.mark(today)[1],
            joined(who(entry.owner, ""), entry.team) or "Nobody",
        )
        for entry in entries_of(register, pilot).standing().order_by("pk")
    )
    return table(head, rows, name=register.name, empty="Nothing is written down.")
