"""Where readings of a KPI come from by themselves, what came of asking there, and which private hosts may be asked."""

from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q

from metrics.choices import Every
from metrics.models.kpi import Kpi
from metrics.sources.addresses import LONGEST_ADDRESS
from metrics.sources.choices import FailureKind, SignInKind, SourceKind
from metrics.sources.recipes import host_shown, shown_address
from pilots import clock
from pilots.choices import ENDED
from pilots.models import ScopedQuerySet


class CollectorQuerySet(ScopedQuerySet):
    programme_path = "kpi__pilot__programme_id"

    def at_work(self):
        """Not paused, of a KPI still followed of a pilot that has neither ended nor been archived."""
        pilots = {"kpi__pilot__archived_at__isnull": True}
        followed = self.filter(paused_at__isnull=True, kpi__archived_at__isnull=True, **pilots)
        return followed.exclude(kpi__pilot__state__in=ENDED)

    def due(self, now):
        """To be asked now, and in nobody's hands."""
        free = Q(leased_until__isnull=True) | Q(leased_until__lte=now)
        return self.at_work().filter(free, due_at__lte=now)

    def failing(self):
        """Those that got nothing when they last asked, paused or not."""
        return self.filter(failures__gt=0)


class Collector(models.Model):
    """Asks one address for the readings of one KPI."""

    kpi = models.OneToOneField(Kpi, models.CASCADE, related_name="collector")
    kind = models.CharField("kind of source", max_length=10, choices=SourceKind)
    url = models.CharField("address", max_length=LONGEST_ADDRESS)
    recipe = models.JSONField(default=dict)  # the fields of the kind's recipe in metrics.sources
    unit = models.CharField("unit at the source", max_length=30)
    every_hours = models.PositiveSmallIntegerField("how often", choices=Every, default=Every.DAY)
    sign_in = models.CharField("sign-in", max_length=10, choices=SignInKind, default=SignInKind.NONE)
    sign_in_name = models.CharField("user or header", max_length=100, blank=True)
    secret = models.TextField(blank=True, editable=False)  # encrypted; shown nowhere
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    paused_at = models.DateTimeField(null=True, editable=False)
    paused_by = models.ForeignKey(  # None where Pilotage paused it after it had failed for long
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, editable=False
    )

    # Written with each run.
    due_at = models.DateTimeField(editable=False)
    leased_until = models.DateTimeField(null=True, editable=False)  # in a worker's hands, at most until then
    failures = models.PositiveIntegerField(default=0, editable=False)  # in a row
    failing_since = models.DateTimeField(null=True, editable=False)
    is_told = models.BooleanField(
        default=False, editable=False
    )  # the owner has heard of this row of failures
    told_of = models.PositiveBigIntegerField(null=True, editable=False)  # the event that was last mailed
    last_success = models.ForeignKey(
        "CollectorRun", models.SET_NULL, related_name="+", null=True, editable=False
    )
    last_failure = models.ForeignKey(
        "CollectorRun", models.SET_NULL, related_name="+", null=True, editable=False
    )

    objects = CollectorQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SourceKind.values), name="source_kind_is_known"),
            models.CheckConstraint(condition=Q(sign_in__in=SignInKind.values), name="sign_in_is_known"),
            models.CheckConstraint(
                condition=Q(sign_in=SignInKind.NONE, secret="")
                | (~Q(sign_in=SignInKind.NONE) & ~Q(secret="")),
                name="a_sign_in_has_its_secret",
            ),
            models.CheckConstraint(
                condition=Q(failures=0, failing_since__isnull=True)
                | Q(failures__gt=0, failing_since__isnull=False),
                name="failing_has_its_beginning",
            ),
            models.CheckConstraint(condition=Q(every_hours__gte=1), name="asks_at_most_hourly"),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(paused_at__isnull=True), name="collector_due")]

    def __str__(self):
        return f"Collector of {self.kpi}"

    @property
    def cadence(self) -> timedelta:
        return timedelta(hours=self.every_hours)

    @property
    def host(self) -> str:
        return host_shown(self.url)

    @property
    def address(self) -> str:
        """The address as everybody may see it."""
        return shown_address(self.url)

    @property
    def is_failing(self) -> bool:
        return self.failures > 0


class CollectorRunQuerySet(ScopedQuerySet):
    programme_path = "collector__kpi__pilot__programme_id"


class CollectorRun(models.Model):
    """One time that a collector asked, and what came of it. Only the newest are kept."""

    collector = models.ForeignKey(Collector, models.CASCADE, related_name="runs")
    at = models.DateTimeField()
    failure = models.CharField(max_length=15, choices=FailureKind, blank=True)  # blank: a reading came
    sentence = models.TextField(blank=True)  # why nothing came, for people
    excerpt = models.TextField(blank=True)  # the beginning of what was read
    value = models.DecimalField(max_digits=20, decimal_places=6, null=True)
    measured_at = models.DateTimeField(null=True)
    readings = models.PositiveSmallIntegerField(default=0)  # that were new
    size = models.PositiveIntegerField(default=0)  # bytes of the answer
    milliseconds = models.PositiveIntegerField(default=0)

    objects = CollectorRunQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(failure="", value__isnull=False, measured_at__isnull=False)
                | (~Q(failure="") & ~Q(sentence="")),
                name="a_run_has_a_value_or_a_failure",
            ),
        ]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M}: {self.failure or self.value}"


class AllowedHost(models.Model):
    """A private host that an administrator lets collectors ask."""

    entry = models.CharField("host", max_length=270, unique=True)  # `host` or `host:port`
    reason = models.CharField(max_length=300)
    allowed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    allowed_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["entry"]

    def __str__(self):
        return self.entry
