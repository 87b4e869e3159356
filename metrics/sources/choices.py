"""The words of collecting."""

from django.db.models import TextChoices


class SourceKind(TextChoices):
    JSON = "json", "JSON"
    CSV = "csv", "CSV file"
    PROMETHEUS = "prometheus", "Prometheus query"
    METRICS = "metrics", "Prometheus metrics page"


class SignInKind(TextChoices):
    NONE = "none", "No sign-in"
    BEARER = "bearer", "Token (Bearer)"
    BASIC = "basic", "User and password (Basic)"
    HEADER = "header", "Header of your own"


class RowChoice(TextChoices):
    LAST = "last", "The last row"
    LATEST = "latest", "The row with the latest time"
    ONLY = "only", "The only row"


class DecimalMark(TextChoices):
    POINT = ".", "Point: 1,234.5"
    COMMA = ",", "Comma: 1.234,5"


class FailureKind(TextChoices):
    ADDRESS = "address", "The address cannot be used"
    NOT_ALLOWED = "not_allowed", "The address is not allowed"
    UNREACHABLE = "unreachable", "The server cannot be reached"
    TIMEOUT = "timeout", "The server is too slow"
    CERTIFICATE = "certificate", "The certificate is not valid"
    SIGN_IN = "sign_in", "The sign-in does not work"
    STATUS = "status", "The server answered with an error"
    REDIRECT = "redirect", "The server leads elsewhere"
    TOO_LARGE = "too_large", "The answer is too large"
    UNREADABLE = "unreadable", "The answer cannot be read"
    QUERY = "query", "The query does not work"
    NOT_FOUND = "not_found", "The number is not in the answer"
    SEVERAL = "several", "More than one number fits"
    NOT_A_NUMBER = "not_a_number", "What was found is not a number"
    TIME = "time", "The time of the reading cannot be used"
    UNIT = "unit", "The source counts in another unit"
    REFUSED = "refused", "The reading cannot be recorded"
    KEY = "key", "The secret cannot be read"
