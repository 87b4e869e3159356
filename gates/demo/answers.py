"""What people answer on the checklist of one gate in the demo, on what evidence, and when."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from django.core.files.uploadedfile import SimpleUploadedFile

from gates.checklist.actions import assess_criterion
from gates.choices import CURRENT, AssessmentState, EvidenceKind
from gates.demo.registers import RegisterTelling
from gates.demo.stage import Step
from gates.demo.story import FOLDER, CriterionNotes, GateStory, notes
from gates.evidence.actions import add_evidence
from gates.models import Assessment, Criterion
from pilots.models import Pilot, User

WORK_DAYS = 80  # nobody fills in a checklist long before its review
LAST_WORD_DAYS = 4  # between what was last said of one open criterion and of the next
OPEN = (AssessmentState.IN_PROGRESS, AssessmentState.NOT_MET)
NOTHING_SAID = CriterionNotes(met=[""], under_way="", shown_by="")  # where a check decides


@dataclass
class Desk:
    """Where a pilot's checklist is filled in: by whom, for which gate, with whose help."""

    by: User
    pilot: Callable[[], Pilot]  # once the story has made it
    people: Mapping[str, User]  # by the role that usually provides a criterion
    day: Callable[[int], date]  # so many days ago
    number: int  # of the pilot, so that they do not all say the same
    registers: RegisterTelling  # what is written there when a criterion is met

    @cached_property
    def rows(self) -> dict[int, Assessment]:
        """Criterion → its row at this gate. To be asked for when the gate is open."""
        found = Assessment.objects.filter(gate__status__in=CURRENT, gate__pilot=self.pilot())
        return {row.criterion_id: row for row in found.select_related("criterion")}


def answers(
    story: GateStory, criteria: Sequence[Criterion], desk: Desk, *, entered: int, until: int
) -> Iterator[Step]:
    """The answers to these criteria, spread over the days from `entered` to `until` (days ago).

    What is still open at the end was last spoken of shortly before.
    """
    begun = min(entered, until + WORK_DAYS)
    said = list(_said(story, criteria, desk.number))
    met = [(criterion, note) for criterion, state, note in said if state == AssessmentState.MET]
    for place, (criterion, note) in enumerate(met, start=1):
        day = begun - (begun - until) * place // (len(met) + 1)
        if criterion.check_name:
            yield Step(day, partial(desk.registers.reach, criterion.check_name))
            continue
        if place % 4 == 0:
            usual = notes()[criterion.title].under_way
            yield _step((begun + day) // 2, desk, criterion, AssessmentState.IN_PROGRESS, usual)
        counts_until = story.valid.get(criterion.key)
        if place % 3 or counts_until is not None:
            yield Step(day, partial(_show, desk, criterion, counts_until))
        yield _step(day, desk, criterion, AssessmentState.MET, note)
        yield Step(day, partial(desk.registers.reach, criterion.title))
    still_open = [answer for answer in said if answer[1] in OPEN]
    for place, (criterion, state, note) in enumerate(still_open, start=1):
        day = min(begun, until + LAST_WORD_DAYS * place)
        if criterion.check_name:
            yield Step(day, partial(desk.registers.begin, criterion.check_name))
        else:
            yield _step(day, desk, criterion, state, note)


def _said(
    story: GateStory, criteria: Sequence[Criterion], number: int
) -> Iterator[tuple[Criterion, str, str]]:
    """Each criterion with its state and note at the end; what depends on an open one was not begun."""
    open_keys: set[str] = set()
    for criterion in criteria:
        state, note = _answer(story, criterion, number)
        if open_keys.intersection(criterion.depends_on):
            state, note = AssessmentState.UNKNOWN, ""
        if state != AssessmentState.MET:
            open_keys.add(criterion.key)
        yield criterion, state, note


def _answer(story: GateStory, criterion: Criterion, number: int) -> tuple[str, str]:
    """The state in which the story leaves a criterion, and what people note of it."""
    key, usual = criterion.key, NOTHING_SAID if criterion.check_name else notes()[criterion.title]
    if key in story.not_met:
        return AssessmentState.NOT_MET, story.not_met[key] or usual.under_way
    if key in story.under_way:
        return AssessmentState.IN_PROGRESS, story.under_way[key] or usual.under_way
    if key in story.untouched or (story.only is not None and key not in story.only):
        return AssessmentState.UNKNOWN, ""
    return AssessmentState.MET, usual.met[number % len(usual.met)]


def _step(day: int, desk: Desk, criterion: Criterion, state: str, note: str) -> Step:
    return Step(day, partial(_say, desk, criterion, state, note))


def _say(desk: Desk, criterion: Criterion, state: str, note: str) -> None:
    assess_criterion(
        assessment=desk.rows[criterion.pk],
        state=state,
        note=note,
        responsible=desk.people.get(criterion.role),
        by=desk.by,
    )


def _show(desk: Desk, criterion: Criterion, counts_until: int | None) -> None:
    usual = notes()[criterion.title]
    shown: dict = {"kind": EvidenceKind.NOTE, "note": usual.met[desk.number % len(usual.met)]}
    if usual.link:
        shown = {"kind": EvidenceKind.LINK, "link": usual.link}
    if usual.file:
        content = (FOLDER / usual.file).read_bytes()
        shown = {"kind": EvidenceKind.FILE, "file": SimpleUploadedFile(usual.file, content)}
    if counts_until is not None:
        shown["valid_until"] = desk.day(counts_until)
    add_evidence(assessment=desk.rows[criterion.pk], title=usual.shown_by, by=desk.by, **shown)
