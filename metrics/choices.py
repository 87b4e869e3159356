"""The words of KPIs and of value."""

from django.db.models import IntegerChoices, TextChoices


class KpiKind(TextChoices):
    BUSINESS = "business", "Business"
    ADOPTION = "adoption", "Adoption"
    TECHNICAL = "technical", "Technical"
    GUARDRAIL = "guardrail", "Guardrail"


class Direction(TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"
    WITHIN = "within", "Within a band"


class KpiState(TextChoices):
    NO_DATA = "no_data", "No measurement yet"
    STALE = "stale", "Stale"
    ON_TARGET = "on_target", "On target"
    DEGRADING = "degrading", "Getting worse"
    UNPROVEN = "unproven", "Not proven yet"
    OFF_TARGET = "off_target", "Off target"
    OUT_OF_RANGE = "out_of_range", "Out of range"
    NO_TARGET = "no_target", "No target"


class Source(TextChoices):
    FORM = "form", "Entered in the browser"
    API = "api", "Sent by a program"
    FILE = "file", "From a file"
    IMPORT = "import", "Imported"
    COLLECTOR = "collector", "Collected"


class Every(IntegerChoices):
    """How often a collector asks, in hours."""

    HOUR = 1, "Every hour"
    SIX_HOURS = 6, "Every six hours"
    DAY = 24, "Every day"
    WEEK = 168, "Every week"


class BenefitUnit(TextChoices):
    MONEY = "money", "Money"
    HOURS = "hours", "Hours"


class Pattern(TextChoices):
    RECURRING = "recurring", "Month after month"
    ONE_OFF = "one_off", "Once"


class Band(TextChoices):
    """How far a number can be trusted, from the least to the most."""

    ASSERTED = "asserted", "Asserted"
    MEASURED = "measured", "Measured"
    ATTRIBUTED = "attributed", "Attributed"
    VERIFIED = "verified", "Verified"


class BudgetKind(TextChoices):
    PILOT = "pilot", "Pilot"
    INFRASTRUCTURE = "infrastructure", "Infrastructure"
    INTEGRATION = "integration", "Integration"
    TRAINING_CHANGE = "training_change", "Training and change"
    RUNNING = "running", "Running"
