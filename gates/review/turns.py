"""Whose turn it is at gates in review: who has to sign, who has to decide, and who has signed and waits.

Who is still asked to sign `gates.journey.asking` keeps, so one statement finds the gates of one person
among all of them. What one gate says by itself is in `gates.review.queries`; a test holds both equal.
"""

from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from gates.choices import GateStatus, SignOffKind
from gates.models import Gate, SignOff
from pilots.choices import Role
from pilots.models import User
from pilots.permissions import GRANTS, Permission

DECIDING = frozenset(role for role in Role if Permission.DECIDE_GATE in GRANTS[role])


def reviews_of(user: User, *, today: date) -> QuerySet[Gate]:
    """Gates in review at which this person has something to do, the longest waiting first. Never own pilots.

    They sign there, themselves or for somebody else, and have not, or what they signed has changed; or
    they may decide there, and nobody is left to sign first.
    """
    return _in_review(user).filter(pk__in=_turns_of(user, today))


def signed_by(user: User, *, today: date) -> QuerySet[Gate]:
    """Gates in review that this person has signed, or somebody for them, and that wait for others."""
    mine = SignOff.objects.filter(
        Q(person=user) | Q(on_behalf_of=user), kind=SignOffKind.SIGNED, gate__status=GateStatus.SUBMITTED
    )
    seat = Coalesce("on_behalf_of", "person")
    later = SignOff.objects.alias(seat=seat).filter(
        gate=OuterRef("gate"), role=OuterRef("role"), seat=OuterRef("seat"), pk__gt=OuterRef("pk")
    )
    standing = mine.alias(seat=seat).filter(~Exists(later)).values("gate")
    return _in_review(user).filter(pk__in=standing).exclude(pk__in=_turns_of(user, today))


def _in_review(user: User) -> QuerySet[Gate]:
    found = Gate.objects.visible_to(user).filter(status=GateStatus.SUBMITTED, pilot__archived_at__isnull=True)
    return found.exclude(pilot__owner=user).order_by("waiting_since", "pk")


# In the words of the ORM this takes ten times as long to write as to run, for every page that anybody opens.
# `acts`: as whom this person signs, and in which programme; without one everywhere.
# `seat`: nobody has signed in it, nor this person in its role, where one counts once.
# `mine`: the seat is that of somebody as whom this person signs, or any gatekeeper's and they are one.
TURNS_SQL = """
WITH acts AS (
    SELECT {me} AS person, CAST(NULL AS BIGINT) AS programme_id
    UNION ALL
    SELECT d.giver_id, d.programme_id
    FROM gates_delegation d JOIN pilots_user u ON u.id = d.giver_id AND u.is_active
    WHERE d.receiver_id = {me} AND d.starts_on <= %s AND d.ends_on >= %s AND d.ended_at IS NULL
),
seat AS NOT MATERIALIZED (
    SELECT s.gate_id, s.role, s.holder_id, p.programme_id, p.owner_id
    FROM gates_askedseat s JOIN gates_gate g ON g.id = s.gate_id JOIN pilots_pilot p ON p.id = g.pilot_id
    WHERE s.signed_by_id IS NULL AND NOT EXISTS (
        SELECT 1 FROM gates_askedseat o WHERE o.gate_id = s.gate_id AND o.role = s.role AND o.signed_by_id = {me}
    )
),
mine AS (
    SELECT seat.gate_id
    FROM acts JOIN seat ON seat.holder_id = acts.person
    WHERE acts.programme_id IS NULL OR acts.programme_id = seat.programme_id
    UNION ALL
    SELECT seat.gate_id
    FROM acts JOIN pilots_membership m ON m.user_id = acts.person AND m.role = 'gatekeeper'
    JOIN seat ON seat.holder_id IS NULL
    WHERE (acts.programme_id IS NULL OR acts.programme_id = seat.programme_id)
          AND (m.programme_id IS NULL OR m.programme_id = seat.programme_id)
          AND (seat.owner_id IS NULL OR seat.owner_id <> acts.person)
          AND NOT EXISTS (
              SELECT 1 FROM gates_askedseat o
              WHERE o.gate_id = seat.gate_id AND o.role = seat.role AND o.holder_id = acts.person
          )
)
SELECT gate_id FROM mine
UNION ALL
SELECT g.id
FROM gates_gate g JOIN pilots_pilot p ON p.id = g.pilot_id
WHERE g.status = 'submitted' AND g.waiting_on = 'gatekeepers' AND {decides}
      AND NOT EXISTS (SELECT 1 FROM gates_askedseat s WHERE s.gate_id = g.id AND s.signed_by_id IS NULL)
"""


def _turns_of(user: User, today: date) -> RawSQL:
    """The ids of gates at which it is this person's turn, own pilots among them."""
    sql = TURNS_SQL.format(me=int(user.pk), decides=_where_deciding(user))  # whole numbers of our own
    return RawSQL(sql, [today.isoformat()] * 2)  # noqa: S611


def _where_deciding(user: User) -> str:
    """The condition that this person may decide at the gate."""
    access = user.access
    if not access.everywhere.isdisjoint(DECIDING):
        return "TRUE"
    programmes = [int(pk) for pk, held in access.by_programme.items() if not held.isdisjoint(DECIDING)]
    return f"p.programme_id IN ({', '.join(map(str, programmes))})" if programmes else "FALSE"
