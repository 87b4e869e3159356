"""The files that the demo is told from."""

import pytest

from gates.checks import CHECKS
from gates.demo.people import COLLEAGUES, SIGNING_IN
from gates.demo.readings import readings
from gates.demo.story import FOLDER, notes, programmes
from gates.playbooks.files import shipped
from gates.playbooks.schema import parse


@pytest.fixture(scope="module")
def playbooks():
    parsed = (parse(path.read_text(), known_checks=frozenset(CHECKS)) for path in shipped())
    return {playbook.key: playbook for playbook in parsed}


def criteria_of(playbooks):
    return [
        criterion
        for playbook in playbooks.values()
        for phase in playbook.phases
        for criterion in phase.gate.criteria
        if not criterion.check
    ]


def test_every_criterion_that_people_decide_has_its_notes(playbooks):
    assert set(notes()) == {criterion.title for criterion in criteria_of(playbooks)}


def test_everything_that_people_say_is_text():
    for title, usual in notes().items():
        assert all(isinstance(said, str) for said in (*usual.met, usual.under_way, usual.shown_by)), title
    for programme in programmes():
        for pilot in programme.pilots:
            for gate in pilot.gates:
                said = [gate.reason, gate.lesson, *gate.under_way.values(), *gate.not_met.values()]
                assert all(isinstance(text, str | None) for text in said), pilot.facts["title"]


def test_the_files_that_notes_name_are_there():
    named = [usual.file for usual in notes().values() if usual.file]
    assert named
    assert all((FOLDER / name).is_file() for name in named)


def test_a_story_names_only_people_of_the_demo():
    known = {person.key for person in (*SIGNING_IN, *COLLEAGUES)}
    for programme in programmes():
        assert programme.cast <= known


def test_a_story_names_only_criteria_that_people_decide(playbooks):
    decided = {
        (playbook.key, criterion.key)
        for playbook in playbooks.values()
        for phase in playbook.phases
        for criterion in phase.gate.criteria
        if not criterion.check
    }
    for programme in programmes():
        for pilot in programme.pilots:
            for gate in pilot.gates:
                named = {*gate.under_way, *gate.not_met, *gate.untouched, *(gate.only or ())}
                assert {(pilot.playbook, key) for key in named} <= decided, pilot.facts["title"]


def test_readings_follow_their_path_to_the_last_day():
    found = list(readings(since=100, until=10, every=30, path=[10, 20, 40], swing=1, digits=1, name="x"))

    assert [day for day, _ in found] == [100, 70, 40, 10]
    for (_, value), expected in zip(found, (10, 16.7, 26.7, 40), strict=True):
        assert abs(float(value) - expected) <= 1.05


def test_readings_are_the_same_each_time():
    terms = {"since": 90, "until": 0, "every": 7, "path": [3, 1], "swing": 0.5, "digits": 2, "name": "x"}
    assert list(readings(**terms)) == list(readings(**terms))
