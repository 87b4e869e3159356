"""Makes the demo: tells the story of its pilots through the actions, each at the time it happened.

The clock is set to every step's moment, and steps of all pilots are told in the order of time, so
that the audit trail reads as if people had worked with Pilotage all along.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.db import transaction
from django.utils import timezone

from gates.checks import CHECKS
from gates.choices import VersionStatus
from gates.demo.boards import board_steps
from gates.demo.office import name_gatekeepers, office_steps
from gates.demo.people import COLLEAGUES, PASSWORD, SIGNING_IN
from gates.demo.stage import MEETS_AT, House, Stage, Step
from gates.demo.story import ProgrammeStory, programmes
from gates.demo.telling import Telling
from gates.demo.value import name_pools
from gates.journey.readiness import refresh_gates
from gates.models import Gate, PlaybookVersion
from gates.playbooks.files import load, shipped
from gates.signs.actions import refresh_signs
from gates.summary.actions import refresh_stale
from metrics.definitions.actions import load_library
from pilots import clock
from pilots.actions.people import create_person
from pilots.actions.programmes import add_member, create_programme
from pilots.models import Pilot, User
from pilots.rules import RuleViolation

OFFICE_OPENS, OFFICE_CLOSES = time(8, 30), time(17, 30)
PACE = timedelta(minutes=5)  # of a meeting
FOUNDED = 900  # days ago: before the first pilot was proposed


@transaction.atomic
def seed(today: date) -> bool:
    """Make the demo as of `today`. Returns False, and changes nothing, where it is already.

    Raises RuleViolation where there are other pilots: the password of its people is known to all.
    """
    if User.objects.filter(email=SIGNING_IN[0].email).exists():
        return False
    if Pilot.objects.exists():
        raise RuleViolation(
            "There are pilots here already. The demo comes with well-known passwords,"
            " so it is only made where there is nothing else."
        )
    with clock.at(_at(today - timedelta(days=FOUNDED), OFFICE_OPENS)):
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        load_library()
        house = _make_house(today)
        tellings = {
            pilot.facts["title"]: Telling(pilot, stage, number)
            for story, stage in [(story, _make_stage(story, house)) for story in programmes()]
            for number, pilot in enumerate(story.pilots)
        }
    _tell(_steps(house, tellings), today)
    refresh_gates(Gate.objects.all(), today=today)
    refresh_signs(Pilot.objects.values_list("pk", flat=True), today=today)
    refresh_stale(today=today)
    return True


def _make_house(today: date) -> House:
    people = _make_people()
    published = PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("playbook")
    return House(
        today=today,
        cast=people,
        manager=people["helena"],
        administrator=people["jakub"],
        playbooks={version.playbook.key: version for version in published},
    )


def _make_people() -> dict[str, User]:
    """Everyone of the demo, by the key that the story uses."""
    people = {}
    for person in SIGNING_IN:
        user = create_person(email=person.email, name=person.name, role=person.role, by=None)
        user.set_password(PASSWORD)
        user.save(update_fields=["password"])
        people[person.key] = user
    for person in COLLEAGUES:
        people[person.key] = create_person(email=person.email, name=person.name, by=people["jakub"])
    return people


def _make_stage(story: ProgrammeStory, house: House) -> Stage:
    by = house.administrator
    programme = create_programme(name=story.name, description=story.description, by=by)
    for person in COLLEAGUES:
        if person.key in story.cast:
            add_member(programme=programme, user=house.cast[person.key], role=person.role, by=by)
    people = {label: house.cast[key] for label, key in story.people.items()}
    stage = Stage(**vars(house), programme=programme, people=people)
    name_gatekeepers(story, stage)
    name_pools(stage)
    return stage


def _steps(house: House, tellings: Mapping[str, Telling]) -> Iterable[tuple[str, Step]]:
    """Everything that happened, each with whose story it is."""
    for title, telling in tellings.items():
        yield from ((title, step) for step in telling.steps())
    yield from (("the office", step) for step in office_steps(house))
    yield from (("the gate meetings", step) for step in board_steps(house, tellings))


def _tell(steps: Iterable[tuple[str, Step]], today: date) -> None:
    # In the order of time; on one day a meeting before what follows from it, else in the order of telling.
    told = sorted(steps, key=lambda one: (_day(one[1], today), -one[1].days_ago, not one[1].in_meeting))
    for day, same_day in groupby(told, key=lambda one: _day(one[1], today)):
        todays = list(same_day)
        for moment, (whose, step) in zip(_moments(day, [step for _, step in todays]), todays, strict=True):
            with clock.at(moment):
                _take(step, whose)


def _take(step: Step, whose: str) -> None:
    try:
        step.do()
    except RuleViolation as violation:
        raise ValueError(f"The story of {whose}, {step.days_ago} days ago: {violation}") from violation


def _day(step: Step, today: date) -> date:
    """The day of a step; people do on Friday what would fall on a weekend."""
    day = today - timedelta(days=step.days_ago)
    return day if step.by_program else day - timedelta(days=max(0, day.weekday() - 4))


def _moments(day: date, steps: Sequence[Step]) -> list[datetime]:
    """When each of these was done on one day: evenly over office hours, before and after a meeting."""
    opens, closes = _at(day, OFFICE_OPENS), _at(day, OFFICE_CLOSES)
    if not any(step.in_meeting for step in steps):
        return _spread(opens, closes, len(steps))
    before = next(place for place, step in enumerate(steps) if step.in_meeting)
    length = sum(step.in_meeting for step in steps)
    meets = _at(day, MEETS_AT)
    ends = meets + PACE * length
    return [
        *_spread(opens, meets, before),
        *_spread(meets, ends, length),
        *_spread(ends, closes, len(steps) - before - length),
    ]


def _at(day: date, hour: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, hour))


def _spread(begin: datetime, end: datetime, count: int) -> list[datetime]:
    return [begin + (end - begin) * number / count for number in range(count)]
