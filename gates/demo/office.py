"""What happens in the demo beside its pilots: who may sign, stands in or leaves, and new playbook versions."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from gates.checks import CHECKS
from gates.choices import VersionStatus
from gates.demo.stage import House, Stage, Step
from gates.demo.story import FOLDER, ProgrammeStory, written_in
from gates.models import PlaybookVersion
from gates.playbooks.actions import publish_draft
from gates.playbooks.drafting import draft_from_version, edit_draft
from gates.playbooks.editing import (
    add_criterion,
    find_criterion,
    find_phase,
    replace_criterion,
    replace_phase,
)
from gates.playbooks.queries import meaning_of
from gates.playbooks.schema import CriterionSpec, PlaybookFile
from gates.signoffs.actions import give_delegation, name_gatekeeper
from gates.signs.actions import refresh_signs
from pilots import clock
from pilots.actions.people import set_active
from pilots.models import Pilot

OFFICE = FOLDER / "office.yaml"
MONTH, MONTHS = 30, 12


def name_gatekeepers(story: ProgrammeStory, stage: Stage) -> None:
    """Say who holds which gatekeeper role in this programme."""
    for role, people in story.gatekeepers.items():
        for key in people:
            name_gatekeeper(
                programme=stage.programme, role=role, person=stage.cast[key], by=stage.administrator
            )


def office_steps(house: House) -> Iterator[Step]:
    """Everything that the office did, and what was found in the night at the end of each month."""
    yield from (Step(MONTH * number, _find_signs, by_program=True) for number in range(1, MONTHS))
    told = written_in(OFFICE)
    for given in told["delegations"]:
        yield Step(given["day"], partial(_delegate, house, given))
    for left in told["left"]:
        yield Step(left["day"], partial(_leave, house, left["who"]))
    for changed in told["playbooks"]:
        yield Step(changed["drafted"], partial(_draft, house, changed))
        if "published" in changed:
            yield Step(changed["published"], partial(_publish, house, changed["playbook"]))


def _find_signs() -> None:
    refresh_signs(Pilot.objects.values_list("pk", flat=True), today=clock.today())


def _delegate(house: House, given: Mapping[str, Any]) -> None:
    give_delegation(
        receiver=house.cast[given["receiver"]],
        starts_on=house.day(given["starts"]),
        ends_on=house.day(given["ends"]),
        reason=given["reason"],
        by=house.cast[given["giver"]],
    )


def _leave(house: House, who: str) -> None:
    reason = "Left the company. A successor is being looked for."
    set_active(person=house.cast[who], active=False, reason=reason, by=house.administrator)


def _draft(house: House, changed: Mapping[str, Any]) -> None:
    version = house.playbooks[changed["playbook"]]
    draft = draft_from_version(version=version, by=house.manager)
    meaning = meaning_of(draft)
    assert meaning is not None
    edit_draft(
        draft=draft,
        after=_changed(meaning, changed["phases"]),
        seen=draft.digest,
        known_checks=frozenset(CHECKS),
        by=house.manager,
    )


def _changed(playbook: PlaybookFile, phases: Mapping[str, Any]) -> PlaybookFile:
    """With other terms of these phases, their gates and their criteria, and with criteria that are new."""
    for key, said in phases.items():
        _, phase = find_phase(playbook, key)
        gate = replace(phase.gate, **said.get("gate", {}))
        playbook = replace_phase(playbook, key, replace(phase, gate=gate, **said.get("phase", {})))
        for criterion_key, terms in said.get("criteria", {}).items():
            _, criterion = find_criterion(gate, criterion_key)
            playbook = replace_criterion(playbook, key, criterion_key, replace(criterion, **terms))
        for new in said.get("new", ()):
            playbook = add_criterion(playbook, key, CriterionSpec(**new))
    return playbook


def _publish(house: House, playbook: str) -> None:
    drafts = PlaybookVersion.objects.filter(playbook__key=playbook, status=VersionStatus.DRAFT)
    draft = drafts.select_related("playbook").get()
    publish_draft(draft=draft, seen=draft.digest, known_checks=frozenset(CHECKS), by=house.manager)
