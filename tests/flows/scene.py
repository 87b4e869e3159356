"""A programme in the middle of its work, on the standard playbook: what the pages show in tests."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from gates.amendments.actions import ask_amendment
from gates.checklist.actions import assess_criterion
from gates.checks import CHECKS
from gates.choices import AmendedField, AssessmentState, CriterionKind, EvidenceKind
from gates.evidence.actions import add_evidence
from gates.feedback.actions import give_feedback
from gates.journey.actions import plan_gate
from gates.meetings.actions.agenda import add_to_agenda
from gates.meetings.actions.calling import call_meeting, close_meeting, start_meeting
from gates.models import (
    Amendment,
    Assessment,
    Condition,
    DecisionPack,
    Delegation,
    Distinction,
    Evidence,
    Feedback,
    Gate,
    Gatekeeper,
    GateReview,
    Handover,
    Overlap,
    PlaybookVersion,
    Selection,
    Waiver,
)
from gates.overlap.actions import tell_apart
from gates.packs.actions import freeze_pack
from gates.playbooks.drafting import draft_from_version
from gates.playbooks.files import load, shipped
from gates.portfolio.actions import keep_selection
from gates.signoffs.actions import give_delegation, name_gatekeeper
from gates.waivers.actions import approve_waiver, ask_waiver
from metrics.collectors.actions.hosts import allow_host
from metrics.models import (
    AllowedHost,
    Annotation,
    Benefit,
    BenefitPeriod,
    BenefitPool,
    BudgetLine,
    Collector,
    Kpi,
    ReadingFile,
)
from pilots.actions.tokens import create_token
from pilots.choices import Approach, JobState, RiskTier, Role
from pilots.models import ApiToken, Entry, Job, Membership, Pilot, Programme, RegisterFile, SourceRecord, User
from pilots.registers.table import REGISTERS
from pilots.registers.uploads.actions import keep_file
from pilots.registers.uploads.reading import FileRows
from tests.builders import (
    days_ago,
    join,
    make_entry,
    make_job,
    make_kpi,
    make_overlap,
    make_pilot,
    make_programme,
    make_user,
    start,
)
from tests.flows.scene_metrics import collected_of, measured_of, sent_of, value_of
from tests.flows.scene_pilots import other_pilots
from tests.gates.handover.handing import give, prepare

PASSWORD = "a long enough passphrase"
CAST = {
    "owner": ("Olga Owner", Role.OWNER),
    "other_owner": ("Otto Other", Role.OWNER),
    "programme_manager": ("Petra Plan", Role.PROGRAMME_MANAGER),
    "gatekeeper": ("Ana Anders", Role.GATEKEEPER),
    "executive": ("Erik Exec", Role.EXECUTIVE),
    "auditor": ("Adam Audit", Role.AUDITOR),
}


@dataclass
class Scene:
    """Everybody and one of everything."""

    people: dict[str, User]
    programme: Programme
    playbook: PlaybookVersion
    pilot: Pilot  # under way at its first gate, two weeks late
    intake: Pilot  # not started
    archived: Pilot
    stopped: Pilot
    waiting: Pilot  # a review of its gate was asked for, nothing blocks it
    gate: Gate  # of `pilot`
    criterion: Assessment  # of `gate`, decided by people
    evidence: Evidence  # a file at `criterion`
    condition: Condition  # of an earlier gate of `conditional`
    conditional: Pilot
    feedback: Feedback  # of the gatekeeper, on `criterion`
    amendment: Amendment  # asked for at `gate` by the owner
    job: Job  # the programme manager's, failed
    running_job: Job  # the same person's
    pack: DecisionPack  # the second of `gate`, of which much has changed since the first
    kpi: Kpi
    note: Annotation  # at `kpi`
    collector: Collector  # of another KPI of `pilot`; it has failed
    host: AllowedHost
    benefit: Benefit  # of `pilot`; its month is attributed
    pool: BenefitPool  # of which `benefit` counts nothing
    month: BenefitPeriod
    line: BudgetLine  # of `pilot`
    entry: Entry  # a risk of `pilot`
    debt: Entry  # a shortcut with a cost
    register_file: RegisterFile  # the programme manager's, with an error
    waiver: Waiver  # of `gate`, asked for by its owner
    waived: Waiver  # of `gate`, in force
    planned: GateReview  # with the gates of `pilot` and `waiting` on its agenda
    running: GateReview  # the same gates; its first item is shown
    selection: Selection  # the programme manager's, of `pilot`
    reading_file: ReadingFile  # the same person's, for `kpi`: a reading, a conflict and an error
    held: GateReview  # over, with nothing but a topic on its agenda
    membership: Membership
    token: ApiToken  # the programme manager's
    risk: Gatekeeper  # the executive, for Risk
    delegation: Delegation  # the executive signs for the gatekeeper now
    prepared: Handover  # of the owner's pilots, by the programme manager; nothing has moved
    handed: Handover  # of the gatekeeper, by the gatekeeper: a KPI of `intake` to the other owner
    draft: PlaybookVersion  # of the playbook, a copy of it
    overlap: Overlap  # of `pilot` and `waiting`
    distinction: Distinction  # `pilot` and `stopped` are alike, and told apart

    def args(self) -> dict[str, object]:
        """What stands in the addresses of this scene, by the name of the part."""
        return {
            "key": self.pilot.key,
            "gate_key": self.gate.definition.key,
            "criterion_key": self.criterion.criterion.key,
            "slug": self.programme.slug,
        }


def make_people(programme: Programme) -> dict[str, User]:
    """One person per role, all with the same password; an outsider; and a stranger without any role."""
    people = {part: join(_person(name), programme, role) for part, (name, role) in CAST.items()}
    people["administrator"] = join(_person("Ida Admin"), None, Role.ADMINISTRATOR)
    people["outsider"] = join(_person("Nils Nobody"), make_programme("Logistics"), Role.OWNER)
    people["stranger"] = _person("Stella Stranger")
    return people


def _person(name: str) -> User:
    return make_user(name, f"{name.split()[0].lower()}@example.com", password=PASSWORD)


def surroundings(folder: Path) -> dict[str, Any]:
    """Settings under which the scene is made and shown: its files and the demo's mail are in this folder."""
    write_mail(folder / "mail")
    return {"MEDIA_ROOT": folder / "files", "MAIL_FOLDER": folder / "mail", "DEMO": True}


def make_scene() -> Scene:
    programme = make_programme("Customer service")
    people = make_people(programme)
    playbook = _standard()
    pilot, gate = _under_way(programme, people["owner"], people["gatekeeper"], playbook)
    freeze_pack(gate=gate, by=people["programme_manager"])
    others = other_pilots(programme, people, playbook)
    return Scene(
        people=people,
        programme=programme,
        playbook=playbook,
        draft=draft_from_version(version=playbook, by=people["programme_manager"]),
        pilot=pilot,
        gate=gate,
        **measured_of(pilot, people["owner"]),
        collector=collected_of(pilot, people["owner"]),
        host=allow_host(entry="10.0.4.7:9090", reason="Prometheus.", by=people["administrator"]),
        **_at_gate(gate, people),
        **others,
        **_handovers(others["intake"], people),
        **_alike(pilot, others, people["owner"]),
        **_signing(programme, people),
        **value_of(pilot, people),
        entry=make_entry(pilot),
        debt=make_entry(pilot, "debt"),
        register_file=keep_file(
            register=REGISTERS["risks"],
            found=FileRows([(2, {"ID": "", "Pilot": pilot.key, "title": "It sleeps", "impact": "2"})]),
            name="risks.csv",
            by=people["programme_manager"],
        ),
        reading_file=sent_of(pilot, people["programme_manager"]),
        planned=meet(programme, [gate], people["programme_manager"]),
        running=meet(programme, [gate], people["programme_manager"], begin=True),
        selection=keep_selection(pilots=[pilot.pk], asked="", by=people["programme_manager"]),
        held=meet_and_close(programme, people["programme_manager"]),
        membership=Membership.objects.get(user=people["auditor"]),
        token=create_token(user=people["programme_manager"], name="Service desk export")[0],
        job=make_job(people["programme_manager"]),
        running_job=make_job(people["programme_manager"], JobState.RUNNING),
    )


def _standard() -> PlaybookVersion:
    loaded = load(shipped(), known_checks=frozenset(CHECKS), by=None)
    return next(one.version for one in loaded if one.version.playbook.key == "standard")


def _at_gate(gate: Gate, people: dict[str, User]) -> dict[str, Any]:
    """Evidence, waivers, feedback and an amendment at `gate`, and the pack that holds them."""
    owner, keeper = people["owner"], people["gatekeeper"]
    criterion = gate.assessments.select_related("criterion").get(criterion__key="V1")
    evidence = _fill_in(gate, criterion, owner)
    waiver, waived = _waive(gate, owner, keeper)
    return {
        "criterion": criterion,
        "evidence": evidence,
        "waiver": waiver,
        "waived": waived,
        "feedback": give_feedback(
            gate=gate, assessment=criterion, level="major", comment="Ask users.", by=keeper
        ),
        "amendment": ask_amendment(
            gate=gate,
            assessment=gate.assessments.get(criterion__key="T1"),
            field=AmendedField.KIND,
            after=CriterionKind.SHOULD_MEET,
            reason="Nothing runs at volume in this phase.",
            by=owner,
        ),
        "pack": freeze_pack(gate=gate, by=people["programme_manager"]),
    }


def _alike(pilot: Pilot, others: dict[str, Any], owner: User) -> dict[str, Any]:
    """Two pilots try the same as this one; of one somebody has said that it does not."""
    overlap = make_overlap(pilot, others["waiting"])
    make_overlap(pilot, others["stopped"], score=0.41)
    said = tell_apart(pilot=pilot, other=others["stopped"], reason="It reads leases.", by=owner)
    return {"overlap": overlap, "distinction": said}


def _signing(programme, people: dict[str, User]) -> dict[str, Any]:
    """The executive signs for Risk, and for the gatekeeper who is away."""
    keeper, executive = people["gatekeeper"], people["executive"]
    return {
        "risk": name_gatekeeper(programme=programme, role="Risk", person=executive, by=keeper),
        "delegation": give_delegation(
            receiver=executive, starts_on=days_ago(0), ends_on=days_ago(-9), reason="Away", by=keeper
        ),
    }


def _handovers(intake: Pilot, people: dict[str, User]) -> dict[str, Handover]:
    owner, other, keeper = people["owner"], people["other_owner"], people["gatekeeper"]
    make_kpi(intake, "Minutes typed", owner=keeper)
    return {
        "prepared": prepare(owner, other, by=people["programme_manager"]),
        "handed": give(keeper, other, by=keeper, kinds=["kpi"]),
    }


def meet(programme, gates, manager, *, begin: bool = False) -> GateReview:
    """A gate meeting of next week, or one being held now."""
    soon = timezone.now() + timedelta(days=7)
    review = call_meeting(
        programme=programme, title="Now" if begin else "Soon", starts_at=soon, gates=gates, by=manager
    )
    return start_meeting(review=review, by=manager) if begin else review


def meet_and_close(programme, manager) -> GateReview:
    """A gate meeting that is over: its minutes stand."""
    soon = timezone.now() + timedelta(days=1)
    review = call_meeting(programme=programme, title="Over", starts_at=soon, by=manager)
    add_to_agenda(review=review, topic="Any other business", by=manager)
    return close_meeting(review=start_meeting(review=review, by=manager), by=manager)


def _under_way(programme, owner, sponsor, playbook) -> tuple[Pilot, Gate]:
    pilot = make_pilot(
        programme,
        owner=owner,
        sponsor=sponsor,
        title="Invoice reading",
        unit="Accounts payable",
        problem="Clerks type 4,000 invoices a month by hand.",
        workflow="Accounts payable, from the scan to the booking.",
        approach=Approach.OFF_THE_SHELF,
        vendor="Papierlos GmbH",
        risk_tier=RiskTier.LIMITED,
        risk_rationale="Reads no data about health or credit. A person books every invoice.",
    )
    SourceRecord.objects.create(
        pilot=pilot,
        programme=programme,
        mapping="standard",
        file_name="portfolio.csv",
        record_number=7,
        identity="0" * 64,
        fingerprint="0" * 64,
        raw=[["Name", "Invoice reading"], ["Go-live", "soon"]],
        problems=[
            {"field": "ends_on", "raw": "soon", "reason": "This is not a date.", "kind": "not_understood"}
        ],
        imported_at=timezone.now(),
    )
    gate = start(pilot, playbook, on=days_ago(40))
    plan_gate(gate=gate, planned_on=days_ago(14), forecast_on=days_ago(-7), reason="As agreed.", by=owner)
    return pilot, gate


def _fill_in(gate: Gate, criterion: Assessment, owner: User) -> Evidence:
    """V1 is met on a file and a link, T1 in progress, D1 not met; the rest nobody has looked at."""
    say = {"T1": AssessmentState.IN_PROGRESS, "D1": AssessmentState.NOT_MET}
    for assessment in gate.assessments.filter(criterion__key__in=say).select_related("criterion"):
        state = say[assessment.criterion.key]
        assess_criterion(assessment=assessment, state=state, note="Agreed with IT.", by=owner)
    file = SimpleUploadedFile("problem.pdf", b"%PDF-1.7 problem")
    evidence = add_evidence(assessment=criterion, kind=EvidenceKind.FILE, file=file, by=owner)
    link = "https://example.com/problem"
    add_evidence(assessment=criterion, kind=EvidenceKind.LINK, link=link, title="Interviews", by=owner)
    assess_criterion(assessment=criterion, state=AssessmentState.MET, note="Named in May.", by=owner)
    return evidence


def _waive(gate: Gate, owner: User, keeper: User) -> tuple[Waiver, Waiver]:
    """V5 is asked to be waived, F1 is."""
    rows = {key: gate.assessments.get(criterion__key=key) for key in ("V5", "F1")}
    asked, waived = (
        ask_waiver(assessment=row, reason="The figures come in May.", expires_on=days_ago(-20), by=owner)
        for row in rows.values()
    )
    return asked, approve_waiver(waiver=waived, note="Until the budget round.", by=keeper)


def write_mail(folder: Path) -> None:
    """One mail in the folder that the demo shows."""
    folder.mkdir(parents=True, exist_ok=True)
    mail = "Subject: Gate overdue\nFrom: pilotage@localhost\nTo: olga@example.com\n\nThe gate is late.\n"
    (folder / "20260101-120000-1.log").write_text(mail)
