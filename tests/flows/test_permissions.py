"""Who may open and do what in the browser: the table of doors against every address there is."""

from copy import deepcopy

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.world import undone
from tests.flows.doors import DOORS, PARTS, SIGNED_IN, addresses
from tests.roles import MEMBERS

# Who may do what is the same on any database.
pytestmark = pytest.mark.either

READ_ONLY = {door.name for door in DOORS} - {door.name for door in DOORS if door.method == "post"}
WRITE_ONLY = {door.name for door in DOORS} - {door.name for door in DOORS if door.method == "get"}
HIDDEN = [door for door in DOORS if door.hidden == 404 and "outsider" not in door.allowed]


@pytest.fixture
def clients(scene, monkeypatch):
    """A browser for each part, in which that person has signed in."""
    monkeypatch.setattr("config.health._ask_broker", lambda: None)
    found = {part: Client() for part in PARTS}
    for part in SIGNED_IN:
        found[part].force_login(scene.people[part])
    return found


def test_every_address_is_in_the_table():
    assert addresses() == {door.name for door in DOORS}


def test_each_person_gets_what_the_table_says(scene, clients):
    surprises = {}
    cookies = {part: deepcopy(client.cookies) for part, client in clients.items()}
    for door in DOORS:
        for part, client in clients.items():
            client.cookies = deepcopy(cookies[part])  # one of the doors signs people out
            with undone():
                status = door.by(client, scene).status_code
            if status != door.expected(part):
                surprises[f"{door} by {part}"] = status

    assert surprises == {}


@pytest.mark.parametrize(("names", "method"), [(READ_ONLY, "post"), (WRITE_ONLY, "get")])
def test_an_address_takes_no_method_but_those_in_the_table(names, method, scene, clients):
    doors = {door.name: door.url(scene) for door in DOORS if door.name in names}

    answers = {
        name: getattr(clients["administrator"], method)(url).status_code for name, url in doors.items()
    }

    assert answers == dict.fromkeys(doors, 405)


def test_who_may_not_do_it_finds_the_way_to_somebody_who_can(scene, clients):
    page = clients["auditor"].post(next(d for d in DOORS if str(d) == "post gates:review").url(scene))

    assert "Your role does not allow you to ask for a gate review." in page.content.decode()
    assert "A programme manager or an administrator can change what you may do." in page.content.decode()


def test_what_may_not_be_seen_reads_exactly_like_what_is_not_there(scene, clients):
    told_apart = []
    for door in HIDDEN:
        args = door.args(scene)
        missing = {
            name: 987_654_321 if isinstance(value, int) else "PIL-987654" for name, value in args.items()
        }
        hidden, absent = door.url(scene), _url(door.name, missing)
        send = getattr(clients["outsider"], door.method)
        answers = [_without_id(send(url)) for url in (hidden, absent)]
        if answers[0] != answers[1] or answers[0][0] != 404:
            told_apart.append(str(door))

    assert len(HIDDEN) > 25
    assert told_apart == []


def _url(name, args):
    return reverse(name, kwargs=args)


def _without_id(answer):
    """Status and page, save for the request's own id."""
    return answer.status_code, answer.content.decode().replace(answer["X-Request-ID"], "")


def test_nobody_is_asked_to_sign_in_and_led_back(scene):
    url = next(door for door in DOORS if str(door) == "get gates:gate").url(scene)

    answer = Client().get(url)

    assert answer["Location"] == f"/accounts/login/?next={url}"


def test_every_role_has_a_part_in_the_table(scene):
    roles = {part: scene.people[part].access.roles for part in MEMBERS}

    assert all(roles.values())
