"""The rules of gate meetings: may this happen now? Every answer is the list of reasons why not; [] means yes."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, timedelta

from gates.choices import CALLED, CURRENT, MeetingState

FURTHEST = timedelta(days=731)
MOST_ITEMS = 40  # more than one sitting can decide


def freezing_blockers(*, freeze_on: date | None, meets_on: date, today: date) -> list[str]:
    """Why the evidence cannot freeze on this day for a meeting on that day."""
    if freeze_on is None:
        return []
    if freeze_on < today:
        return ["The evidence freezes today or later."]
    return ["The evidence freezes on the day of the meeting or before."] if freeze_on > meets_on else []


def calling_blockers(*, title: str, starts_at: datetime, now: datetime, items: int) -> list[str]:
    """Why a meeting cannot be called like this. `items` is how long its agenda would be."""
    reasons = []
    if not title.strip():
        reasons.append("Give the meeting a title.")
    if starts_at <= now:
        reasons.append("A meeting is called for a moment in the future.")
    if starts_at > now + FURTHEST:
        reasons.append("A meeting is called at most two years ahead.")
    return reasons + agenda_blockers(state=MeetingState.PLANNED, items=items)


def agenda_blockers(*, state: str, items: int = 0) -> list[str]:
    """Why the agenda cannot be changed to so many items."""
    if state not in CALLED:
        return ["This meeting is over, so its agenda cannot be changed."]
    if items > MOST_ITEMS:
        return [f"An agenda has at most {MOST_ITEMS} items; this would make {items}. Call two meetings."]
    return []


def gate_blockers(*, gate_status: str, archived: bool, name: str) -> list[str]:
    """Why this gate cannot be put on an agenda. `name` is the pilot's."""
    if archived:
        return [f"{name} is archived."]
    if gate_status not in CURRENT:
        return [f"{name}: this gate is not open, so there is nothing to decide."]
    return []


def start_blockers(*, state: str, items: int) -> list[str]:
    """Why the meeting cannot begin now."""
    if state == MeetingState.RUNNING:
        return ["This meeting has begun already."]
    if state != MeetingState.PLANNED:
        return ["This meeting is over."]
    return [] if items else ["There is nothing on the agenda."]


def invite_blockers(*, state: str, people: int, items: int, revision: int, sent: int | None) -> list[str]:
    """Why no invitation can go out. `people` is to how many, `sent` the revision that they have; None: none."""
    if state != MeetingState.PLANNED:
        return ["Only who comes to a planned meeting is invited."]
    if not items:
        return ["There is nothing on the agenda yet."]
    if not people:
        return ["Nobody who may decide there can be reached by e-mail."]
    return ["This invitation went out already."] if sent == revision else []


def showing_blockers(*, state: str, presents: bool, presenter: str) -> list[str]:
    """Why this person cannot turn everybody's screen. `presenter` is who does, by name."""
    if state != MeetingState.RUNNING:
        return ["This meeting is not being held now."]
    return [] if presents else [f"{presenter} presents. Take over first."]


def item_blockers(*, state: str, decided: bool) -> list[str]:
    """Why nothing can be said on this item now."""
    if state != MeetingState.RUNNING:
        return ["This meeting is not being held now."]
    return ["This item has been decided."] if decided else []


def vote_blockers(*, state: str, decided: bool, invited: bool, owns_pilot: bool) -> list[str]:
    """Why this person cannot vote on this item now."""
    reasons = item_blockers(state=state, decided=decided)
    if not invited:
        reasons.append("Only who is invited to the meeting votes in it.")
    if owns_pilot:
        reasons.append("Owners do not vote on their own pilots.")
    return reasons


def closing_blockers(*, state: str, open_items: Collection[str]) -> list[str]:
    """Why the meeting cannot be closed. `open_items` are the pilots neither decided nor parked."""
    if state != MeetingState.RUNNING:
        return ["This meeting is not being held now."]
    if open_items:
        return [f"Decide or park first: {', '.join(open_items)}."]
    return []


def sending_blockers(
    *, state: str, people: int, sent_at: datetime | None, added_at: datetime | None
) -> list[str]:
    """Why the minutes cannot be sent now. `added_at` is when something was last added to them."""
    if state != MeetingState.HELD:
        return ["Minutes are sent once the meeting is closed."]
    if not people:
        return ["Nobody can be reached by e-mail."]
    if sent_at is not None and (added_at is None or added_at <= sent_at):
        return ["These minutes were sent, and nothing has been added since."]
    return []


def addition_blockers(*, state: str, text: str) -> list[str]:
    """Why nothing can be added to the minutes like this."""
    if state != MeetingState.HELD:
        return ["Minutes are added to once the meeting is closed."]
    return [] if text.strip() else ["Say what is to be added."]


def cancel_blockers(*, state: str) -> list[str]:
    """Why the meeting cannot be cancelled."""
    if state == MeetingState.RUNNING:
        return ["This meeting is being held. Park what is left and close it."]
    return [] if state == MeetingState.PLANNED else ["This meeting is over."]


def moved(order: Iterable[int], item: int, by: int) -> list[int]:
    """The ids in their new order when `item` moves up (−1) or down (+1); at an end it stays."""
    places = list(order)
    here = places.index(item)
    there = min(max(here + by, 0), len(places) - 1)
    places.insert(there, places.pop(here))
    return places
