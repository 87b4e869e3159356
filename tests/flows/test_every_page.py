"""Every page asks the database something that it understands: the tests of single pages run on one of the two."""

import pytest
from django.test import Client

from tests.flows.doors import PAGES, PARTS, SIGNED_IN

pytestmark = pytest.mark.django_db


def test_every_page_is_shown(scene):
    clients = {part: Client() for part in PARTS}
    for part in SIGNED_IN:
        clients[part].force_login(scene.people[part])
    pages = [door for door in PAGES if door.status == 200]

    answers = {str(door): door.by(clients[door.allowed[0]], scene).status_code for door in pages}

    assert len(pages) > 0.9 * len(PAGES)
    assert set(answers.values()) == {200}, answers
