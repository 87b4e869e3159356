"""Savings that several pilots share."""

from django.db import transaction

from metrics import events
from metrics.models import BenefitPool
from pilots.events import changed_fields, first_facts, record
from pilots.models import Programme, User
from pilots.rules import RuleViolation


@transaction.atomic
def create_pool(*, programme: Programme, name: str, by: User | None) -> BenefitPool:
    """Name a saving that pilots of a programme share. Raises RuleViolation when the name is taken."""
    _check_name(programme, name)
    pool = BenefitPool.objects.create(programme=programme, name=name)
    changes = first_facts({"name": name})
    record(events.BENEFIT_POOL_ADDED, subject=pool, programme=programme, actor=by, changes=changes)
    return pool


@transaction.atomic
def rename_pool(*, pool: BenefitPool, name: str, by: User) -> BenefitPool:
    """Raises RuleViolation when the name is taken."""
    pool = BenefitPool.objects.select_for_update(of=("self",), no_key=True).get(pk=pool.pk)
    _check_name(pool.programme, name, besides=pool.pk)
    changes = changed_fields(pool, {"name": name})
    if changes:
        pool.name = name
        pool.save(update_fields=["name"])
        programme = pool.programme
        record(events.BENEFIT_POOL_RENAMED, subject=pool, programme=programme, actor=by, changes=changes)
    return pool


def _check_name(programme: Programme, name: str, *, besides: int = 0) -> None:
    # Two of one name at once: the second one waits.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    if programme.benefit_pools.filter(name__iexact=name).exclude(pk=besides).exists():
        raise RuleViolation("This programme already has a shared saving of this name.")
