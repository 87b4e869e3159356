"""The feedback of a gate, as its pages show it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db.models import OuterRef

from gates.choices import FeedbackLevel
from gates.models import Assessment, Criterion, Feedback, Gate
from pilots.models.lists import ListOf
from pilots.queries import as_person

TONES = {FeedbackLevel.FINE: "ok", FeedbackLevel.MINOR: "warn", FeedbackLevel.MAJOR: "bad"}


@dataclass(frozen=True)
class Remark:
    """One piece of feedback with its answers; `earlier` is what the same person had said before."""

    feedback: Feedback
    answers: list[Feedback] = field(default_factory=list)
    earlier: list["Remark"] = field(default_factory=list)

    @property
    def tone(self) -> str:
        return TONES[FeedbackLevel(self.feedback.level)]


@dataclass(frozen=True)
class GateFeedback:
    """What counts of the feedback at one gate: of each person and thing the newest."""

    remarks: list[Remark]

    def on(self, assessment_id: int | None) -> list[Remark]:
        """Of a criterion; None: of the gate as a whole."""
        return [remark for remark in self.remarks if remark.feedback.assessment_id == assessment_id]

    @property
    def on_the_whole(self) -> list[Remark]:
        return self.on(None)

    @property
    def on_criteria(self) -> list[Remark]:
        """What somebody finds amiss with a criterion."""
        return [
            remark
            for remark in self.remarks
            if remark.feedback.assessment_id and remark.feedback.level != FeedbackLevel.FINE
        ]

    def by(self, person_id: int) -> dict[int | None, Feedback]:
        """Assessment id (None: the gate) → what this person said of it."""
        mine = (remark.feedback for remark in self.remarks if remark.feedback.by_id == person_id)
        return {feedback.assessment_id: feedback for feedback in mine}

    def count(self, level: str) -> int:
        return sum(remark.feedback.level == level for remark in self.remarks)

    @property
    def issues(self) -> str:
        """ "2 major issues, 1 minor issue"; blank when nobody has one."""
        return ", ".join(self._issues())

    def _issues(self) -> Iterator[str]:
        for level, word in ((FeedbackLevel.MAJOR, "major"), (FeedbackLevel.MINOR, "minor")):
            if count := self.count(level):
                yield f"{count} {word} {'issue' if count == 1 else 'issues'}"

    @property
    def tone(self) -> str:
        return TONES[FeedbackLevel.MAJOR if self.count(FeedbackLevel.MAJOR) else FeedbackLevel.MINOR]


def feedback_of(gate: Gate) -> GateFeedback:
    """All feedback of a gate. One query."""
    return shaped(gate.feedback.select_related("by", "assessment__criterion"))


def feedback_at(gate: str) -> ListOf:
    """All feedback of a gate, to annotate rows with; `gate` is the way to its id from them."""
    rows = Feedback.objects.filter(gate=OuterRef(gate)).order_by("pk")
    return ListOf(rows, *SAID, *BY, *ABOUT)


SAID = ("pk", "answers_id", "level", "comment", "at")
BY = ("by_id", "by__name", "by__email")
ABOUT = ("assessment_id", "assessment__criterion__key", "assessment__criterion__title")


def feedback_in(rows: Iterable[dict[str, Any]]) -> GateFeedback:
    """The rows of `feedback_at`, put together. No query."""
    return shaped(_feedback(row) for row in rows)


def _feedback(row: dict[str, Any]) -> Feedback:
    feedback = Feedback(**{name: row[name] for name in SAID}, by=as_person(row, "by"))
    if row["assessment_id"] is not None:
        criterion = Criterion(
            key=row["assessment__criterion__key"], title=row["assessment__criterion__title"]
        )
        feedback.assessment = Assessment(pk=row["assessment_id"], criterion=criterion)
    return feedback


def shaped(rows) -> GateFeedback:
    """Rows of feedback and answers, the oldest first, put together. No query."""
    told: dict[int, Remark] = {}
    newest: dict[tuple[int | None, int], Remark] = {}
    for row in rows:
        if row.answers_id is not None:
            told[row.answers_id].answers.append(row)
            continue
        place = (row.assessment_id, row.by_id)
        before = newest.pop(place, None)
        earlier = [*before.earlier, before] if before else []
        told[row.pk] = newest[place] = Remark(row, earlier=earlier)
    return GateFeedback(list(newest.values()))
