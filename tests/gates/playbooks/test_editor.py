"""The editor in the browser, as a person uses it: forms only, no JavaScript."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gates.choices import VersionStatus
from gates.models import PlaybookVersion
from gates.playbooks.actions import publish
from gates.playbooks.drafting import draft_from_version, write_draft
from gates.playbooks.schema import dump, parse
from tests.builders import make_pilot, start
from tests.gates.playbooks.samples import CHECKS, SMALL, read, with_change

# What these pages ask is asked of both databases in `tests/flows/test_every_page.py`.
pytestmark = [pytest.mark.django_db, pytest.mark.either]
CRITERION = {
    "key": "R2",
    "title": "Look at drift",
    "area": "risk",
    "kind": "should_meet",
    "weight": "",
    "guidance": "Look at it monthly.",
    "evidence_example": "A chart.",
    "role": "Risk",
    "effort_days": "1.5",
    "validity_days": "90",
    "risk_tiers": ["high"],
    "check": "",
    "depends_on": ["R1"],
}
PHASE = {
    "key": "rollout",
    "name": "Rollout",
    "description": "Bring it to everybody.",
    "typical_days": "90",
    "in_production": "on",
    "gate_key": "G2",
    "gate_name": "In use",
    "question": "Is it used?",
    "quorum": "1",
    "score_threshold": "70",
    "floor_threshold": "40",
    "freeze_days_before": "0",
    "every_months": "6",
    "override_roles": [],
    "role_1": "Sponsor",
    "role_quorum_1": "any",
    "role_2": "Risk",
    "role_quorum_2": "all",
    "role_areas_2": ["risk", "data"],
    "role_3": "",
    "role_quorum_3": "any",
}


@pytest.fixture
def v1():
    return publish(playbook_file=read(SMALL), source=SMALL, by=None)[0]


@pytest.fixture
def draft(v1, petra):
    return draft_from_version(version=v1, by=petra)


@pytest.fixture
def editor(client, petra):
    client.force_login(petra)
    return client


def address(name: str, draft, *more: str) -> str:
    return reverse(f"gates:playbook_{name}", args=[draft.playbook.key, draft.number, *more])


def now(draft):
    """What the draft says by now."""
    return parse(PlaybookVersion.objects.get(pk=draft.pk).source, known_checks=CHECKS, unfinished=True)


def seen(draft) -> dict[str, str]:
    return {"seen": PlaybookVersion.objects.get(pk=draft.pk).digest}


def add(editor, draft, **changed):
    body = seen(draft) | CRITERION | changed
    return editor.post(address("criterion_new", draft, "pilot"), body)


def test_a_criterion_is_added_with_every_field(editor, draft):
    assert add(editor, draft).status_code == 302

    (*_, added) = now(draft).phases[0].gate.criteria
    assert (
        added
        == read(
            SMALL
            + """\
        - key: R2
          title: Look at drift
          area: risk
          kind: should_meet
          guidance: Look at it monthly.
          evidence_example: A chart.
          role: Risk
          effort_days: 1.5
          validity_days: 90
          risk_tiers: [high]
          depends_on: [R1]
"""
        )
        .phases[0]
        .gate.criteria[-1]
    )


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"key": "C1"}, "key", "&#x27;C1&#x27; is there already."),
        (
            {"depends_on": ["R1"], "check": "kpis_fresh"},
            "depends_on",
            "A criterion that a check decides cannot",
        ),
        ({"kind": "kill"}, "depends_on", "A kill criterion cannot wait for others."),
        ({"weight": "0"}, "weight", "Ensure this value is greater than or equal to 1."),
        ({"title": ""}, "title", "Give the what is asked."),
    ],
)
def test_what_a_file_may_not_say_is_said_at_the_field(editor, draft, changed, field, sentence):
    answer = add(editor, draft, **changed)
    page = answer.content.decode()

    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert page.count(sentence) == 2
    assert "Look at it monthly." in page
    assert now(draft) == read(SMALL)


def test_a_renamed_criterion_is_followed_by_what_depends_on_it(editor, draft):
    add(editor, draft)
    body = seen(draft) | CRITERION | {"key": "R7", "title": "Look at bias", "depends_on": []}
    editor.post(address("criterion", draft, "pilot", "R1"), body)

    assert now(draft).phases[0].gate.criteria[-1].depends_on == ("R7",)


def test_a_copy_begins_with_everything_but_the_key(editor, draft):
    page = editor.get(address("criterion_new", draft, "pilot"), {"like": "R1"})

    assert page.context["form"]["risk_tiers"].value() == ["limited", "high"]
    assert page.context["form"]["key"].value() == "R2"
    assert page.context["form"]["title"].value() == "Look at bias"


def test_a_phase_is_added_with_its_gate_and_roles(editor, draft):
    assert editor.post(address("phase_new", draft), seen(draft) | PHASE).status_code == 302

    phase = now(draft).phases[1]
    assert (phase.key, phase.in_production, phase.gate.every_months) == ("rollout", True, 6)
    assert [(role.label, role.quorum, role.areas) for role in phase.gate.gatekeeper_roles] == [
        ("Sponsor", "any", ()),
        ("Risk", "all", ("data", "risk")),
    ]
    page = editor.get(address("edit", draft)).content.decode()
    assert "The gate G2 In use has no criterion yet" in page


def test_a_new_phase_goes_before_a_last_one_that_recurs(editor, draft):
    editor.post(address("phase_new", draft), seen(draft) | PHASE)
    second = PHASE | {"key": "plan", "gate_key": "G3", "every_months": ""}
    editor.post(address("phase_new", draft), seen(draft) | second)

    assert [phase.key for phase in now(draft).phases] == ["pilot", "plan", "rollout"]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"quorum": "3"}, "quorum"),
        ({"role_1": "", "role_2": ""}, "role_1"),
        ({"role_2": "sponsor"}, "role_1"),
        ({"gate_key": "G1"}, "gate_key"),
        ({"key": "pilot"}, "key"),
    ],
)
def test_what_a_gate_may_not_be_is_said_at_the_field(editor, draft, changed, field):
    answer = editor.post(address("phase_new", draft), seen(draft) | PHASE | changed)

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def arrange(editor, draft, **body):
    return editor.post(address("arrange", draft), seen(draft) | body)


def test_moving_and_removing(editor, draft):
    arrange(editor, draft, do="up", phase="pilot", criterion="R1")
    assert [one.key for one in now(draft).phases[0].gate.criteria] == ["R1", "C1"]
    arrange(editor, draft, do="remove", phase="pilot", criterion="R1")
    assert [one.key for one in now(draft).phases[0].gate.criteria] == ["C1"]
    arrange(editor, draft, do="remove", phase="pilot")
    assert now(draft).phases == ()


def test_nothing_moves_above_what_it_depends_on(editor, draft):
    add(editor, draft)
    answer = arrange(editor, draft, do="up", phase="pilot", criterion="R2")

    assert answer.status_code == 422
    assert "G1 R2, depends on: &#x27;R1&#x27; is not the key of a criterion above" in answer.content.decode()


def test_two_people_edit_the_second_sees_both_and_loses_nothing(editor, draft, petra):
    before = seen(draft)
    theirs = with_change("title: Look at bias", "title: Look at fairness")
    write_draft(draft=draft, source=theirs, seen=draft.digest, known_checks=CHECKS, by=petra)
    mine = before | CRITERION | {"key": "R1", "title": "Look at prejudice", "depends_on": []}
    answer = editor.post(address("criterion", draft, "pilot", "R1"), mine)
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "Someone else changed this draft in the meantime. Nothing was saved." in page
    assert "Look at fairness" in page
    assert 'value="Look at prejudice"' in page
    assert now(draft).phases[0].gate.criteria[1].title == "Look at fairness"

    editor.post(address("criterion", draft, "pilot", "R1"), mine | seen(draft))
    assert now(draft).phases[0].gate.criteria[1].title == "Look at prejudice"


def test_a_form_sent_twice_adds_one_criterion(editor, draft):
    body = seen(draft) | CRITERION
    for _ in range(2):
        assert editor.post(address("criterion_new", draft, "pilot"), body).status_code == 302

    assert len(now(draft).phases[0].gate.criteria) == 3


def test_a_bad_file_names_line_and_field_and_is_shown_to_be_put_right(editor):
    bad = with_change("weight: 3", "weight: 0")
    answer = editor.post(
        reverse("gates:playbook_import"), {"file": SimpleUploadedFile("ours.yaml", bad.encode())}
    )
    page = answer.content.decode()

    assert answer.status_code == 422
    assert "line 34, phases[0].gate.criteria[1].weight: &#x27;0&#x27; is not a whole number" in page
    assert "title: Look at bias" in page


def test_what_is_exported_is_what_was_imported(editor):
    text = "# Ours.\r\n" + SMALL.replace("\n", "\r\n")
    editor.post(reverse("gates:playbook_import"), {"text": text})
    draft = PlaybookVersion.objects.get()
    exported = editor.get(address("file", draft))

    assert exported["Content-Disposition"] == 'attachment; filename="small-v1.yaml"'
    assert exported.content.decode() == "# Ours.\n" + SMALL


def test_publishing_shows_what_differs_and_who_is_under_way(editor, v1, draft, petra, olga, programme):
    start(make_pilot(programme, owner=olga), v1)
    changed = with_change("weight: 3", "weight: 4")
    draft = write_draft(draft=draft, source=changed, seen=draft.digest, known_checks=CHECKS, by=petra)
    page = editor.get(address("publish", draft)).content.decode()
    answer = editor.post(address("publish", draft), seen(draft))

    assert "1 pilot is under way on v1" in page
    assert "G1 R1 Look at bias" in page
    assert "Tighter" in page
    assert answer.url == reverse("gates:upgrade", args=["small", 2])  # which asks per pilot
    assert PlaybookVersion.objects.get(number=2).status == VersionStatus.PUBLISHED


def test_a_draft_that_changed_is_shown_again_before_it_is_published(editor, draft, petra):
    looked_at = seen(draft)
    text = dump(read(with_change("weight: 3", "weight: 4")))
    write_draft(draft=draft, source=text, seen=draft.digest, known_checks=CHECKS, by=petra)
    answer = editor.post(address("publish", draft), looked_at)

    assert answer.status_code == 409
    assert PlaybookVersion.objects.get(pk=draft.pk).status == VersionStatus.DRAFT


def test_a_draft_that_can_no_longer_be_read_is_edited_as_text(editor, draft):
    gone = SMALL.replace("sponsor_named", "no_longer_there")
    PlaybookVersion.objects.filter(pk=draft.pk).update(source=gone)

    assert editor.get(address("edit", draft)).url == address("text", draft)
    page = editor.get(address("text", draft)).content.decode()
    assert "This draft can no longer be read" in page
    assert "no_longer_there" in page


def test_the_preview_is_the_checklist_an_owner_would_see(editor, draft):
    add(editor, draft)
    page = editor.get(address("preview_criterion", draft, "G1", "R1")).content.decode()

    assert "Counts as met when" in page
    assert "Test it by group." in page
    assert "This opens when R1 is met." in page
    fragment = editor.get(address("preview_criterion", draft, "G1", "R1"), headers={"HX-Request": "true"})
    assert fragment.content.decode().strip().startswith('<li class="criterion" id="c-R1">')


def test_others_know_nothing_of_a_draft(client, olga, draft):
    client.force_login(olga)

    assert "</a> draft" not in client.get(reverse("gates:playbooks")).content.decode()
    for name in ("edit", "file", "preview", "publish"):
        assert client.get(address(name, draft)).status_code == 404
    choices = client.get(reverse("gates:playbook_diff", args=["small"])).content.decode()
    assert '<option value="1"' in choices
    assert '<option value="2"' not in choices


def test_the_editor_asks_as_often_for_many_criteria_as_for_few(editor, draft):
    editor.get(address("edit", draft))
    with CaptureQueriesContext(connection) as few:
        editor.get(address("edit", draft))
    add(editor, draft)
    editor.post(address("phase_new", draft), seen(draft) | PHASE)
    editor.get(address("edit", draft))  # which shows once that it was saved
    with CaptureQueriesContext(connection) as many:
        editor.get(address("edit", draft))

    assert len(many) == len(few) < 12


def test_when_a_kpi_is_at_target_is_said_with_the_check_that_asks_it(editor, draft):
    url = address("criterion_new", draft, "pilot")
    proof = {"readings": "12", "hold": "", "confidence": "97.5"}
    sent = CRITERION | {"seen": draft.digest, "depends_on": [], **proof}

    without = editor.post(url, sent)
    editor.post(url, sent | {"check": "business_kpis_at_target"})

    assert without.status_code == 422
    assert "Only where a check decides whether KPIs are at target." in without.content.decode()
    assert 'value="97.5"' in without.content.decode()
    source = PlaybookVersion.objects.get(pk=draft.pk).source
    kept = parse(source, known_checks=None, unfinished=True).phases[0].gate.criteria[-1]
    assert (kept.readings, kept.hold, str(kept.confidence)) == (12, None, "97.5")
