"""Small worlds for tests, made of plain rows: people, playbooks, pilots, gates, KPIs."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import count

from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import slugify

from gates.choices import Area, AssessmentState, CriterionKind, GateStatus, VersionStatus
from gates.journey.actions import start_pilot
from gates.journey.readiness import score_gates
from gates.models import (
    Assessment,
    Criterion,
    Gate,
    GateDefinition,
    Overlap,
    Phase,
    PhaseEntry,
    Playbook,
    PlaybookVersion,
)
from gates.signoffs.actions import sign_off
from gates.signoffs.queries import quorum_of
from metrics.choices import Direction, KpiKind
from metrics.collectors.actions.collectors import create_collector
from metrics.definitions.actions import create_definition
from metrics.models import Benefit, BudgetLine, Collector, Kpi, KpiDefinition, Measurement, Outlook
from metrics.readings.actions import record_measurement
from metrics.value.actions import (
    create_benefit,
    create_budget_line,
    plan_budget,
    record_actual,
    state_outlook,
    support_actual,
    verify_actual,
)
from pilots.actions.pilots import new_keys
from pilots.choices import OVER, JobState, PilotState
from pilots.models import Entry, Job, Membership, Pilot, Programme, User
from pilots.registers.actions import add_entry
from pilots.registers.table import REGISTERS
from tests.samples_of_registers import SAMPLES

PHASES = (
    "proof_of_concept",
    "pilot",
    "production_planning",
    "production_deployment",
    "scaled_adoption",
)
IN_PRODUCTION = ("production_deployment", "scaled_adoption")

_numbers = count(1)


def make_user(name: str = "Olga Owner", email: str = "", **fields) -> User:
    """A person who may sign in (`client_of`) but holds no role yet."""
    address = email or f"{slugify(name.split()[0])}{next(_numbers)}@example.com"
    return User.objects.create_user(address, name=name, **fields)


def make_programme(name: str = "") -> Programme:
    name = name or f"Programme {next(_numbers)}"
    return Programme.objects.create(name=name, slug=slugify(name))


def join(user: User, programme: Programme | None, *roles: str) -> User:
    """Give a person these roles in a programme, or with None in all of them."""
    for role in roles:
        Membership.objects.create(user=user, programme=programme, role=role)
    user.__dict__.pop("access", None)  # what was read before no longer holds
    return user


def criterion(key: str = "V1", **terms) -> dict:
    """The terms of one criterion; what is not given is a plain must-meet of weight 1.

    For `make_gate` also how it stands: `state`, `stale_on`, `note`.
    """
    return {"key": key, "area": Area.VALUE, "kind": CriterionKind.MUST_MEET, "weight": 1} | terms


CRITERIA = (
    criterion("V1", weight=3, title="The business problem is named"),
    criterion("T1", area=Area.TECHNICAL, weight=2, title="Tried at production volume"),
    criterion("O1", area=Area.ORGANISATIONAL, kind=CriterionKind.SHOULD_MEET, title="Users were involved"),
)
STANDING = ("state", "stale_on", "note")


def make_playbook(
    *,
    phases=PHASES[:3],
    criteria=CRITERIA,
    status: str = VersionStatus.PUBLISHED,
    **definition,
) -> PlaybookVersion:
    """A published playbook with these phases, and these criteria at the gate of each (see `write_phases`)."""
    number = next(_numbers)
    playbook = Playbook.objects.create(key=f"playbook-{number}", name=f"Playbook {number}")
    version = PlaybookVersion.objects.create(
        playbook=playbook,
        number=1,
        status=status,
        digest=f"{number:064d}",
        source="",
        published_at=timezone.now(),
    )
    write_phases(version, phases, criteria, **definition)
    return version


def write_phases(
    version: PlaybookVersion, phases, criteria, *, every_months: int | None = None, **definition
) -> None:
    """`every_months` makes the last gate recurring; further names are fields of every gate definition."""
    definition = {"score_threshold": 60, "floor_threshold": 0} | definition
    for position, key in enumerate(phases, start=1):
        phase = Phase.objects.create(
            version=version,
            key=key,
            name=key.replace("_", " ").capitalize(),
            position=position,
            typical_days=30,
            in_production=key in IN_PRODUCTION,
        )
        gate = GateDefinition.objects.create(
            phase=phase,
            key=f"G{position}",
            name=f"End of {phase.name.lower()}",
            every_months=every_months if position == len(phases) else None,
            **definition,
        )
        write_criteria(gate, criteria)


def write_criteria(gate: GateDefinition, criteria) -> list[Criterion]:
    return Criterion.objects.bulk_create(
        Criterion(
            gate=gate,
            position=position,
            guidance="Say how.",
            **{"title": f"Criterion {terms['key']}"}
            | {name: value for name, value in terms.items() if name not in STANDING},
        )
        for position, terms in enumerate(criteria, start=1)
    )


def make_pilot(programme: Programme | None = None, *, owner: User | None = None, **facts) -> Pilot:
    """A pilot in intake, unless `facts` (fields of Pilot) say otherwise."""
    facts = {"title": "Invoice reading"} | facts
    return Pilot.objects.create(
        programme=programme or make_programme(), owner=owner, key=new_keys()[0], **facts
    )


def start(pilot: Pilot, version: PlaybookVersion | None = None, *, on: date | None = None, by=None) -> Gate:
    """Start a pilot on a playbook through the action; returns the gate now open. The pilot is re-read."""
    gate = start_pilot(
        pilot=pilot, version=version or make_playbook(), on=on or timezone.localdate(), by=by or pilot.owner
    )
    pilot.refresh_from_db()
    gate.pilot = pilot
    return gate


def make_gate(
    criteria=CRITERIA,
    *,
    pilot: Pilot | None = None,
    score_threshold: int = 60,
    floor_threshold: int = 0,
    status: str = GateStatus.OPEN,
    today: date | None = None,
    **dates: date | None,
) -> Gate:
    """A current gate whose criteria stand as they say (`state`, `stale_on`, `note`), scored for `today`.

    `dates` are `planned_on` and `forecast_on`.
    """
    thresholds = {"score_threshold": score_threshold, "floor_threshold": floor_threshold}
    phase = make_playbook(phases=PHASES[:1], criteria=criteria, **thresholds).phases.get()
    pilot = pilot or make_pilot()
    Pilot.objects.filter(pk=pilot.pk).update(
        state=PilotState.ACTIVE, phase=phase.key, phase_name=phase.name, phase_number=1, phase_count=1
    )
    PhaseEntry.objects.create(pilot=pilot, phase=phase)
    gate = Gate.objects.create(
        pilot=pilot,
        definition=phase.gate,
        status=status,
        opened_at=timezone.now(),
        **thresholds,
        **dates,
    )
    rows = phase.gate.criteria.order_by("position")
    Assessment.objects.bulk_create(
        _standing(gate, row, terms) for row, terms in zip(rows, criteria, strict=True)
    )
    score_gates([gate.pk], today=today or timezone.localdate())
    gate.refresh_from_db()
    pilot.refresh_from_db()
    return gate


def _standing(gate: Gate, row: Criterion, terms: dict) -> Assessment:
    return Assessment.frozen(
        gate,
        row,
        state=terms.get("state", AssessmentState.UNKNOWN),
        note=terms.get("note", ""),
        stale_on=terms.get("stale_on"),
    )


def sign_all(gate: Gate) -> None:
    """Everybody needed signs at a gate, in review or not; only then can it be passed without an override."""
    gate = Gate.objects.select_related(
        "pilot__owner", "pilot__sponsor", "definition__phase__version__playbook"
    ).get(pk=gate.pk)
    status = gate.status
    Gate.objects.filter(pk=gate.pk).update(status=GateStatus.SUBMITTED)
    for role in quorum_of(gate, today=timezone.localdate()).roles:
        for person in role.can_sign:
            sign_off(gate=gate, role=role.label, by=User.objects.get(pk=person))
    Gate.objects.filter(pk=gate.pk).update(status=status)


def make_definition(**facts) -> KpiDefinition:
    """Business, per hour, higher is better, unless `facts` say otherwise; through the action."""
    usual = {"name": "Throughput", "kind": KpiKind.BUSINESS, "unit": "per hour", "method": "Counted."}
    return create_definition(by=None, **usual | {"direction": Direction.HIGHER} | facts)


def make_kpi(pilot: Pilot, name: str = "Invoices per hour", **facts) -> Kpi:
    """A business KPI, higher is better, from 10 to 20 every 30 days, unless `facts` say otherwise."""
    facts = {
        "kind": KpiKind.BUSINESS,
        "direction": Direction.HIGHER,
        "unit": "per hour",
        "baseline": Decimal(10),
        "target": Decimal(20),
        "baseline_on": date(2026, 1, 1),
        "target_on": date(2026, 12, 31),
    } | facts
    return Kpi.objects.create(pilot=pilot, name=name, **facts)


def make_collector(kpi: Kpi, url: str = "http://10.1.2.3:8080/kpi.json", *, by: User, **facts) -> Collector:
    """Asks a private address for JSON every day with a token, through the action, unless `facts` say otherwise."""
    usual = {"kind": "json", "recipe": {"path": "cost"}, "unit": kpi.unit, "sign_in": "bearer"}
    facts = usual | {"secret": "letmein-5f3a"} | facts
    return create_collector(kpi=kpi, url=url, by=by, **facts)


def make_outlook(pilot: Pilot, *, by: User | None = None, **facts) -> Outlook:
    """Said through the action: 100,000 to go for 250,000 over three years, unless `facts` say otherwise."""
    facts = {
        "cost_to_go": Decimal(100_000),
        "value_to_go": Decimal(250_000),
        "horizon_months": 36,
        "as_of": days_ago(3),
        "basis": "Business case of October.",
    } | facts
    return state_outlook(pilot=pilot, by=by or pilot.owner, **facts)


def make_benefit(pilot: Pilot, name: str = "Fewer reworks", *, by: User | None = None, **facts) -> Benefit:
    """Money, month after month, through the action, unless `facts` say otherwise."""
    facts = {"unit": "money", "pattern": "recurring", "reckoning": "Cases times cost of a case."} | facts
    return create_benefit(pilot=pilot, name=name, by=by or pilot.owner, **facts)


def bring(benefit: Benefit, month: date, actual, *, band: str = "asserted", by: User, verifier=None):
    """What a benefit brought in a month, said up to this band through the actions; the period."""
    month = month.replace(day=1)
    period = record_actual(benefit=benefit, month=month, actual=Decimal(actual), by=by)
    if band != "asserted":
        comparison = "" if band == "measured" else "The team next door had no such fall."
        period = support_actual(
            benefit=benefit, month=month, basis="Time sheets.", comparison=comparison, by=by
        )
    if band == "verified":
        period = verify_actual(benefit=benefit, month=month, note="Checked against the ledger.", by=verifier)
    return period


def make_budget(pilot: Pilot, kind: str, amount, *, first: date | None = None, months: int = 1) -> BudgetLine:
    """A line of this kind with the same plan in each of these months, through the actions."""
    line = create_budget_line(pilot=pilot, kind=kind, name=f"For {kind}", by=pilot.owner)
    first = first or days_ago(40)
    return plan_budget(line=line, first=first, months=months, amount=Decimal(amount), by=pilot.owner)


def budget_journey(pilot: Pilot) -> None:
    """Every part of the journey, production at three times the pilot."""
    for kind, amount in (
        ("pilot", 10_000),
        ("infrastructure", 10_000),
        ("integration", 10_000),
        ("training_change", 5_000),
        ("running", 5_000),
    ):
        make_budget(pilot, kind, amount)


def measure(kpi: Kpi, value, *, on: date | None = None, by: User | None = None, **facts) -> Measurement:
    """Record a reading at noon of `on` (today: now) through the action; the KPI is re-read."""
    moment = timezone.now() if on is None else timezone.make_aware(datetime.combine(on, time(12)))
    reading = record_measurement(kpi=kpi, value=Decimal(value), measured_at=moment, by=by, **facts)
    kpi.refresh_from_db()
    return reading


def make_entry(pilot: Pilot, register: str = "risks", *, by: User | None = None, **facts) -> Entry:
    """The sample of a register, through the action, unless `facts` say otherwise."""
    model = REGISTERS[register].model
    facts = SAMPLES[register] | facts
    days = {
        name: parse_date(day) for name, day in facts.items() if name.endswith("_on") and isinstance(day, str)
    }
    return add_entry(model=model, pilot=pilot, by=by or pilot.owner, **facts | days)


def make_job(by: User, state: str = JobState.FAILED, **facts) -> Job:
    """Long work of a kind that nothing does, one of three pilots done."""
    now, is_over = timezone.now(), state in OVER
    facts = {
        "kind": "pilots.tasks.sweep_jobs",
        "what": "Move 3 pilots",
        "unit": "pilots",
        "order": {"names": ["A-1", "A-2", "A-3"], "page": "/pilots/{}/"},
        "total": 3,
        "done": 1,
        "leaves": "What has been moved stays so.",
        "started_at": now,
        "beat_at": now,
        "finished_at": now if is_over else None,
        "cancelled_by": by if state == JobState.CANCELLED else None,
        "error": "The worker has stopped." if state == JobState.FAILED else "",
    } | facts
    return Job.objects.create(state=state, started_by=by, **facts)


def make_overlap(pilot: Pilot, other: Pilot, *, score: float = 0.62, words=("invoice", "clerk")) -> Overlap:
    """Two pilots that write about themselves alike."""
    first, second = sorted((pilot, other), key=lambda one: one.pk)
    facts = {"score": score, "words": list(words), "texts": f"{first.pk}-{second.pk}"}
    return Overlap.objects.create(pilot=first, other=second, found_at=timezone.now(), **facts)


def days_ago(days: int) -> date:
    return timezone.localdate() - timedelta(days=days)
