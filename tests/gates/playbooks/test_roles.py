"""Gatekeeper roles as a gate keeps them, also those from before a role could say more than its label."""

from importlib import import_module

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from gates.choices import Area, GatekeeperRole
from gates.models import GateDefinition
from gates.playbooks.actions import publish
from tests.builders import make_playbook
from tests.gates.playbooks.samples import read, with_change

pytestmark = pytest.mark.django_db


def test_a_published_gate_knows_who_signs_and_for_what():
    text = with_change("[Sponsor, Risk]", "[Sponsor, {role: Risk, quorum: all, areas: [risk, data]}]")
    version, _ = publish(playbook_file=read(text), source=text, by=None)
    gate = GateDefinition.objects.get(phase__version=version)

    sponsor, risk = gate.roles
    assert (sponsor, sponsor.is_sponsor) == (GatekeeperRole("Sponsor", "any", ()), True)
    assert (risk, risk.is_sponsor) == (GatekeeperRole("Risk", "all", (Area.DATA, Area.RISK)), False)


def test_what_a_criterion_depends_on_is_kept():
    text = with_change("weight: 3", "depends_on: [C1]")
    version, _ = publish(playbook_file=read(text), source=text, by=None)
    criteria = GateDefinition.objects.get(phase__version=version).criteria

    assert dict(criteria.values_list("key", "depends_on")) == {"C1": [], "R1": ["C1"]}


def test_labels_of_old_become_roles_that_say_no_more():
    version = make_playbook(gatekeeper_roles=["Sponsor", "IT operations"])
    untouched = [{"role": "Risk", "quorum": "2", "areas": ["risk"]}]
    kept = make_playbook(gatekeeper_roles=untouched)
    migration = import_module("gates.migrations.0003_playbook_roles")
    before = MigrationLoader(connection).project_state(("gates", "0001_initial")).apps
    migration.say_roles_in_full(before, None)

    for gate in GateDefinition.objects.filter(phase__version=version):
        assert gate.roles == (GatekeeperRole("Sponsor"), GatekeeperRole("IT operations"))
    for gate in GateDefinition.objects.filter(phase__version=kept):
        assert gate.gatekeeper_roles == untouched
