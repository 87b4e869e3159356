"""The executive summary as programs read it."""

from datetime import date

import pytest
from rest_framework.test import APIClient

from tests.builders import make_kpi, make_pilot, make_playbook, make_programme, measure, start

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(erik):
    program = APIClient()
    program.force_authenticate(erik)
    return program


def test_the_headline_comes_with_its_parts(program, programme, olga):
    pilot = make_pilot(programme, owner=olga)
    start(pilot, make_playbook(phases=["production_deployment"]), on=date(2026, 2, 3))
    measure(make_kpi(pilot, baseline=100, target=120), 110)
    start(make_pilot(programme, owner=olga), on=date(2026, 4, 1))

    for address in ("/api/v1/summary/", f"/api/v1/summary/{programme.slug}/"):
        answer = program.get(address).json()

        assert answer["sentence"] == "1 of 2 started pilots are in production with measured value."
        whole = {"started": 2, "in_production": 1, "delivering": 1, "percent": 50}
        assert answer["headline"] == whole
        assert answer["by_programme"] == [{"programme": programme.slug} | whole]
        assert answer["by_quarter"] == [
            {"quarter": "2026-Q1", "started": 1, "in_production": 1, "delivering": 1, "percent": 100},
            {"quarter": "2026-Q2", "started": 1, "in_production": 0, "delivering": 0, "percent": 0},
        ]
        assert answer["as_of"]


def test_a_programme_of_others_is_not_there(program):
    make_programme("Elsewhere")

    assert program.get("/api/v1/summary/elsewhere/").status_code == 404


def test_what_it_cannot_be_asked_for_is_refused(program):
    assert program.get("/api/v1/summary/?programme=x").status_code == 400
