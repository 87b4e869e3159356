"""Writing what is owed into the ledger, and sending what waits there.

A mail is claimed before it is sent and marked right after, so two workers never send the same one, and
one lost in a crash is sent again under the same Message-ID. No mail is sent inside a transaction.
"""

import logging
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import date, timedelta
from time import monotonic
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.utils import timezone

from gates import events
from gates.choices import DeliveryStatus, Standing
from gates.models import Condition, Delivery, Letter
from gates.reminders.messages import compose
from gates.reminders.obligations import Due, condition_of, news, reminders, sign_agains, warnings
from gates.reminders.queries import (
    blockers_of,
    conditions_of,
    gate_of,
    ledger_of,
    open_conditions,
    overdue_gates,
    people_behind,
    shared_now,
    stale_sign_offs,
)
from pilots.events import record
from pilots.models import Event

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)  # longer than any one mail takes
BATCH = 50  # mails over one connection
MAX_ATTEMPTS = 5
# The rest after the first failure, the second …; the last attempt comes over five hours after the first.
REST = [timedelta(minutes=minutes) for minutes in (5, 15, 60, 240)]
WITHDRAWN = DeliveryStatus.WITHDRAWN
INTERRUPTED = "Sending was interrupted, so it may have arrived."


@transaction.atomic
def write_reminders(*, today: date) -> None:
    """Bring the ledger up to what is owed today. Running it again, or twice at once, changes nothing.

    A waiting mail that is no longer owed (the gate was decided or moved, a later step is due) is
    withdrawn; it comes back if it is owed again.
    """
    dues = [
        *reminders(overdue_gates(today=today), today=today),
        *warnings(open_conditions(today=today), today=today),
        *sign_agains(stale_sign_offs(today=today)),
    ]
    owed = {due.key: due for due in dues}
    known = ledger_of(owed.values())
    _write(due for key, due in owed.items() if key not in known)
    _bring_back(pk for key, (pk, status) in known.items() if key in owed and status == WITHDRAWN)
    _withdraw_all_but(owed)


def _bring_back(ids: Iterable[int]) -> None:
    Delivery.objects.filter(pk__in=list(ids), status=WITHDRAWN).update(status=DeliveryStatus.WAITING)


def _withdraw_all_but(owed: dict[tuple[str, str, int], Due]) -> None:
    waiting = Delivery.objects.waiting().filter(event__isnull=True).order_by()
    rows = waiting.values_list("pk", "obligation", "step", "recipient_id")
    dropped = [pk for pk, *key in rows if tuple(key) not in owed]
    waiting.filter(pk__in=dropped).update(status=WITHDRAWN)


@transaction.atomic
def write_news(*, event: Event) -> None:
    """Put into the ledger who is told of this event. Running it again changes nothing."""
    gate = gate_of(event)
    people = people_behind(gate, event)
    owed = news(
        event=event.pk,
        type=event.type,
        pilot=gate.pilot_id,
        gate=gate.pk,
        people=people,
        by=event.actor_id,
    )
    _write(owed)


@transaction.atomic
def write_letter(*, letter: Letter, to: Mapping[int, str]) -> None:
    """Put a letter into the ledger for these people: id → why they get it. Running it again changes nothing.

    Letter and deliveries are about the letter's event, which is in the log already.
    """
    kept = Letter.objects.filter(event=letter.event).first() or letter
    if kept.pk is None:
        kept.save()
    step = letter.event.type.split(".")[-1]
    _write(
        (
            Due(None, None, f"event:{letter.event_id}", step, person, Standing(why), letter.event_id)
            for person, why in to.items()
        ),
        letter=kept,
    )


@transaction.atomic
def spare(dues: Iterable[Due]) -> None:
    """Keep in the ledger that these steps are not sent, now or later: who would get them took the work over since."""
    dues = list(dues)
    _write(dues, status=DeliveryStatus.SPARED)
    known = ledger_of(dues)
    meant = {due.key for due in dues}
    ids = [pk for key, (pk, status) in known.items() if status == WITHDRAWN and key in meant]
    Delivery.objects.filter(pk__in=ids, status=WITHDRAWN).update(status=DeliveryStatus.SPARED)


def _write(
    dues: Iterable[Due], *, letter: Letter | None = None, status: str = DeliveryStatus.WAITING
) -> None:
    now = timezone.now()
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    rows = (
        Delivery(
            pilot_id=due.pilot,
            gate_id=due.gate,
            letter=letter,
            event_id=due.event,
            obligation=due.obligation,
            step=due.step,
            recipient_id=due.recipient,
            standing=due.standing,
            status=status,
            message_id=f"<{due.obligation.replace(':', '.')}.{due.step}.{due.recipient}@{host}>",
            owed_at=now,
        )
        for due in dues
    )
    # Another worker may write the same rows at this moment: the first one wins, the other does nothing.
    Delivery.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


def send_waiting(*, today: date, seconds: float = 180) -> None:
    """Send what waits in the ledger, for at most so many seconds; the next run goes on from there.

    It stops early when the mail server does not answer: the mails then wait, with the reason.
    """
    ends = monotonic() + seconds
    while monotonic() < ends:
        batch = _claim()
        if not batch or not _send_batch(batch, today, ends):
            return


@transaction.atomic
def _claim() -> list[Delivery]:
    """Take some waiting mails; until the lease ends no other worker takes them."""
    now = shared_now()
    free = Delivery.objects.free(now)
    free.filter(failure=INTERRUPTED, attempts__gte=MAX_ATTEMPTS).update(status=DeliveryStatus.FAILED)
    reachable = free.filter(recipient__is_active=True).exclude(recipient__email="")
    claimed = list(
        reachable.select_for_update(skip_locked=True, of=("self",))
        .select_related("gate__definition", "pilot__programme", "recipient", "event__actor", "letter")
        .order_by("pk")[:BATCH]
    )
    until = now + LEASE
    Delivery.objects.filter(pk__in=[delivery.pk for delivery in claimed]).update(lease_until=until)
    for delivery in claimed:
        delivery.lease_until = until
    return claimed


def _send_batch(batch: Sequence[Delivery], today: date, ends: float) -> bool:
    """Send claimed mails over one connection. Returns whether the mail server answers."""
    blockers = blockers_of((delivery.gate_id for delivery in batch if delivery.gate_id), today=today)
    conditions = conditions_of(batch)
    server = get_connection()
    left = deque(batch)
    silence = ""
    try:
        while left and monotonic() < ends and not silence:
            silence = _open(server)
            if not silence:
                delivery = left.popleft()
                condition = conditions.get(condition_of(delivery.obligation) or 0)
                _send(delivery, server, blockers.get(delivery.gate_id or 0, []), condition, today)
    finally:
        _close(server)
        _release(left, silence)
    return not silence


def _open(server) -> str:
    """Connect, unless it is connected. Returns why the mail server does not answer; blank: it does."""
    try:
        server.open()
    except OSError as error:  # smtplib's errors are OSErrors too
        logger.warning("The mail server does not answer: %s", error)
        return f"The mail server does not answer: {error}"
    return ""


def _send(
    delivery: Delivery, server, blockers: Sequence[str], condition: Condition | None, today: date
) -> None:
    if not _begin(delivery):
        return
    try:
        mail = compose(delivery, blockers=blockers, condition=condition, today=today, connection=server)
        mail.send()
    except Exception as error:  # one mail that cannot be sent must not keep back the others
        logger.warning("%s could not be sent: %s", delivery, error)
        _keep_failure(delivery, error)
        _close(server)  # who knows what state it is in
    else:
        _mark_sent(delivery, condition, today)


def _begin(delivery: Delivery) -> bool:
    """Start an attempt, unless the mail is no longer this worker's or no longer due.

    A mail whose sending was interrupted may have arrived: it gets one more attempt, not four.
    """
    attempts = MAX_ATTEMPTS if delivery.failure == INTERRUPTED else delivery.attempts + 1
    until = shared_now() + LEASE
    mine = Delivery.objects.waiting().filter(pk=delivery.pk, lease_until=delivery.lease_until)
    begun = mine.update(attempts=attempts, lease_until=until, failure=INTERRUPTED)
    delivery.attempts, delivery.lease_until = attempts, until
    return bool(begun)


def _keep_failure(delivery: Delivery, error: Exception) -> None:
    given_up = delivery.attempts >= MAX_ATTEMPTS
    Delivery.objects.filter(pk=delivery.pk, lease_until=delivery.lease_until).update(
        status=DeliveryStatus.FAILED if given_up else DeliveryStatus.WAITING,
        failure=(str(error) or type(error).__name__)[:300],
        lease_until=None if given_up else shared_now() + REST[delivery.attempts - 1],
    )


@transaction.atomic
def _mark_sent(delivery: Delivery, condition: Condition | None, today: date) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        status=DeliveryStatus.SENT, sent_at=timezone.now(), lease_until=None, failure=""
    )
    if condition is not None:
        record(
            events.CONDITION_WARNED,
            subject=condition,
            pilot=delivery.pilot,
            actor=None,
            text=condition.text,
            due_on=condition.due_on.isoformat(),
            step=delivery.step,
            recipient=str(delivery.recipient),
        )
    elif delivery.event_id is None and delivery.gate is not None:
        gate = delivery.gate
        record(
            events.GATE_REMINDED,
            subject=gate,
            pilot=delivery.pilot,
            actor=None,
            gate=f"{gate.definition.key} {gate.definition.name}",
            step=delivery.step,
            recipient=str(delivery.recipient),
            overdue_days=(today - gate.planned_on).days if gate.planned_on else 0,
        )


def _release(left: Sequence[Delivery], reason: str) -> None:
    """Give back claimed mails that were not begun: that is no attempt. The reason is kept with them."""
    if not left:
        return
    ids = [delivery.pk for delivery in left]
    # All were claimed together; one with another lease has passed to another worker.
    mine = Delivery.objects.waiting().filter(pk__in=ids, lease_until=left[0].lease_until)
    if reason:
        mine.exclude(failure=INTERRUPTED).update(failure=reason[:300])
    mine.update(lease_until=None)


def _close(server) -> None:
    with suppress(OSError):
        server.close()
