"""What can be asked about registers: how full they are, and what became of an entry."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet, Value

from pilots.choices import ENDED
from pilots.models import Entry, Event, Pilot, User
from pilots.models.entry import EntryQuerySet
from pilots.queries import Happening, happening
from pilots.registers.table import REGISTERS, Register

LATEST = 30


@dataclass(frozen=True)
class Fill:
    """How a register stands: how many entries there are, and which of them nobody has in hand."""

    register: Register
    standing: int = 0
    live: int = 0  # not over
    overdue: int = 0  # live, and to be looked at again before today
    vacant: int = 0  # live, and looked after by nobody


def fills(user: User, *, today: date, pilot: Pilot | None = None) -> list[Fill]:
    """Every register as far as this person may see it, of one pilot or of all that are listed. One query."""
    counted = [_counted(register, user, today, pilot) for register in REGISTERS.values()]
    first, *others = counted
    found = {key: numbers for key, *numbers in (first.union(*others, all=True) if others else first)}
    return [Fill(register, *found.get(key, ())) for key, register in REGISTERS.items()]


def _counted(register: Register, user: User, today: date, pilot: Pilot | None) -> QuerySet:
    entries = register.model.objects.visible_to(user)
    entries = entries.filter(pilot=pilot) if pilot else entries.filter(_listed(register))
    which = {
        "live": entries.which_live(),
        "overdue": entries.which_overdue(today),
        "vacant": entries.which_vacant(),
    }
    numbers = {name: Count("pk", filter=condition) for name, condition in which.items()}
    return (
        entries.standing()
        .order_by()
        .annotate(key=Value(register.key))
        .values("key")
        .annotate(standing=Count("pk"), **numbers)
        .values_list("key", "standing", *numbers)
    )


def gaps_of(register: Register, pilot: Pilot) -> list[tuple[str, str]]:
    """(value, words) of what should be in a register of this pilot and is not. One query, or none."""
    if not register.each:
        return []
    there = set(register.model.objects.standing().filter(pilot=pilot).values_list(register.each, flat=True))
    [column] = (column for column in register.choices if column.name == register.each)
    return [(str(value), str(words)) for value, words in column.field.choices if value not in there]


def entries_seen(register: Register, user: User) -> EntryQuerySet:
    """The entries of a register that this person may see, of pilots that are listed."""
    entries = register.model.objects.visible_to(user).filter(_listed(register))
    return entries.select_related("pilot__programme", "owner")


def _listed(register: Register) -> Q:
    listed = Q(pilot__archived_at__isnull=True)
    return listed | Q(pilot__state__in=ENDED) if register.outlives else listed


def entries_of(register: Register, pilot: Pilot) -> EntryQuerySet:
    return register.model.objects.filter(pilot=pilot).select_related("pilot__programme", "owner")


def history(entry: Entry) -> list[Happening]:
    """What became of an entry, newest first. One query."""
    subject = f"{entry._meta.label}:{entry.pk}"
    events = Event.objects.filter(pilot=entry.pilot_id, subject=subject).select_related("actor")
    return [happening(event) for event in events.order_by("-pk")[:LATEST]]


def owners_of(entries: QuerySet) -> list[tuple[int, str]]:
    """(id, name) of who looks after some of these. One query."""
    people = User.objects.filter(pk__in=entries.order_by().values("owner"))
    return list(people.order_by("name", "pk").values_list("pk", "name"))
