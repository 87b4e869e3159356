"""What else is done at the gates of the demo: asking, feedback, signatures, waivers, amendments, evidence.

The files in stories/at-gates name these functions and say what is given to them; days count back from today.
Each acts at the gate to which its pilot works at that moment.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from gates.amendments import actions as amending
from gates.checklist.actions import assess_criterion
from gates.choices import AskStatus, EvidenceKind
from gates.decisions.corrections import correct_decision
from gates.demo.stage import Stage
from gates.demo.story import FOLDER, Happening, amount
from gates.evidence import actions as showing
from gates.feedback.actions import answer_feedback, give_feedback
from gates.journey.actions import request_review
from gates.models import Amendment, Assessment, Decision, Evidence, Gate, Waiver
from gates.packs.actions import freeze_pack
from gates.review.actions import send_back
from gates.signoffs.actions import sign_off
from gates.waivers import actions as waiving
from pilots.models import Pilot, User


@dataclass(frozen=True)
class Scene:
    """Who does it, and where."""

    pilot: Pilot
    stage: Stage
    by: User

    @property
    def gate(self) -> Gate:
        return Gate.objects.current().get(pilot=self.pilot)

    def row(self, criterion: str) -> Assessment:
        return self.gate.assessments.select_related("criterion").get(criterion__key=criterion)

    def waiver(self, criterion: str) -> Waiver:
        return self.row(criterion).waivers.get(status=AskStatus.ASKED)

    def amendment(self, term: str, criterion: str) -> Amendment:
        found = Amendment.objects.asked().filter(gate=self.gate, field=term)
        return found.get(assessment=self.row(criterion) if criterion else None)

    def shown(self, criterion: str, title: str = "") -> Evidence:
        """The newest piece behind a criterion, of this title where one is given."""
        pieces = self.row(criterion).evidence.in_force()
        return (pieces.filter(title=title) if title else pieces).latest("pk")


def happen(happening: Happening, pilot: Pilot, stage: Stage) -> None:
    """Do what the file says, in the person's name who did it."""
    HAPPENINGS[happening.do](Scene(pilot, stage, stage.cast[happening.by]), **happening.said)


def ask(scene: Scene, *, says: str = "") -> None:
    request_review(gate=scene.gate, message=says, by=scene.by)


def give_back(scene: Scene, *, says: str) -> None:
    send_back(gate=scene.gate, reason=says, by=scene.by)


def freeze(scene: Scene) -> None:
    freeze_pack(gate=scene.gate, by=scene.by)


# What is said in a review


def comment(scene: Scene, *, level: str, says: str = "", criterion: str = "") -> None:
    """Feedback on a criterion, or without one on the gate as a whole."""
    row = scene.row(criterion) if criterion else None
    give_feedback(gate=scene.gate, assessment=row, level=level, comment=says, by=scene.by)


def answer(scene: Scene, *, to: str, says: str, criterion: str = "") -> None:
    """An answer to the last that this person said there."""
    row = scene.row(criterion) if criterion else None
    said = scene.gate.feedback.filter(by=scene.stage.cast[to], assessment=row, answers=None)
    answer_feedback(feedback=said.latest("pk"), comment=says, by=scene.by)


def sign(scene: Scene, *, role: str, holder: str = "", says: str = "") -> None:
    """A sign-off, in the seat of the `holder` where somebody stands in."""
    seat = scene.stage.cast[holder] if holder else None
    sign_off(gate=scene.gate, role=role, holder=seat, comment=says, by=scene.by)


# Exceptions


def ask_waiver(scene: Scene, *, criterion: str, until: int, reason: str) -> None:
    expires_on = scene.stage.day(until)
    waiving.ask_waiver(assessment=scene.row(criterion), reason=reason, expires_on=expires_on, by=scene.by)


def approve_waiver(scene: Scene, *, criterion: str, says: str = "") -> None:
    waiving.approve_waiver(waiver=scene.waiver(criterion), note=says, by=scene.by)


def refuse_waiver(scene: Scene, *, criterion: str, says: str) -> None:
    waiving.refuse_waiver(waiver=scene.waiver(criterion), note=says, by=scene.by)


def ask_amendment(scene: Scene, *, term: str, after: Any, reason: str, criterion: str = "") -> None:
    row = scene.row(criterion) if criterion else None
    amending.ask_amendment(
        gate=scene.gate, assessment=row, field=term, after=after, reason=reason, by=scene.by
    )


def approve_amendment(scene: Scene, *, term: str, criterion: str = "", says: str = "") -> None:
    amending.approve_amendment(amendment=scene.amendment(term, criterion), note=says, by=scene.by)


# The checklist and its evidence


def note(scene: Scene, *, criterion: str, says: str) -> None:
    """Another note on a criterion, whose state stays."""
    row = scene.row(criterion)
    assess_criterion(assessment=row, state=row.state, note=says, responsible=row.responsible, by=scene.by)


def show(scene: Scene, *, criterion: str, title: str, until: int | None = None, **given: str) -> None:
    """A piece of evidence: `note`, `link`, or `file` by its name in the folder of the story."""
    content = _content(scene, until, given)
    showing.add_evidence(assessment=scene.row(criterion), title=title, by=scene.by, **content)


def revise(
    scene: Scene, *, criterion: str, says: str, title: str = "", until: int | None = None, **given: str
) -> None:
    """A new revision of what shows a criterion."""
    evidence, content = scene.shown(criterion, title), _content(scene, until, given)
    showing.revise_evidence(evidence=evidence, comment=says, by=scene.by, **content)


def show_too(scene: Scene, *, criterion: str, serves: str) -> None:
    """What shows one criterion serves another one too."""
    showing.link_evidence(evidence=scene.shown(criterion), assessment=scene.row(serves), by=scene.by)


def _content(scene: Scene, until: int | None, given: dict[str, str]) -> dict[str, Any]:
    (kind, value) = next(iter(given.items()))
    content: dict[str, Any] = {"kind": EvidenceKind(kind), kind: value}
    if kind == EvidenceKind.FILE:
        content[kind] = SimpleUploadedFile(value, (FOLDER / value).read_bytes())
    if until is not None:
        content["valid_until"] = scene.stage.day(until)
    return content


# Decisions


def correct(scene: Scene, *, says: str, freed: int) -> None:
    """The last decision about the pilot freed another amount than was written down."""
    decision = Decision.objects.standing().filter(gate__pilot=scene.pilot)[0]
    correct_decision(decision=decision, correction_reason=says, freed_amount=amount(freed), by=scene.by)


HAPPENINGS: dict[str, Callable[..., None]] = {
    function.__name__: function
    for function in (
        ask, give_back, freeze, comment, answer, sign, ask_waiver, approve_waiver, refuse_waiver,
        ask_amendment, approve_amendment, note, show, revise, show_too, correct,
    )
}  # fmt: skip
