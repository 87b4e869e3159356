"""The words of KPIs."""

from django.db.models import TextChoices


class KpiKind(TextChoices):
    BUSINESS = "business", "Business"
    ADOPTION = "adoption", "Adoption"
    TECHNICAL = "technical", "Technical"
    GUARDRAIL = "guardrail", "Guardrail"


class Direction(TextChoices):
    HIGHER = "higher", "Higher is better"
    LOWER = "lower", "Lower is better"


class KpiState(TextChoices):
    NO_DATA = "no_data", "No measurement yet"
    STALE = "stale", "Stale"
    ON_TARGET = "on_target", "On target"
    OFF_TARGET = "off_target", "Off target"
    NO_TARGET = "no_target", "No target"


class Source(TextChoices):
    FORM = "form", "Entered in the browser"
    API = "api", "Sent by a program"
    IMPORT = "import", "Imported"
