"""What a receiver is spared: every step of a reminder that was due before the work became theirs.

They read what is late in the one mail about the handover. The ledger keeps each step as spared, so it is never
sent; the next step has another name, and comes.
"""

from collections.abc import Collection
from datetime import date

from gates.reminders.actions import spare
from gates.reminders.obligations import Due, reminders, warnings
from gates.reminders.queries import open_conditions, overdue_gates

Owed = dict[tuple[str, str, int], Due]


def owed_to(people: Collection[int], pilots: Collection[int], *, today: date) -> Owed:
    """The mails that the reminders of today would hold for these people about these pilots. Four queries."""
    gates = [facts for facts in overdue_gates(today=today) if facts.pilot in pilots]
    conditions = [facts for facts in open_conditions(today=today) if facts.pilot in pilots]
    dues = [*reminders(gates, today=today), *warnings(conditions, today=today)]
    return {due.key: due for due in dues if due.recipient in people}


def spare_what_is_new(people: Collection[int], pilots: Collection[int], before: Owed, *, today: date) -> None:
    """Spare these people what they owe now and did not owe before."""
    now = owed_to(people, pilots, today=today)
    spare(due for key, due in now.items() if key not in before)
