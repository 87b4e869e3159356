"""Which private hosts collectors may ask."""

from django.db import transaction

from metrics import events
from metrics.collectors.addresses import allowed_entry
from metrics.collectors.failures import NotCollected
from metrics.models import AllowedHost
from pilots.events import first_facts, record
from pilots.models import User
from pilots.rules import RuleViolation


@transaction.atomic
def allow_host(*, entry: str, reason: str, by: User) -> AllowedHost:
    """Let collectors ask a private host: `entry` is `host` or `host:port`. Raises RuleViolation."""
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
