"""The words of pilots and people."""

from django.db.models import IntegerChoices, TextChoices


class Role(TextChoices):
    PROGRAMME_MANAGER = "programme_manager", "Programme manager"
    OWNER = "owner", "Pilot owner"
    GATEKEEPER = "gatekeeper", "Gatekeeper"
    EXECUTIVE = "executive", "Executive"
    AUDITOR = "auditor", "Auditor"
    ADMINISTRATOR = "administrator", "Administrator"


class PilotState(TextChoices):
    INTAKE = "intake", "Intake"
    ACTIVE = "active", "Active"
    ON_HOLD = "on_hold", "On hold"
    STOPPED = "stopped", "Stopped"
    RETIRED = "retired", "Retired"


RUNNING = (PilotState.ACTIVE, PilotState.ON_HOLD)
ENDED = (PilotState.STOPPED, PilotState.RETIRED)


class Approach(TextChoices):
    CUSTOM = "custom", "Custom build"
    OFF_THE_SHELF = "off_the_shelf", "Off the shelf"
    HYBRID = "hybrid", "Hybrid"


class RiskTier(TextChoices):
    MINIMAL = "minimal", "Minimal"
    LIMITED = "limited", "Limited"
    HIGH = "high", "High"
    UNACCEPTABLE = "unacceptable", "Unacceptable"


class Priority(IntegerChoices):
    HIGHEST = 1, "Highest"
    HIGH = 2, "High"
    NORMAL = 3, "Normal"
    LOW = 4, "Low"


class Via(TextChoices):
    """Through which door a change came in."""

    WEB = "web", "Web page"
    API = "api", "API"
    TASK = "task", "Background task"
    COMMAND = "command", "Command line"


class JobState(TextChoices):
    WAITING = "waiting", "Waiting for a worker"
    RUNNING = "running", "Under way"
    DONE = "done", "Done"
    FAILED = "failed", "Failed"
    CANCELLED = "cancelled", "Cancelled"


OVER = (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


# --- Registers -----------------------------------------------------------------------------------
class Likelihood(IntegerChoices):
    RARE = 1, "1 Rare"
    UNLIKELY = 2, "2 Unlikely"
    POSSIBLE = 3, "3 Possible"
    LIKELY = 4, "4 Likely"
    ALMOST_CERTAIN = 5, "5 Almost certain"


class Impact(IntegerChoices):
    NEGLIGIBLE = 1, "1 Negligible"
    MINOR = 2, "2 Minor"
    MODERATE = 3, "3 Moderate"
    MAJOR = 4, "4 Major"
    SEVERE = 5, "5 Severe"


class Trend(TextChoices):
    RISING = "rising", "Rising"
    STEADY = "steady", "Steady"
    FALLING = "falling", "Falling"


class RiskState(TextChoices):
    OPEN = "open", "Open"
    MITIGATED = "mitigated", "Mitigated"
    ACCEPTED = "accepted", "Accepted"
    CLOSED = "closed", "Closed"


class Direction(TextChoices):
    IN = "in", "Into the pilot"
    OUT = "out", "Out of the pilot"
    BOTH = "both", "Both ways"


class Method(TextChoices):
    API = "api", "API"
    FILE = "file", "File exchange"
    DATABASE = "database", "Shared database"
    MANUAL = "manual", "Re-keyed by hand"


class IntegrationState(TextChoices):
    PLANNED = "planned", "Planned"
    BUILDING = "building", "Being built"
    LIVE = "live", "Live"
    DROPPED = "dropped", "Dropped"


class Refresh(TextChoices):
    CONTINUOUS = "continuous", "Continuously"
    DAILY = "daily", "Daily"
    WEEKLY = "weekly", "Weekly"
    MONTHLY = "monthly", "Monthly"
    RARELY = "rarely", "More rarely"
    STATIC = "static", "Never: a fixed set"


class Supply(TextChoices):
    AUTOMATED = "automated", "Automated"
    BY_HAND = "by_hand", "By hand"


class Quality(TextChoices):
    GOOD = "good", "Good enough for production"
    MENDED = "mended", "Good after cleaning"
    POOR = "poor", "Poor"


class DataAccess(TextChoices):
    NONE = "none", "None yet"
    EXTRACT = "extract", "An extract"
    LIVE = "live", "Live"


class OperatingDuty(TextChoices):
    """What somebody has to do once a pilot is in production."""

    PRODUCT_OWNER = "product_owner", "Product owner"
    MODEL_MAINTENANCE = "model_maintenance", "Model maintenance and retraining"
    DATA_PIPELINE = "data_pipeline", "Data pipeline"
    INFRASTRUCTURE = "infrastructure", "Infrastructure and monitoring"
    INCIDENT_RESPONSE = "incident_response", "Incident response"
    USER_SUPPORT = "user_support", "User support"
    ADOPTION = "adoption", "Adoption"


class Area(TextChoices):
    VALUE = "value", "Value"
    DATA = "data", "Data"
    TECHNICAL = "technical", "Technical"
    OPERATIONAL = "operational", "Operational"
    ORGANISATIONAL = "organisational", "Organisational"
    RISK = "risk", "Risk"
    FINANCE = "finance", "Finance"


class LessonKind(TextChoices):
    WORKED = "worked", "Worked"
    DID_NOT = "did_not", "Did not work"


class ProcedureKind(TextChoices):
    """What has to be done for a pilot in production, again and again or when something goes wrong."""

    MONITORING = "monitoring", "Monitoring"
    RETRAINING = "retraining", "Retraining"
    MAINTENANCE = "maintenance", "Maintenance"
    INCIDENT = "incident", "Incident plan"
    ESCALATION = "escalation", "Escalation"
    SUPPORT = "support", "User support"
    BACKUP = "backup", "Backup and recovery"
    RUNBOOK = "runbook", "Runbook"


class ProcedureState(TextChoices):
    PLANNED = "planned", "Planned"
    IN_PLACE = "in_place", "In place"
    TRIED = "tried", "Tried"


class ChangeKind(TextChoices):
    INVOLVEMENT = "involvement", "Involving users"
    TRAINING = "training", "Training"
    COMMUNICATION = "communication", "Communication"
    PROCESS = "process", "Process change"
    FEEDBACK = "feedback", "Feedback"


class OptionVerdict(TextChoices):
    CONSIDERED = "considered", "Considered"
    CHOSEN = "chosen", "Chosen"
    REJECTED = "rejected", "Rejected"
