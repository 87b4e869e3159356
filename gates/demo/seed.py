"""Makes the demo: tells the story of its pilots through the actions, each at the time it happened.

The clock is set to every step's moment, and steps of all pilots are told in the order of time, so
that the audit trail reads as if people had worked with Pilotage all along.
"""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import itemgetter

from django.db import transaction
from django.utils import timezone

from gates.checks import CHECKS
from gates.choices import GateStatus, VersionStatus
from gates.demo.people import COLLEAGUES, PASSWORD, SIGNING_IN
from gates.demo.stage import Stage, Step
from gates.demo.story import PilotStory, ProgrammeStory, programmes
from gates.demo.telling import Telling
from gates.journey.readiness import refresh_gates
from gates.models import Gate, PlaybookVersion
from gates.packs.actions import freeze_pack
from gates.playbooks.files import load, shipped
from gates.summary.actions import refresh_stale
from pilots import clock
from pilots.actions.people import create_person
from pilots.actions.programmes import add_member, create_programme
from pilots.models import Pilot, User
from pilots.rules import RuleViolation

OFFICE_OPENS, OFFICE_CLOSES = time(8, 30), time(17, 30)
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
    with clock.at(_moments(today - timedelta(days=FOUNDED), 1)[0]):
        load(shipped(), known_checks=frozenset(CHECKS), by=None)
        people = _make_people()
        stages = [_make_stage(story, people, today) for story in programmes()]
    _tell(stages, today)
    refresh_gates(Gate.objects.all(), today=today)
    for gate in Gate.objects.filter(status=GateStatus.SUBMITTED):
        freeze_pack(gate=gate, by=people["helena"])
    refresh_stale(today=today)
    return True


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


def _make_stage(story: ProgrammeStory, people: dict[str, User], today: date) -> tuple[Stage, ProgrammeStory]:
    administrator = people["jakub"]
    programme = create_programme(name=story.name, description=story.description, by=administrator)
    for person in COLLEAGUES:
        if person.key in story.cast:
            add_member(programme=programme, user=people[person.key], role=person.role, by=administrator)
    published = PlaybookVersion.objects.filter(status=VersionStatus.PUBLISHED).select_related("playbook")
    stage = Stage(
        today=today,
        programme=programme,
        cast=people,
        people={label: people[key] for label, key in story.people.items()},
        manager=people["helena"],
        playbooks={version.playbook.key: version for version in published},
    )
    return stage, story


def _tell(stages: Iterable[tuple[Stage, ProgrammeStory]], today: date) -> None:
    told = [
        (_day(step, today), pilot, step)
        for stage, story in stages
        for number, pilot in enumerate(story.pilots)
        for step in Telling(pilot, stage, number).steps()
    ]
    told.sort(key=itemgetter(0))  # stable: within a day each pilot's steps keep their order
    for day, same_day in groupby(told, key=itemgetter(0)):
        steps = list(same_day)
        for moment, (_, pilot, step) in zip(_moments(day, len(steps)), steps, strict=True):
            with clock.at(moment):
                _take(step, pilot)


def _take(step: Step, pilot: PilotStory) -> None:
    try:
        step.do()
    except RuleViolation as violation:
        title = pilot.facts["title"]
        raise ValueError(f"The story of {title}, {step.days_ago} days ago: {violation}") from violation


def _day(step: Step, today: date) -> date:
    """The day of a step; people do on Friday what would fall on a weekend."""
    day = today - timedelta(days=step.days_ago)
    return day if step.by_program else day - timedelta(days=max(0, day.weekday() - 4))


def _moments(day: date, count: int) -> list[datetime]:
    """So many moments of one day, evenly over office hours."""
    opens = timezone.make_aware(datetime.combine(day, OFFICE_OPENS))
    closes = timezone.make_aware(datetime.combine(day, OFFICE_CLOSES))
    return [opens + (closes - opens) * number / count for number in range(count)]
