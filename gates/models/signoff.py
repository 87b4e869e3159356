"""Who may sign in which gatekeeper role, who stands in for whom, and what was signed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from gates.choices import SignOffKind
from gates.models.gate import Gate
from pilots import clock
from pilots.models import AppendOnly, Programme, ScopedQuerySet
from pilots.models.scope import WrittenOnce


class GatekeeperQuerySet(ScopedQuerySet):
    programme_path = "programme_id"


class Gatekeeper(models.Model):
    """One person who holds a gatekeeper role in a programme. Several may hold the same."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="gatekeepers")
    role = models.CharField(max_length=60)  # the label the playbooks use, such as Risk
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="gatekeeper_roles")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    objects = GatekeeperQuerySet.as_manager()

    class Meta:
        ordering = [Lower("role"), "person__name", "pk"]
        constraints = [
            models.UniqueConstraint(
                "programme", Lower("role"), "person", name="one_gatekeeper_per_role_and_person"
            ),
            models.CheckConstraint(condition=~Q(role=""), name="gatekeeper_has_a_role"),
        ]

    def __str__(self):
        return f"{self.person}, {self.role} of {self.programme}"


class DelegationQuerySet(models.QuerySet):
    def running(self, today):
        """In force on this day."""
        return self.filter(starts_on__lte=today, ends_on__gte=today, ended_at__isnull=True)


class Delegation(models.Model):
    """For a period somebody signs for somebody else, in one programme or, without it, in all of them."""

    giver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_given")
    receiver = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="delegations_had")
    programme = models.ForeignKey(
        Programme, models.CASCADE, related_name="delegations", null=True, blank=True
    )
    starts_on = models.DateField()
    ends_on = models.DateField()  # the last day
    reason = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    ended_at = models.DateTimeField(null=True)  # before its last day had passed
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True)

    objects = DelegationQuerySet.as_manager()

    class Meta:
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("receiver")), name="delegation_is_to_another"),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")), name="delegation_ends_after_start"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="ended_delegation_has_its_person",
            ),
        ]

    def __str__(self):
        return f"{self.receiver} for {self.giver}, {self.starts_on} to {self.ends_on}"

    @property
    def facts(self) -> dict[str, str]:
        """What events say of it."""
        return {
            "giver": str(self.giver),
            "receiver": str(self.receiver),
            "starts_on": str(self.starts_on),
            "ends_on": str(self.ends_on),
            "reason": self.reason,
        }


class SignOffQuerySet(WrittenOnce, ScopedQuerySet):
    programme_path = "gate__pilot__programme_id"


class SignOff(AppendOnly):
    """A person agrees at a gate in a gatekeeper role, or takes that back.

    Of the rows of one seat, which is a role and the person who holds it, the latest counts.
    """

    gate = models.ForeignKey(Gate, models.PROTECT, related_name="sign_offs")
    role = models.CharField(max_length=60)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="sign_offs")
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", null=True, blank=True
    )
    kind = models.CharField(max_length=10, choices=SignOffKind)
    comment = models.TextField(blank=True)
    digest = models.CharField(max_length=64)  # of what was seen
    seen = models.JSONField(default=dict)  # the facts that the role answers for, as they were
    at = models.DateTimeField()

    objects = SignOffQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["gate", "id"], name="sign_off_by_gate")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=SignOffKind.values), name="sign_off_kind_is_known"),
            models.CheckConstraint(
                condition=Q(on_behalf_of__isnull=True) | ~Q(on_behalf_of=F("person")),
                name="sign_off_is_for_another_or_nobody",
            ),
        ]

    def __str__(self):
        return f"{self.person} as {self.role} at {self.gate}, {self.get_kind_display().lower()}"

    @property
    def holder_id(self) -> int:
        """Whose seat it is."""
        return self.on_behalf_of_id or self.person_id


class AskedSeat(models.Model):
    """A seat of a gatekeeper role for which too few have signed yet, at a gate in review.

    Kept by gates.journey.asking, so that everybody's list of reviews is read and not worked out. Where
    enough have signed at the gate there is none.
    """

    gate = models.ForeignKey(Gate, models.CASCADE, related_name="asked_seats")
    role = models.CharField(max_length=60)  # as the playbook writes it
    # Nobody: no one holds the role, so any gatekeeper of the programme is asked.
    holder = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True)
    # Who has signed in it, where somebody has and others are still missing.
    signed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["gate", "role", "holder"], name="a_seat_is_asked_once"),
            models.UniqueConstraint(
                fields=["gate", "role"], condition=Q(holder__isnull=True), name="any_gatekeeper_is_asked_once"
            ),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | Q(holder__isnull=False),
                name="a_signed_seat_is_somebodys",
            ),
        ]

    def __str__(self):
        return f"{self.holder or 'Any gatekeeper'} as {self.role} at {self.gate}"
