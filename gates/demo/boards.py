"""The gate meetings of the demo: called, held with votes and decisions, or still to come."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.utils import timezone

from gates.demo.stage import MEETS_AT, House, Step
from gates.demo.story import FOLDER, written_in
from gates.demo.telling import Telling
from gates.meetings.actions.agenda import add_to_agenda
from gates.meetings.actions.calling import call_meeting, close_meeting, start_meeting
from gates.meetings.actions.minutes import add_to_minutes, send_minutes
from gates.meetings.actions.sitting import cast_vote, decide_item, park, remark, show_item, take_attendance
from gates.meetings.actions.telling import invite
from gates.models import AgendaItem, Gate, GateReview
from pilots.models import Programme

MEETINGS = FOLDER / "meetings.yaml"


@dataclass(frozen=True, kw_only=True)
class ItemStory:
    """A pilot's gate on an agenda, parked where it was not decided, or a topic.

    `votes` is who → outcome and comment.
    """

    pilot: str = ""
    topic: str = ""
    votes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    remark: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingStory:
    """A gate meeting; `day` is when it was held, or below zero when it will be."""

    programme: str
    title: str
    called: int
    invited: int | None = None
    day: int
    added: str = ""  # to the minutes, with which they were sent
    place: str
    minutes: int  # for each item
    present: Sequence[str] = ()
    items: Sequence[ItemStory]


def meetings() -> list[MeetingStory]:
    """Every gate meeting of the demo."""
    return [
        MeetingStory(items=[ItemStory(**item) for item in written.pop("items")], **written)
        for written in written_in(MEETINGS)
    ]


def board_steps(house: House, tellings: Mapping[str, Telling]) -> Iterator[Step]:
    """Everything about the meetings; `tellings` are those of all pilots, by their titles."""
    for story in meetings():
        yield from Board(story, house, tellings).steps()


@dataclass(frozen=True)
class Board:
    """One meeting while it is told of."""

    story: MeetingStory
    house: House
    tellings: Mapping[str, Telling]

    def steps(self) -> Iterator[Step]:
        yield Step(self.story.called, self._call)
        if self.story.invited is not None:
            yield Step(self.story.invited, self._invite)
        if self.story.day < 0:
            return
        yield from (Step(self.story.day, do, in_meeting=True) for do in self._held())
        yield Step(self.story.day, self._send_minutes)

    def _held(self) -> Iterator[Any]:
        """What was done in it, in order."""
        yield self._begin
        for item in self.story.items:
            yield partial(self._show, item)
            for who, (outcome, *said) in item.votes.items():
                yield partial(self._vote, item, who, outcome, " ".join(said))
            yield partial(self._settle, item)
        yield self._close

    def _call(self) -> None:
        current = Gate.objects.current()
        called = [current.get(pilot__title=item.pilot) for item in self.story.items if item.pilot]
        review = call_meeting(
            programme=Programme.objects.get(name=self.story.programme),
            title=self.story.title,
            starts_at=self._starts_at(),
            place=self.story.place,
            item_minutes=self.story.minutes,
            gates=called,
            by=self.house.manager,
        )
        for item in self.story.items:
            if item.topic:
                add_to_agenda(review=review, topic=item.topic, by=self.house.manager)

    def _invite(self) -> None:
        invite(review=self._review, by=self.house.manager)

    def _starts_at(self) -> datetime:
        """Nobody meets at a weekend: what was held then was held on Friday, what comes comes on Monday."""
        day = self.house.day(self.story.day)
        weekend = max(0, day.weekday() - 4)
        day += timedelta(days=7 - day.weekday() if self.story.day < 0 and weekend else -weekend)
        return timezone.make_aware(datetime.combine(day, MEETS_AT))

    @property
    def _review(self) -> GateReview:
        return GateReview.objects.get(programme__name=self.story.programme, title=self.story.title)

    def _item(self, item: ItemStory) -> AgendaItem:
        items = self._review.items
        return items.get(topic=item.topic) if item.topic else items.get(gate__pilot__title=item.pilot)

    def _begin(self) -> None:
        review = start_meeting(review=self._review, by=self.house.manager)
        present = {self.house.cast[who].pk for who in self.story.present}
        take_attendance(review=review, present=present, by=self.house.manager)

    def _show(self, item: ItemStory) -> None:
        show_item(item=self._item(item), by=self.house.manager)

    def _vote(self, item: ItemStory, who: str, outcome: str, said: str) -> None:
        cast_vote(item=self._item(item), outcome=outcome, comment=said, by=self.house.cast[who])

    def _settle(self, item: ItemStory) -> None:
        found, by = self._item(item), self.house.manager
        if item.remark:
            remark(item=found, text=item.remark, by=by)
        if item.topic:
            return
        telling = self.tellings[item.pilot]
        decided = telling.decided_in(self.story.title)
        if decided is None:
            park(item=found, by=by)
        else:
            telling.decide(decided, partial(decide_item, item=found))

    def _close(self) -> None:
        close_meeting(review=self._review, by=self.house.manager)

    def _send_minutes(self) -> None:
        if self.story.added:
            add_to_minutes(review=self._review, text=self.story.added, by=self.house.manager)
        send_minutes(review=self._review, by=self.house.manager)
