"""Checks over pilots that try the same."""

from django.db.models import F, Q

from gates.checks.registry import Failures, check
from gates.models import Overlap
from gates.models.overlap import LIKELY
from pilots.choices import RUNNING, PilotState

TOLD = (*RUNNING, PilotState.STOPPED)
OF_OTHER = ("key", "title", "state")


@check(fix="Join the other pilot, or say why it is not the same.", page="gates:pilot_overlaps")
def no_overlap(pilots, today) -> Failures:
    """No pilot under way or stopped tries the same, or somebody has said that it is not the same. One query.

    Only within a programme: the reason names the other pilot, and is read by everybody in the programme.
    """
    ids = set(pilots.values_list("pk", flat=True))
    pairs = Overlap.objects.standing().filter(Q(pilot__in=pilots) | Q(other__in=pilots), score__gte=LIKELY)
    sides = [f"{side}__{name}" for side in ("pilot", "other") for name in OF_OTHER]
    same = pairs.filter(pilot__programme=F("other__programme")).order_by("-score", "pk")
    failures: Failures = {}
    for one, two, *facts in same.values_list("pilot_id", "other_id", *sides):
        for pilot, other in ((one, facts[3:]), (two, facts[:3])):
            if pilot in ids and other[2] in TOLD:
                failures.setdefault(pilot, _in_words(*other))
    return failures


def _in_words(key: str, title: str, state: str) -> str:
    standing = "was stopped" if state == PilotState.STOPPED else "is under way"
    return f"“{title}” ({key}) tries the same and {standing}."
