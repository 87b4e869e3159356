"""Telling both people of a delegation what became of it."""

from gates.choices import Standing
from gates.delegations.letters import letter_of
from gates.models import Delegation
from gates.reminders.actions import write_letter
from pilots.models import Event


def write_letter_of(*, event: Event) -> None:
    """Write to giver and receiver, save who did it and who has left. Running it again changes nothing."""
    found = Delegation.objects.select_related("giver", "receiver", "programme")
    delegation = found.get(pk=event.subject.rsplit(":", 1)[-1])
    people = (delegation.giver, delegation.receiver)
    to = {
        one.pk: Standing.DELEGATION
        for one in people
        if one.is_active and one.email and one.pk != event.actor_id
    }
    if to:
        write_letter(letter=letter_of(event, delegation), to=to)
