"""Checks over how the people who are to work with a pilot are taken along, and what they get."""

from collections import defaultdict

from gates.checks.registry import Failures, check
from pilots.choices import Approach, ChangeKind, OptionVerdict
from pilots.imports.spelling import listed
from pilots.models import ChangeStep, Option

PLAN, OPTIONS = ("change",), ("options",)


def _steps(pilots, kind: ChangeKind) -> dict[int, list[ChangeStep]]:
    """Pilot → its steps of this kind; every pilot is there. Two queries."""
    found = defaultdict(list)
    for step in ChangeStep.objects.standing().filter(pilot__in=pilots, kind=kind):
        found[step.pilot_id].append(step)
    return {pk: found[pk] for pk in pilots.values_list("pk", flat=True)}


@check(fix="Involve users, and write down how.", page="pilots:register", args=PLAN)
def users_involved(pilots, today) -> Failures:
    return {
        pk: f"Not done yet: {listed([str(step) for step in steps], 3)}."
        if steps
        else "Nobody who is to use it was involved."
        for pk, steps in _steps(pilots, ChangeKind.INVOLVEMENT).items()
        if not any(step.done_on for step in steps)
    }


@check(fix="Plan the training of its users.", page="pilots:register", args=PLAN)
def training_planned(pilots, today) -> Failures:
    """A training with a day, or one that was held."""
    return {
        pk: f"Without a day: {listed([str(step) for step in steps], 3)}."
        if steps
        else "No training of its users is planned."
        for pk, steps in _steps(pilots, ChangeKind.TRAINING).items()
        if not any(step.planned_on or step.done_on for step in steps)
    }


@check(fix="Change the process around it.", page="pilots:register", args=PLAN)
def processes_updated(pilots, today) -> Failures:
    """A process was named that changes, and each that was named has changed."""
    reasons = {}
    for pk, steps in _steps(pilots, ChangeKind.PROCESS).items():
        waiting = [str(step) for step in steps if step.done_on is None]
        if not steps:
            reasons[pk] = "Nobody has said what changes in the work around it."
        elif waiting:
            reasons[pk] = f"Not changed yet: {listed(waiting, 3)}."
    return reasons


@check(fix="Say how the tool fits the workflow.", page="pilots:register", args=OPTIONS)
def fit_recorded(pilots, today) -> Failures:
    """What is bought, whole or in part, was weighed, and its fit to the workflow is written down. One query."""
    bought = pilots.filter(approach__in=(Approach.OFF_THE_SHELF, Approach.HYBRID))
    fitting = Option.objects.standing().exclude(verdict=OptionVerdict.REJECTED).exclude(fit="")
    unfit = bought.exclude(pk__in=fitting.values("pilot"))
    return dict.fromkeys(
        unfit.values_list("pk", flat=True), "Nobody has said how the tool fits the workflow."
    )
