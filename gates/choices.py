"""The words of gates."""

from dataclasses import dataclass

from django.db.models import TextChoices

from pilots.choices import Area


class VersionStatus(TextChoices):
    DRAFT = "draft", "Draft"
    PUBLISHED = "published", "Published"
    RETIRED = "retired", "Retired"


ANY, ALL = "any", "all"  # of the people or roles that a quorum counts; else a number in digits
SPONSOR = "Sponsor"  # the gatekeeper role that the pilot's own sponsor holds


@dataclass(frozen=True)
class GatekeeperRole:
    """Who is asked at a gate, as the playbook says it.

    `quorum` is any, all or how many, in digits, of the people who hold the role. `areas` is what the
    role answers for; none named: everything.
    """

    label: str
    quorum: str = ANY
    areas: tuple[Area, ...] = ()

    @property
    def is_sponsor(self) -> bool:
        return self.label.casefold() == SPONSOR.casefold()


class CriterionKind(TextChoices):
    MUST_MEET = "must_meet", "Must"
    SHOULD_MEET = "should_meet", "Should"
    KILL = "kill", "Kill"


class AssessmentState(TextChoices):
    UNKNOWN = "unknown", "Not started"
    IN_PROGRESS = "in_progress", "In progress"
    MET = "met", "Met"
    NOT_MET = "not_met", "Not met"
    WAIVED = "waived", "Waived"
    NOT_APPLICABLE = "not_applicable", "Not applicable"


# What a person can say on the checklist.
ANSWERS = (
    AssessmentState.UNKNOWN,
    AssessmentState.IN_PROGRESS,
    AssessmentState.MET,
    AssessmentState.NOT_MET,
)


class GateStatus(TextChoices):
    UPCOMING = "upcoming", "Upcoming"
    OPEN = "open", "Open"
    SUBMITTED = "submitted", "In review"
    DECIDED = "decided", "Decided"


CURRENT = (GateStatus.OPEN, GateStatus.SUBMITTED)


class Outcome(TextChoices):
    """What a gate can decide, in the order in which it is offered, listed and numbered everywhere."""

    GO = "go", "Go"
    CONDITIONAL_GO = "conditional_go", "Conditional go"
    RECYCLE = "recycle", "Recycle"
    HOLD = "hold", "Hold"
    STOP = "stop", "Stop"


class ReasonCode(TextChoices):
    """Why, in one of a few words that can be counted. Which fit which outcome, REASON_CODES says."""

    READY = "ready", "Everything the gate asks for is there"
    VALUE_SHOWN = "value_shown", "The value is proven"
    STRATEGIC = "strategic", "Strategy asks for it"
    SMALL_GAPS = "small_gaps", "The gaps are small and can be closed on the way"
    WAITS_ON_OTHERS = "waits_on_others", "What is missing lies with others"
    LIMITED_SCOPE = "limited_scope", "Good enough for a limited scope"
    EVIDENCE_MISSING = "evidence_missing", "Evidence is missing"
    DEPENDENCY = "dependency", "Something else must happen first"
    NO_CAPACITY = "no_capacity", "No people or no money for it now"
    CONDITION_LAPSED = "condition_lapsed", "A condition was not met in time"
    NOT_PROVEN = "not_proven", "What it was to show is not shown"
    WRONG_SCOPE = "wrong_scope", "Problem or scope must be cut anew"
    REWORK = "rework", "Data or technology must be done again"
    NO_VALUE = "no_value", "Does not deliver the value hoped for"
    DATA = "data", "Data not available or not good enough"
    TECHNICAL = "technical", "Does not work well enough"
    COST = "cost", "Costs more than it is worth"
    RISK = "risk", "Risk or compliance"
    NO_OWNER = "no_owner", "Nobody will run it"
    STRATEGY = "strategy", "Priorities changed"
    DUPLICATE = "duplicate", "Another pilot does the same"
    OTHER = "other", "Other"


# The codes a person can choose for each outcome, as they are offered.
REASON_CODES: dict[str, tuple[ReasonCode, ...]] = {
    Outcome.GO: (ReasonCode.READY, ReasonCode.VALUE_SHOWN, ReasonCode.STRATEGIC, ReasonCode.OTHER),
    Outcome.CONDITIONAL_GO: (
        ReasonCode.SMALL_GAPS,
        ReasonCode.WAITS_ON_OTHERS,
        ReasonCode.LIMITED_SCOPE,
        ReasonCode.STRATEGIC,
        ReasonCode.OTHER,
    ),
    Outcome.RECYCLE: (
        ReasonCode.NOT_PROVEN,
        ReasonCode.WRONG_SCOPE,
        ReasonCode.REWORK,
        ReasonCode.RISK,
        ReasonCode.OTHER,
    ),
    Outcome.HOLD: (
        ReasonCode.EVIDENCE_MISSING,
        ReasonCode.DEPENDENCY,
        ReasonCode.NO_CAPACITY,
        ReasonCode.RISK,
        ReasonCode.OTHER,
    ),
    Outcome.STOP: (
        ReasonCode.NO_VALUE,
        ReasonCode.DATA,
        ReasonCode.TECHNICAL,
        ReasonCode.COST,
        ReasonCode.RISK,
        ReasonCode.NO_OWNER,
        ReasonCode.STRATEGY,
        ReasonCode.DUPLICATE,
        ReasonCode.OTHER,
    ),
}


# The checks that ask whether KPIs are at target → the kind of those KPIs, and how a criterion may word it.
PROVEN_BY: dict[str, str] = {"business_kpis_at_target": "business", "adoption_at_target": "adoption"}
USUAL_PROOF = {"readings": 8, "hold": 3, "confidence": 95}  # what a criterion asks that does not say
PROOF_TERMS = tuple(USUAL_PROOF)
READINGS, HOLD, CONFIDENCE = (2, 1_000), (1, 100), (50, 99)  # the last in percent


class EvidenceKind(TextChoices):
    NOTE = "note", "Note"
    LINK = "link", "Link"
    FILE = "file", "File"


TEXT_EVIDENCE = (EvidenceKind.NOTE, EvidenceKind.LINK)  # what is sent as text


class WaitingOn(TextChoices):
    OWNER = "owner", "Owner"
    CONTRIBUTOR = "contributor", "Contributors"
    GATEKEEPERS = "gatekeepers", "Gatekeepers"
    MEETING = "meeting", "Gate meeting"
    CONDITION = "condition", "A condition"
    NOBODY = "nobody", "Nobody"


class ReviewStep(TextChoices):
    """What happens between an owner and the gatekeepers before a decision."""

    REQUESTED = "requested", "Review requested"
    WITHDRAWN = "withdrawn", "Request withdrawn"
    SENT_BACK = "sent_back", "Sent back"


class AskStatus(TextChoices):
    """Where something stands that one person asks for and another approves: a waiver, an amendment."""

    ASKED = "asked", "Asked for"
    APPROVED = "approved", "Approved"
    REFUSED = "refused", "Refused"
    WITHDRAWN = "withdrawn", "Withdrawn"
    REVOKED = "revoked", "Revoked"
    ENDED = "ended", "Ended"  # a waiver, by itself


class WaiverEnd(TextChoices):
    """Why a waiver that was asked for or in force ended by itself."""

    MET = "met", "The criterion is met."
    NOT_APPLICABLE = "not_applicable", "The criterion no longer applies."


class AmendedField(TextChoices):
    """What can be amended of a gate that is open: its thresholds, the terms of one criterion or of one KPI."""

    SCORE_THRESHOLD = "score_threshold", "Score needed"
    FLOOR_THRESHOLD = "floor_threshold", "Score needed in every area"
    KIND = "kind", "Kind"
    WEIGHT = "weight", "Weight"
    APPLIES = "applies", "Applicability"
    VALIDITY = "validity_days", "Validity"
    READINGS = "readings", "Readings needed"
    HOLD = "hold", "Latest readings at target"
    CONFIDENCE = "confidence", "Confidence"
    KPI_BASELINE = "kpi_baseline", "Baseline"
    KPI_TARGET = "kpi_target", "Target"
    KPI_RANGE = "kpi_range", "Acceptable range"


THRESHOLDS = (AmendedField.SCORE_THRESHOLD, AmendedField.FLOOR_THRESHOLD)
# Of a KPI of the pilot: field → the term as metrics.kpis.rules names it.
KPI_TERMS: dict[str, str] = {
    AmendedField.KPI_BASELINE: "baseline",
    AmendedField.KPI_TARGET: "target",
    AmendedField.KPI_RANGE: "range",
}
# Asked for on the gate's pages. When a KPI counts as at target moves only with the version of the playbook.
AT_THE_GATE = tuple(field for field in AmendedField if field not in (*KPI_TERMS, *PROOF_TERMS))


class Direction(TextChoices):
    """Whether a gate is easier or harder to pass than it was."""

    LOOSER = "looser", "Looser"
    TIGHTER = "tighter", "Tighter"
    NEITHER = "neither", "Neither"


class FeedbackLevel(TextChoices):
    FINE = "fine", "Fine"
    MINOR = "minor", "Minor issue"
    MAJOR = "major", "Major issue"


class SignOffKind(TextChoices):
    SIGNED = "signed", "Signed"
    WITHDRAWN = "withdrawn", "Withdrawn"


class SeatState(TextChoices):
    """How it stands with one seat, a person in a gatekeeper role, at a gate."""

    SIGNED = "signed", "Signed"
    STALE = "stale", "Changed since signing"
    WAITING = "waiting", "Not signed yet"
    VACANT = "vacant", "Nobody can sign"


class MeetingState(TextChoices):
    PLANNED = "planned", "Planned"
    RUNNING = "running", "Being held"
    HELD = "held", "Held"
    CANCELLED = "cancelled", "Cancelled"


CALLED = (MeetingState.PLANNED, MeetingState.RUNNING)


class Health(TextChoices):
    ON_TRACK = "on_track", "On track"
    AT_RISK = "at_risk", "At risk"
    OFF_TRACK = "off_track", "Off track"
    NO_DATA = "no_data", "No data"
    PAUSED = "paused", "Paused"


class DeliveryStatus(TextChoices):
    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    FAILED = "failed", "Failed"
    WITHDRAWN = "withdrawn", "No longer due"
    SPARED = "spared", "Due before the work was handed over"


class Standing(TextChoices):
    """Why a person hears about a pilot; the label completes "because you …"."""

    OWNER = "owner", "own this pilot"
    SPONSOR = "sponsor", "sponsor this pilot"
    CONDITION_OWNER = "condition_owner", "owe a condition of one of its decisions"
    CONTRIBUTOR = "contributor", "have in hand what blocks its gate"
    GATEKEEPER = "gatekeeper", "decide at the gates of its programme"
    ASKER = "asker", "asked for this waiver"
    AMENDER = "amender", "asked for this amendment"
    SIGNER = "signer", "sign at this gate"
    PROGRAMME_MANAGER = "programme_manager", "manage its programme"
    INVITED = "invited", "are invited to this gate meeting"
    ON_AGENDA = "on_agenda", "own a pilot on the agenda of this meeting"
    SUCCESSOR = "successor", "take over this work"
    PREDECESSOR = "predecessor", "held this work, or hold it again"
    DELEGATION = "delegation", "let somebody sign for you, or sign for somebody"
    ADMINISTRATOR = "administrator", "administer Pilotage and nobody closer to the pilot can be reached"


class FailureMode(TextChoices):
    """The known ways in which pilots fail."""

    WRONG_PROBLEM = "wrong_problem", "Wrong problem"
    DEBT_IGNORED = "debt_ignored", "Technical debt ignored"
    NO_PIPELINE = "no_pipeline", "No pipeline"
    NO_OPERATING_MODEL = "no_operating_model", "No operating model"
    CHANGE_FORGOTTEN = "change_forgotten", "Change forgotten"
    BUDGET_TOO_SMALL = "budget_too_small", "Budget too small"
    PORTFOLIO = "portfolio", "Lost in the portfolio"


class Point(TextChoices):
    """From where on its way on a warning sign concerns a pilot, whatever its playbook."""

    INTAKE = "intake", "From intake on"
    UNDER_WAY = "under_way", "Once it is under way"
    TRIED = "tried", "From its second phase on"
    PREPARED = "prepared", "From its third phase on"
    IN_PRODUCTION = "in_production", "In production"


class Sign(TextChoices):
    """The warning signs; gates.signs.table says of each what it is."""

    NO_BUSINESS_KPI = "no_business_kpi", "No KPI of business value"
    NO_WORKFLOW = "no_workflow", "No workflow named"
    NO_SPONSOR = "no_sponsor", "No sponsor"
    SILENT_SPONSOR = "silent_sponsor", "No sponsor activity for 30 days"
    NO_NEXT_STEP = "no_next_step", "KPI at target, but no next step"
    DATA_BY_HAND = "data_by_hand", "Data prepared by hand"
    DEBT_NOT_LOGGED = "debt_not_logged", "Technical debt not logged"
    DEBT_OVERDUE = "debt_overdue", "Technical debt past its pay-back day"
    NO_INTEGRATION = "no_integration", "No integration"
    NOT_LOAD_TESTED = "not_load_tested", "No load test"
    STATIC_DATA = "static_data", "Static data set"
    NO_LIVE_ACCESS = "no_live_access", "No live access to data"
    MANUAL_REFRESH = "manual_refresh", "Re-keyed by hand"
    TECHNICAL_KPI_FALLING = "technical_kpi_falling", "Technical KPI falling"
    NO_MONITORING = "no_monitoring", "Nobody assigned to monitor"
    NO_RETRAINING = "no_retraining", "No retraining process"
    NO_OWNERS_LATER = "no_owners_later", "Business and IT owner both missing"
    NO_INCIDENT_PLAN = "no_incident_plan", "No incident plan"
    USERS_NOT_INVOLVED = "users_not_involved", "Users not involved"
    TRAINING_NOT_PLANNED = "training_not_planned", "Training not planned"
    PROCESSES_UNCHANGED = "processes_unchanged", "Processes unchanged"
    ERRORS_NOT_ACCEPTED = "errors_not_accepted", "Error rate not accepted by users"
    ADOPTION_BELOW_PLAN = "adoption_below_plan", "Adoption below plan"
    PILOT_ONLY_BUDGET = "pilot_only_budget", "Nothing budgeted beyond the pilot"
    NO_INTEGRATION_COST = "no_integration_cost", "No cost of integration"
    NO_RUNNING_COST = "no_running_cost", "No running cost"
    NO_TIME_BEFORE_PRODUCTION = "no_time_before_production", "Deployment right after the pilot"
    OVERLAP = "overlap", "Another pilot tries the same"
    NO_OWNER = "no_owner", "No accountable owner"
    STUCK = "stuck", "Far longer in its phase than others"
    GENERIC_TOOL = "generic_tool", "Generic tool without recorded fit"
    UNMITIGATED_RISK = "unmitigated_risk", "High risk without mitigation"
    EXPIRED_PROOF = "expired_proof", "Evidence or waiver expired"


class Question(TextChoices):
    """What only a person can say of a pilot."""

    LOAD_TESTED = "load_tested", "Has it been tried under the load of production?"
    ERRORS_ACCEPTED = "errors_accepted", "Do its users accept how often it is wrong?"


class Passing(TextChoices):
    """What became of one thing that was picked to be handed over."""

    PICKED = "picked", "Picked"
    MOVED = "moved", "Handed over"
    KEPT = "kept", "Not handed over"
    RETURNED = "returned", "Back with its holder"
