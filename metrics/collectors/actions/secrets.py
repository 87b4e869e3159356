"""Changing the key with which secrets are kept."""

from django.db import transaction

from metrics.models import Collector
from pilots.secrets import WrongKey, encrypt_anew


def encrypt_secrets_anew() -> tuple[int, list[Collector]]:
    """Encrypt every secret with the first of SECRETS_KEYS. Returns how many were, and those that no key opens.

    One transaction each, so that nobody waits long; running it again, or after half of it, is safe.
    """
    ids = list(Collector.objects.exclude(secret="").order_by("pk").values_list("pk", flat=True))
    lost = [pk for pk in ids if not _encrypted_anew(pk)]
    unread = Collector.objects.filter(pk__in=lost).select_related("kpi__pilot").order_by("pk")
    return len(ids) - len(lost), list(unread)


@transaction.atomic
def _encrypted_anew(pk: int) -> bool:
    collector = Collector.objects.select_for_update().filter(pk=pk).exclude(secret="").first()
    if collector is None:  # removed meanwhile
        return True
    try:
        collector.secret = encrypt_anew(collector.secret)
    except WrongKey:
        return False
    collector.save(update_fields=["secret"])
    return True
