"""Saying what a pilot costs and brings."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction

from metrics import events
from metrics.models import Outlook
from metrics.value.rules import CENT, outlook_problems
from pilots import clock
from pilots.actions.programmes import fix_currency
from pilots.events import Changes, changed_fields, record
from pilots.models import Pilot, User
from pilots.rules import RuleViolation, confirmation_blockers, edit_blockers


@transaction.atomic
def state_outlook(
    *,
    pilot: Pilot,
    cost_to_go: Decimal,
    value_to_go: Decimal,
    horizon_months: int,
    as_of: date,
    basis: str,
    spent: Decimal | None = None,
    currency: str = "",
    by: User | None,
) -> Outlook:
    """Say what going on with a pilot costs and brings, in place of what was said before.

    It is in the currency of the programme, which `currency` may only confirm. Saying the same again
    changes nothing. Raises RuleViolation.
    """
    pilot = Pilot.objects.select_for_update(of=("self",), no_key=True).get(pk=pilot.pk)
    amounts = {"cost_to_go": cost_to_go, "value_to_go": value_to_go, "spent": spent}
    words: dict[str, Any] = {
        "horizon_months": horizon_months,
        "as_of": as_of,
        "basis": basis,
    }
    blockers = edit_blockers(archived=pilot.archived_at is not None)
    problems = outlook_problems(amounts=amounts, today=clock.today(), **words)
    counted_in = fix_currency(pilot.programme_id)
    blockers += confirmation_blockers(currency, counted_in=counted_in)
    if blockers or problems:
        raise RuleViolation(*blockers, *problems.values())
    facts = (
        words
        | {"currency": counted_in}
        | {name: amount and amount.quantize(CENT) for name, amount in amounts.items()}
    )
    outlook = Outlook.objects.filter(pilot=pilot).first()
    changes = changed_fields(outlook or Outlook(pilot=pilot), facts)
    if outlook is not None and not changes:
        return outlook
    values = facts | {"updated_by": by, "updated_at": clock.now()}
    outlook, _ = Outlook.objects.update_or_create(pilot=pilot, defaults=values)
    record(events.OUTLOOK_STATED, subject=outlook, pilot=pilot, actor=by, changes=_first(changes))
    return outlook


def _first(changes: Changes) -> Changes:
    """Where nothing was said before, "" counts as nothing."""
    return {name: [None if before == "" else before, after] for name, (before, after) in changes.items()}
