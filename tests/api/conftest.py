"""The API's world is made once per file of tests; each test gets a copy, and what it writes is undone."""

from copy import deepcopy

import pytest

from pilots.choices import Role
from tests.api.world import make_world
from tests.builders import join, make_programme, make_user
from tests.made_once import made_once

HERE = {
    "olga": ("Olga Owner", Role.OWNER),
    "otto": ("Otto Other", Role.OWNER),  # owns pilots here, but not this one
    "ana": ("Ana Anders", Role.GATEKEEPER),
    "petra": ("Petra Plan", Role.PROGRAMME_MANAGER),
    "erik": ("Erik Exec", Role.EXECUTIVE),
    "adam": ("Adam Audit", Role.AUDITOR),
}


def make_stage() -> dict:
    """The cast by first name, the programme, and the world with one of everything."""
    programme = make_programme("Customer service")
    stage = {
        name: join(make_user(full, f"{name}@example.com"), programme, role)
        for name, (full, role) in HERE.items()
    }
    stage["ida"] = join(make_user("Ida Admin", "ida@example.com"), None, Role.ADMINISTRATOR)
    nils = make_user("Nils Nobody", "nils@example.com")
    stage["nils"] = join(nils, make_programme("Logistics"), Role.OWNER)
    people = {"owner": "olga", "decider": "ana", "signer": "erik", "helper": "ida"}
    world = make_world(programme, **{part: stage[name] for part, name in people.items()})
    return stage | {"programme": programme, "world": world}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("files")


@pytest.fixture(scope="module")
def first_stage(django_db_setup, django_db_blocker, folder):
    with made_once(django_db_blocker, MEDIA_ROOT=folder):
        yield make_stage()


@pytest.fixture(autouse=True)
def files_aside(settings, folder):
    settings.MEDIA_ROOT = folder


@pytest.fixture
def stage(first_stage, db):
    return deepcopy(first_stage)


def _of_stage(name: str):
    return pytest.fixture(lambda stage: stage[name], name=name)


world, programme = _of_stage("world"), _of_stage("programme")
olga, otto, ana, petra = _of_stage("olga"), _of_stage("otto"), _of_stage("ana"), _of_stage("petra")
erik, adam, ida, nils = _of_stage("erik"), _of_stage("adam"), _of_stage("ida"), _of_stage("nils")


@pytest.fixture
def cast(stage):
    return {
        "owner": stage["olga"],
        "other_owner": stage["otto"],
        "programme_manager": stage["petra"],
        "gatekeeper": stage["ana"],
        "executive": stage["erik"],
        "auditor": stage["adam"],
        "administrator": stage["ida"],
        "outsider": stage["nils"],
        "nobody": None,
    }
