"""The files that the demo is told from."""

import pytest

from gates.checks import CHECKS
from gates.demo.at_gates import HAPPENINGS
from gates.demo.boards import meetings
from gates.demo.office import OFFICE
from gates.demo.people import COLLEAGUES, SIGNING_IN
from gates.demo.readings import readings
from gates.demo.registers import REACHED
from gates.demo.story import AT_GATES, FOLDER, MONEY, PROGRAMMES, notes, programmes, written_in
from gates.demo.value import benefits_of, lines_of, pools, told_of
from gates.playbooks.files import shipped
from gates.playbooks.schema import parse
from metrics.choices import BudgetKind

pytestmark = pytest.mark.either(together="demo")  # which takes long to make


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
                said = [
                    gate.reason,
                    gate.lesson,
                    gate.override,
                    gate.ask,
                    *gate.under_way.values(),
                    *gate.not_met.values(),
                ]
                assert all(isinstance(text, str | None) for text in said), pilot.facts["title"]


def test_the_files_that_notes_name_are_there():
    named = [usual.file for usual in notes().values() if usual.file]
    assert named
    assert all((FOLDER / name).is_file() for name in named)


def test_a_story_names_only_people_of_the_demo():
    known = {person.key for person in (*SIGNING_IN, *COLLEAGUES)}
    for programme in programmes():
        assert programme.cast <= known
        for pilot in programme.pilots:
            for happening in pilot.happenings:
                assert {happening.said.get(part, happening.by) for part in ("to", "holder")} <= known
    for meeting in meetings():
        assert {*meeting.present, *(who for item in meeting.items for who in item.votes)} <= known
    office = written_in(OFFICE)
    acting = {given[part] for given in office["delegations"] for part in ("giver", "receiver")}
    assert acting | {left["who"] for left in office["left"]} <= known


def test_what_is_told_beside_a_pilot_is_told_of_one_that_there_is():
    programmes_told = {programme.name: programme for programme in programmes()}
    titles = {
        name: {pilot.facts["title"] for pilot in programme.pilots}
        for name, programme in programmes_told.items()
    }
    assert written_in(MONEY).keys() <= set().union(*titles.values())
    for path in PROGRAMMES.glob("*.yaml"):
        assert written_in(AT_GATES / path.name).keys() <= titles[written_in(path)["name"]]
    for meeting in meetings():
        assert {item.pilot for item in meeting.items if not item.topic} <= titles[meeting.programme]


def test_what_a_gate_names_as_its_meeting_has_it_on_the_agenda():
    agenda = {meeting.title: {item.pilot for item in meeting.items} for meeting in meetings()}
    named = [
        (gate.meeting, pilot.facts["title"])
        for programme in programmes()
        for pilot in programme.pilots
        for gate in pilot.gates
        if gate.meeting
    ]
    assert named
    assert all(title in agenda[meeting] for meeting, title in named)


def test_what_happens_at_a_gate_is_something_that_can_be_done_and_is_text():
    for programme in programmes():
        for pilot in programme.pilots:
            for happening in pilot.happenings:
                assert happening.do in HAPPENINGS, pilot.facts["title"]
                texts = [happening.said.get(name, "") for name in ("says", "reason", "note", "title")]
                assert all(isinstance(text, str) for text in texts), texts


def test_a_story_names_only_criteria_that_people_or_registers_decide(playbooks):
    decided = {
        (playbook.key, criterion.key)
        for playbook in playbooks.values()
        for phase in playbook.phases
        for criterion in phase.gate.criteria
        if not criterion.check or criterion.check in REACHED
    }
    for programme in programmes():
        for pilot in programme.pilots:
            for gate in pilot.gates:
                named = {*gate.under_way, *gate.not_met, *gate.untouched, *gate.valid, *(gate.only or ())}
                assert {(pilot.playbook, key) for key in named} <= decided, pilot.facts["title"]


def test_readings_follow_their_path_to_the_last_day():
    found = list(readings(since=100, until=10, every=30, path=[10, 20, 40], swing=1, digits=1, name="x"))

    assert [day for day, _ in found] == [100, 70, 40, 10]
    for (_, value), expected in zip(found, (10, 16.7, 26.7, 40), strict=True):
        assert abs(float(value) - expected) <= 1.05


def test_readings_are_the_same_each_time():
    terms = {"since": 90, "until": 0, "every": 7, "path": [3, 1], "swing": 0.5, "digits": 2, "name": "x"}
    assert list(readings(**terms)) == list(readings(**terms))


def test_value_is_told_of_pilots_people_and_savings_that_there_are():
    known = {person.key for person in (*SIGNING_IN, *COLLEAGUES)}
    told = {pilot.facts["title"]: (one, pilot) for one in programmes() for pilot in one.pilots}
    assert told_of().keys() <= told.keys()
    assert pools().keys() <= {programme.name for programme in programmes()}
    for title in told_of():
        programme, pilot = told[title]
        assert all(line.kind in BudgetKind for line in lines_of(title)), title
        for benefit in benefits_of(title):
            assert not benefit.owner or benefit.owner in known
            assert not benefit.pool or benefit.pool in pools()[programme.name]
            assert not benefit.kpi or benefit.kpi in {kpi.name for kpi in pilot.kpis}
            assert not benefit.verified or benefit.verified[0] in known - {pilot.owner, benefit.owner}
