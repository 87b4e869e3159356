"""Who may do what: every role and permission written out, so that any change of the table shows here."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from pilots.choices import Role
from pilots.permissions import GRANTS, OWNER_GRANTS, Permission, allows, granted, require
from tests.builders import join, make_pilot, make_programme, make_user

pytestmark = pytest.mark.django_db

# PM programme manager · OW owner (of another pilot) · GK gatekeeper · EX executive · AU auditor
# AD administrator · own: the pilot's own owner
TABLE = """
                     PM  OW  GK  EX  AU  AD  own
MANAGE_PROGRAMMES    yes  -   -   -   -  yes  -
MANAGE_PEOPLE         -   -   -   -   -  yes  -
CREATE_PILOT         yes yes  -   -   -  yes yes
EDIT_PILOT           yes  -   -   -   -  yes yes
ARCHIVE_PILOT        yes  -   -   -   -  yes  -
START_PILOT          yes  -   -   -   -   -  yes
FILL_IN_GATE         yes  -   -   -   -   -  yes
PLAN_GATE            yes  -   -   -   -   -  yes
REQUEST_REVIEW       yes  -   -   -   -   -  yes
SEND_BACK             -   -  yes yes  -   -   -
GIVE_FEEDBACK        yes  -  yes yes  -   -   -
SIGN_OFF              -   -   -   -   -   -   -
MANAGE_GATEKEEPERS   yes  -   -   -   -  yes  -
ASK_WAIVER           yes  -   -   -   -   -  yes
APPROVE_WAIVER        -   -  yes yes  -   -   -
ASK_AMENDMENT        yes  -   -   -   -   -  yes
APPROVE_AMENDMENT     -   -  yes yes  -   -   -
DECIDE_GATE           -   -  yes yes  -   -   -
EDIT_VALUE           yes  -   -   -   -   -  yes
VERIFY_BENEFIT        -   -  yes yes  -   -   -
ANSWER_QUESTION      yes  -   -   -   -   -  yes
EDIT_OUTLOOK         yes  -   -   -   -   -  yes
EDIT_REGISTER        yes  -   -   -   -   -  yes
EDIT_PLAYBOOK        yes  -   -   -   -  yes  -
UPGRADE_PILOTS       yes  -   -   -   -  yes  -
HOLD_MEETING         yes  -  yes yes  -   -   -
EDIT_KPI             yes  -   -   -   -   -  yes
EDIT_DEFINITION      yes  -   -   -   -   -   -
ANNOTATE_KPI         yes  -  yes  -   -   -  yes
RECORD_MEASUREMENT   yes  -   -   -   -   -  yes
MANAGE_COLLECTORS    yes  -   -   -   -  yes yes
ALLOW_HOSTS           -   -   -   -   -  yes  -
TELL_APART           yes  -   -   -   -   -  yes
STEER_JOB             -   -   -   -   -  yes  -
READ_AUDIT           yes  -   -   -  yes yes  -
READ_AUDIT_DOCUMENT  yes  -   -   -  yes yes yes
HAND_OVER_WORK       yes  -   -   -   -  yes  -
"""
SHORT = {
    "PM": Role.PROGRAMME_MANAGER,
    "OW": Role.OWNER,
    "GK": Role.GATEKEEPER,
    "EX": Role.EXECUTIVE,
    "AU": Role.AUDITOR,
    "AD": Role.ADMINISTRATOR,
}


def cells() -> list[tuple[Permission, str, bool]]:
    head, *lines = TABLE.strip().splitlines()
    rows = [line.split() for line in lines]
    return [
        (Permission[name], who, answer == "yes")
        for name, *answers in rows
        for who, answer in zip(head.split(), answers, strict=True)
    ]


def test_the_table_names_every_role_and_every_permission():
    assert {permission for permission, _, _ in cells()} == set(Permission)
    assert set(SHORT.values()) == set(Role) == set(GRANTS)


@pytest.mark.parametrize(("permission", "who", "may"), cells())
def test_a_role_may_what_the_table_says(permission, who, may):
    programme = make_programme()
    user = join(make_user(), programme, SHORT.get(who, Role.OWNER))
    pilot = make_pilot(programme, owner=user if who == "own" else None)

    assert allows(user, permission, pilot=pilot) == may


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_in_one_programme_allows_nothing_in_another(role, permission):
    user = join(make_user(), make_programme(), role)
    elsewhere = make_pilot()

    assert not allows(user, permission, pilot=elsewhere)
    assert not allows(user, permission, programme=elsewhere.programme)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_a_role_held_everywhere_allows_the_same_in_each_programme(role, permission):
    user = join(make_user(), None, role)
    pilot = make_pilot()

    assert allows(user, permission, pilot=pilot) == (permission in GRANTS[role])
    assert allows(user, permission, programme=pilot.programme) == (permission in GRANTS[role])
    assert allows(user, permission) == (permission in GRANTS[role])


@pytest.mark.parametrize("permission", Permission)
def test_who_has_no_role_may_nothing(permission, pilot):
    stranger = make_user()

    assert not allows(stranger, permission, pilot=pilot)
    assert not allows(stranger, permission)


@pytest.mark.parametrize("permission", Permission)
def test_who_has_not_signed_in_may_nothing_even_with_a_pilot_nobody_owns(permission):
    assert not allows(AnonymousUser(), permission, pilot=make_pilot())
    assert not allows(AnonymousUser(), permission)


def test_the_owner_may_with_the_own_pilot_only(programme, olga, pilot):
    other = make_pilot(programme)

    assert all(allows(olga, permission, pilot=pilot) for permission in OWNER_GRANTS)
    assert not any(allows(olga, permission, pilot=other) for permission in OWNER_GRANTS)


def test_nobody_who_owns_the_pilot_decides_by_owning_it():
    assert Permission.DECIDE_GATE not in OWNER_GRANTS


def test_roles_add_up(programme):
    user = join(make_user(), programme, Role.OWNER, Role.GATEKEEPER)
    pilot = make_pilot(programme)

    assert allows(user, Permission.DECIDE_GATE, pilot=pilot)
    assert allows(user, Permission.CREATE_PILOT, programme=programme)


def test_being_refused_is_said_in_a_sentence(olga, pilot):
    with pytest.raises(PermissionDenied, match="Your role does not allow you to decide at a gate"):
        require(olga, Permission.DECIDE_GATE, pilot=pilot)


def test_being_allowed_says_nothing(ana, pilot):
    assert require(ana, Permission.DECIDE_GATE, pilot=pilot) is None


def test_templates_get_the_names_of_what_is_allowed(ana, pilot):
    assert granted(ana, pilot=pilot) == {
        "annotate_kpi",
        "approve_amendment",
        "approve_waiver",
        "decide_gate",
        "give_feedback",
        "hold_meeting",
        "send_back",
        "verify_benefit",
    }


def test_roles_are_read_once(ana, pilot, django_assert_num_queries):
    with django_assert_num_queries(1):
        granted(ana, pilot=pilot)
        granted(ana)


def test_who_is_named_for_a_criterion_may_fill_it_in_but_nothing_else(pilot, ana, sven):
    assert allows(ana, Permission.FILL_IN_GATE, pilot=pilot, named=ana.pk)
    assert not allows(sven, Permission.FILL_IN_GATE, pilot=pilot, named=ana.pk)
    assert not allows(ana, Permission.PLAN_GATE, pilot=pilot, named=ana.pk)


def test_who_started_long_work_may_steer_it(olga, petra):
    assert allows(olga, Permission.STEER_JOB, named=olga.pk)
    assert not allows(petra, Permission.STEER_JOB, named=olga.pk)


def test_who_holds_a_gatekeeper_role_may_sign_but_not_decide_by_it(pilot, adam):
    assert allows(adam, Permission.SIGN_OFF, pilot=pilot, seated=True)
    assert not allows(adam, Permission.SIGN_OFF, pilot=pilot)
    assert not allows(adam, Permission.DECIDE_GATE, pilot=pilot, seated=True)
