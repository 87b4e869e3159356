"""Who is named for a criterion fills it in, although neither owner nor manager."""

import pytest

from tests.builders import criterion, make_playbook, start

pytestmark = pytest.mark.django_db


def test_the_person_a_criterion_waits_for_can_say_that_it_is_met(client, pilot, ana):
    gate = start(pilot, make_playbook(criteria=[criterion("V1"), criterion("V2")]))
    gate.assessments.filter(criterion__key="V1").update(responsible=ana)
    client.force_login(ana)
    page = f"/pilots/{pilot.key}/gates/{gate.definition.key}/criteria"

    assert "Save" in client.get(f"{page}/V1/").content.decode()
    answer = {"state": "met", "note": "Shown on Monday.", "responsible": ana.pk}
    assert client.post(f"{page}/V1/", answer).status_code == 302
    assert client.post(f"{page}/V2/", answer).status_code == 403
    assert [row.state for row in gate.assessments.order_by("criterion__key")] == ["met", "unknown"]
