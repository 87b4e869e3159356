"""What only a person can know, asked as if it were a check: who fails it, why, and where it is answered."""

from django.db.models import OuterRef, Subquery
from django.utils import timezone

from gates.checks import Check, Failures, Fix
from gates.choices import Question
from gates.models import DeclaredAnswer
from gates.signs.rules import Said, why_open


def declared(question: Question, fix: str) -> Check:
    """A check that passes where somebody has answered yes of late."""

    def judge(pilots, today) -> Failures:
        """Two queries."""
        newest = DeclaredAnswer.objects.filter(pilot=OuterRef("pk"), question=question).order_by("-pk")
        ids = pilots.order_by().values_list(Subquery(newest.values("pk")[:1]), flat=True)
        answers = DeclaredAnswer.objects.filter(pk__in=ids)
        said = {
            pilot_id: Said(yes, note, by, timezone.localdate(at))
            for pilot_id, yes, note, by, at in answers.order_by().values_list(
                "pilot_id", "yes", "note", "by__name", "at"
            )
        }
        reasons = {
            pk: why_open(question, said.get(pk), today=today) for pk in pilots.values_list("pk", flat=True)
        }
        return {pk: reason for pk, reason in reasons.items() if reason}

    return Check(question.value, Fix(fix, "gates:answer_question", (question.value,)), judge)
