"""Which private hosts collectors may ask."""

from django.db import transaction

from metrics import events
from metrics.models import AllowedHost, Collector
from metrics.sources.addresses import allowed_entry
from metrics.sources.choices import FailureKind
from metrics.sources.failures import NotCollected
from pilots import clock
from pilots.events import first_facts, record
from pilots.models import User
from pilots.rules import RuleViolation


@transaction.atomic
def allow_host(*, entry: str, reason: str, by: User) -> AllowedHost:
    """Let collectors ask a private host: `entry` is `host` or `host:port`. Those refused before ask anew at once.

    Raises RuleViolation.
    """
    try:
        entry = allowed_entry(entry)
    except NotCollected as refused:
        raise RuleViolation(refused.sentence) from None
    if not reason.strip():
        raise RuleViolation("Say why collectors may ask this host.")
    host, is_new = AllowedHost.objects.get_or_create(
        entry=entry, defaults={"reason": reason.strip(), "allowed_by": by}
    )
    if not is_new:
        raise RuleViolation(f"{entry} is allowed already.")
    # Whoever waited for this need not wait until tomorrow.
    waiting = Collector.objects.at_work().filter(
        failures__gt=0, last_failure__failure=FailureKind.NOT_ALLOWED
    )
    Collector.objects.filter(pk__in=list(waiting.values_list("pk", flat=True))).update(due_at=clock.now())
    record(
        events.HOST_ALLOWED,
        subject=host,
        actor=by,
        changes=first_facts({"host": entry, "reason": host.reason}),
    )
    return host


@transaction.atomic
def disallow_host(*, host: AllowedHost, by: User) -> None:
    """Collectors may ask this host no more. Doing it twice changes nothing."""
    found = AllowedHost.objects.select_for_update().filter(pk=host.pk).first()
    if found is not None:
        changes = {"host": [found.entry, None], "reason": [found.reason, None]}
        record(events.HOST_DISALLOWED, subject=found, actor=by, changes=changes)
        found.delete()
