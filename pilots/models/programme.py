"""A set of pilots reviewed together, and who does what in it."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from pilots import clock
from pilots.choices import Role
from pilots.models.scope import ScopedQuerySet
from pilots.rules import LONGEST_TEXT


def default_currency() -> str:
    """The organisation's, for a programme that names none."""
    return settings.CURRENCY


class ProgrammeQuerySet(ScopedQuerySet):
    programme_path = "pk"


class Programme(models.Model):
    name = models.CharField(max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    description = models.TextField(max_length=LONGEST_TEXT, blank=True)
    currency = models.CharField(max_length=3, default=default_currency)  # ISO 4217, of all its money
    currency_is_fixed = models.BooleanField(default=False, editable=False)  # amounts are recorded in it
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(Lower("name"), name="one_programme_per_name")]

    def __str__(self):
        return self.name


class MembershipQuerySet(ScopedQuerySet):
    programme_path = "programme_id"


class Membership(models.Model):
    """One role of one person in one programme; without a programme, in all of them."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="memberships", null=True, blank=True
    )
    role = models.CharField(max_length=20, choices=Role)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        ordering = ["role", "user__name"]
        constraints = [
            models.UniqueConstraint(fields=["user", "programme", "role"], name="one_membership_per_role"),
            models.UniqueConstraint(
                fields=["user", "role"],
                condition=Q(programme__isnull=True),
                name="one_membership_everywhere_per_role",
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="membership_role_is_known"),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display().lower()} of {self.programme or 'every programme'}"
