"""Programmes and who does what in them."""

from django.db import transaction
from django.utils.text import slugify

from pilots import events
from pilots.choices import Role
from pilots.events import changed_fields, first_facts, record
from pilots.models import Membership, Programme, User
from pilots.models.programme import default_currency
from pilots.rules import RuleViolation, currency_blockers


@transaction.atomic
def create_programme(*, name: str, description: str = "", currency: str = "", by: User | None) -> Programme:
    """Make a programme; a maker who would not see it manages it. Raises RuleViolation on a taken name.

    Without a currency it counts its money in the organisation's.
    """
    currency = currency or default_currency()
    _check_currency(before=currency, after=currency)
    if Programme.objects.filter(name__iexact=name).exists():
        raise RuleViolation("There is already a programme of this name.")
    facts = {"name": name, "description": description, "currency": currency}
    programme = Programme.objects.create(slug=_free_slug(name), **facts)
    first = first_facts(facts)
    record(events.PROGRAMME_CREATED, subject=programme, programme=programme, actor=by, changes=first)
    if by is not None and not by.access.sees_all_programmes:
        add_member(programme=programme, user=by, role=Role.PROGRAMME_MANAGER, by=by)
    return programme


def _free_slug(name: str) -> str:
    base = slugify(name)[:50] or "programme"
    taken = set(Programme.objects.filter(slug__startswith=base).values_list("slug", flat=True))
    slug, number = base, 1
    while slug in taken:
        number += 1
        slug = f"{base}-{number}"
    return slug


@transaction.atomic
def edit_programme(
    *, programme: Programme, name: str, description: str, currency: str = "", by: User
) -> Programme:
    """Rename or describe a programme, or say its currency; its address stays.

    Raises RuleViolation when the name is taken, and for another currency than amounts are recorded in.
    """
    programme = Programme.objects.select_for_update().get(pk=programme.pk)
    if Programme.objects.filter(name__iexact=name).exclude(pk=programme.pk).exists():
        raise RuleViolation("There is already a programme of this name.")
    currency = currency or programme.currency
    _check_currency(before=programme.currency, after=currency, is_fixed=programme.currency_is_fixed)
    facts = {"name": name, "description": description, "currency": currency}
    changes = changed_fields(programme, facts)
    if changes:
        for name_, value in facts.items():
            setattr(programme, name_, value)
        programme.save(update_fields=list(facts))
        record(events.PROGRAMME_EDITED, subject=programme, programme=programme, actor=by, changes=changes)
    return programme


def _check_currency(*, before: str, after: str, is_fixed: bool = False) -> None:
    blockers = currency_blockers(before=before, after=after, is_fixed=is_fixed)
    if blockers:
        raise RuleViolation(*blockers)


def fix_currency(programme_id: int) -> str:
    """The currency of a programme, which stays from now on: an amount is being recorded in it.

    Call inside the transaction that records it: until its end nobody chooses another.
    """
    Programme.objects.filter(pk=programme_id, currency_is_fixed=False).update(currency_is_fixed=True)
    return Programme.objects.values_list("currency", flat=True).get(pk=programme_id)


@transaction.atomic
def add_member(*, programme: Programme | None, user: User, role: str, by: User | None) -> Membership:
    """Give a person a role in a programme, or with None in every programme. Twice changes nothing."""
    membership, is_new = Membership.objects.get_or_create(programme=programme, user=user, role=role)
    if is_new:
        record(
            events.MEMBER_ADDED,
            subject=membership,
            programme=programme,
            actor=by,
            changes={"role": [None, role]},
            person=user.name,
        )
    return membership


@transaction.atomic
def remove_member(*, membership: Membership, by: User) -> None:
    """Take a role from a person. Raises RuleViolation where it is the last and running pilots are owned."""
    membership = Membership.objects.select_for_update(of=("self",)).get(pk=membership.pk)
    if _leaves_pilots_behind(membership):
        raise RuleViolation(f"{membership.user} still owns running pilots here. Hand them over first.")
    record(
        events.MEMBER_REMOVED,
        subject=membership,
        programme=membership.programme,
        actor=by,
        changes={"role": [membership.role, None]},
        person=membership.user.name,
    )
    membership.delete()


def _leaves_pilots_behind(membership: Membership) -> bool:
    """Whether the person owns running pilots where no other role would be left."""
    others = Membership.objects.filter(user=membership.user).exclude(pk=membership.pk)
    if others.filter(programme=None).exists():
        return False
    owned = membership.user.pilots_owned.running()
    if membership.programme_id is not None:
        owned = owned.filter(programme=membership.programme_id)
    return owned.exclude(programme__in=others.values("programme")).exists()
