"""Creating, changing and archiving pilots; programmes and their members; tokens."""

from datetime import date

import pytest

from pilots import events
from pilots.actions.pilots import archive_pilot, create_pilot, edit_pilot, new_keys, restore_pilot
from pilots.actions.programmes import (
    add_member,
    create_programme,
    edit_programme,
    fix_currency,
    remove_member,
)
from pilots.actions.tokens import create_token, revoke_token
from pilots.choices import PilotState, Role
from pilots.models import Event, Membership, Pilot
from pilots.models.token import digest_of
from pilots.rules import RuleViolation
from tests.builders import join, make_pilot, make_programme, make_user, start

pytestmark = pytest.mark.django_db


def told(type_: str) -> Event:
    return Event.objects.get(type=type_)


# --- Pilots ------------------------------------------------------------------------------------
def test_a_new_pilot_is_in_intake_with_a_key_of_its_own(programme, olga):
    one = create_pilot(programme=programme, by=olga, title="Invoice reading", owner=olga)
    other = create_pilot(programme=programme, by=olga, title="Invoice reading")

    assert (one.state, one.owner, one.phase) == (PilotState.INTAKE, olga, "")
    assert one.key.startswith("PIL-")
    assert one.key != other.key
    assert Event.objects.filter(type=events.PILOT_CREATED).count() == 2


def test_keys_have_three_digits_and_more_when_needed():
    assert new_keys(2) == ["PIL-001", "PIL-002"]
    assert new_keys(1_000)[-1] == "PIL-1002"


@pytest.mark.parametrize("word", ["owner", "sponsor"])
def test_who_has_no_role_in_the_programme_cannot_answer_for_its_pilots(programme, petra, nils, word):
    sentence = f"Nils Nobody has no role in Customer service, so cannot be its {word}."

    with pytest.raises(RuleViolation) as refusal:
        create_pilot(programme=programme, by=petra, title="X", **{word: nils})

    assert refusal.value.reasons == [sentence]
    assert not Pilot.objects.exists()


def test_dates_that_contradict_each_other_are_refused(programme, petra, pilot):
    dates = {"intake_on": date(2026, 6, 1), "ends_on": date(2026, 1, 1)}

    with pytest.raises(RuleViolation, match="planned end is before"):
        create_pilot(programme=programme, by=petra, title="X", **dates)
    edit_pilot(pilot=pilot, by=petra, intake_on=dates["intake_on"])
    with pytest.raises(RuleViolation, match="planned end is before"):
        edit_pilot(pilot=pilot, by=petra, ends_on=dates["ends_on"])


def test_editing_writes_only_what_differs_and_says_so(pilot, petra, ana):
    edited = edit_pilot(pilot=pilot, by=petra, title="Invoices", owner=ana, unit="")

    pilot.refresh_from_db()
    assert (edited.title, pilot.title, pilot.owner) == ("Invoices", "Invoices", ana)
    assert told(events.PILOT_EDITED).changes == {
        "title": ["Invoice reading", "Invoices"],
        "owner": ["Olga Owner", "Ana Anders"],
    }


def test_an_edit_that_changes_nothing_is_not_recorded(pilot, petra):
    edit_pilot(pilot=pilot, by=petra, title=pilot.title, owner=pilot.owner)

    assert not Event.objects.exists()


def test_a_sponsor_who_lost_the_role_is_in_the_way_of_no_other_edit(pilot, petra, sven):
    sven.memberships.all().delete()

    edit_pilot(pilot=pilot, by=petra, title="Invoices", sponsor=sven)

    pilot.refresh_from_db()
    assert (pilot.title, pilot.sponsor) == ("Invoices", sven)


def test_an_archived_pilot_is_not_edited(pilot, petra):
    archive_pilot(pilot=pilot, by=petra)

    with pytest.raises(RuleViolation, match="Restore it before changing it"):
        edit_pilot(pilot=pilot, by=petra, title="Invoices")


def test_a_pilot_is_archived_and_restored_and_never_deleted(pilot, petra):
    archive_pilot(pilot=pilot, by=petra)
    assert not Pilot.objects.listed().exists()

    restore_pilot(pilot=pilot, by=petra)
    restore_pilot(pilot=pilot, by=petra)

    assert Pilot.objects.listed().get() == pilot
    assert [event.type for event in Event.objects.order_by("pk")] == [
        events.PILOT_ARCHIVED,
        events.PILOT_RESTORED,
    ]


def test_a_running_pilot_is_not_archived(pilot, petra):
    start(pilot)

    with pytest.raises(RuleViolation, match="running pilot cannot be archived"):
        archive_pilot(pilot=pilot, by=petra)


# --- Programmes --------------------------------------------------------------------------------
def test_a_programme_gets_an_address_of_its_own(ida):
    names = ["Customer service", "Customer-service", "客户", "!!!", "x" * 120]

    slugs = [create_programme(name=name, by=ida).slug for name in names]

    assert slugs[:4] == ["customer-service", "customer-service-2", "programme", "programme-2"]
    assert len(set(slugs)) == 5


def test_a_programmes_name_is_taken_whatever_the_case(ida):
    create_programme(name="Logistics", by=ida)
    other = create_programme(name="Sales", by=ida)

    for attempt in (
        lambda: create_programme(name="LOGISTICS", by=ida),
        lambda: edit_programme(programme=other, name="logistics", description="", by=ida),
    ):
        with pytest.raises(RuleViolation, match="already a programme of this name"):
            attempt()


def test_a_renamed_programme_keeps_its_address(ida):
    programme = create_programme(name="Logistics", by=ida)

    edit_programme(programme=programme, name="Supply", description="All of it.", by=ida)
    edit_programme(programme=programme, name="Supply", description="All of it.", by=ida)

    programme.refresh_from_db()
    assert (programme.name, programme.slug) == ("Supply", "logistics")
    assert told(events.PROGRAMME_EDITED).changes == {
        "name": ["Logistics", "Supply"],
        "description": ["", "All of it."],
    }


def test_a_programme_counts_in_the_currency_it_names_or_that_of_the_organisation(ida, settings):
    settings.CURRENCY = "SEK"

    assert create_programme(name="Logistics", by=ida).currency == "SEK"
    assert create_programme(name="Sales", currency="CHF", by=ida).currency == "CHF"
    with pytest.raises(RuleViolation, match="three capital letters"):
        create_programme(name="Legal", currency="euro", by=ida)


def test_a_currency_is_chosen_freely_until_an_amount_is_recorded_in_it(ida):
    programme = create_programme(name="Logistics", by=ida)
    facts = {"programme": programme, "name": "Logistics", "description": "", "by": ida}

    edit_programme(currency="CHF", **facts)
    assert told(events.PROGRAMME_EDITED).changes == {"currency": ["EUR", "CHF"]}
    assert fix_currency(programme.pk) == "CHF"

    with pytest.raises(RuleViolation, match="recorded in CHF already"):
        edit_programme(currency="EUR", **facts)
    assert edit_programme(**facts).currency == "CHF"


# --- Members -----------------------------------------------------------------------------------
def test_a_role_is_given_once(programme, ida):
    user = make_user("Eva Extra")

    add_member(programme=programme, user=user, role=Role.AUDITOR, by=ida)
    add_member(programme=programme, user=user, role=Role.AUDITOR, by=ida)

    assert user.memberships.count() == 1
    event = told(events.MEMBER_ADDED)
    assert (event.data, event.changes) == ({"person": "Eva Extra"}, {"role": [None, "auditor"]})


def test_taking_a_role_is_recorded(programme, ana, ida):
    remove_member(membership=ana.memberships.get(), by=ida)

    assert not Membership.objects.filter(user=ana).exists()
    event = told(events.MEMBER_REMOVED)
    assert (event.data, event.changes) == ({"person": "Ana Anders"}, {"role": ["gatekeeper", None]})


def test_who_owns_running_pilots_keeps_the_last_role_there(pilot, olga, ida):
    start(pilot)

    with pytest.raises(RuleViolation, match="still owns running pilots here"):
        remove_member(membership=olga.memberships.get(), by=ida)

    assert olga.memberships.exists()


def test_who_owns_running_pilots_may_lose_one_of_two_roles_there(pilot, programme, olga, ida):
    start(pilot)
    join(olga, programme, Role.GATEKEEPER)

    remove_member(membership=olga.memberships.get(role=Role.OWNER), by=ida)

    assert olga.memberships.get().role == Role.GATEKEEPER


def test_a_role_everywhere_is_a_role_there(pilot, olga, ida):
    start(pilot)
    join(olga, None, Role.AUDITOR)

    remove_member(membership=olga.memberships.get(role=Role.OWNER), by=ida)

    assert olga.memberships.get().programme is None


def test_the_last_role_everywhere_is_kept_while_pilots_run_anywhere(ida):
    owner = join(make_user("Eva Extra"), None, Role.OWNER)
    covered, bare = make_pilot(owner=owner), make_pilot(owner=owner)
    join(owner, covered.programme, Role.OWNER)
    start(covered)
    start(bare)

    with pytest.raises(RuleViolation, match="still owns running pilots here"):
        remove_member(membership=owner.memberships.get(programme=None), by=ida)

    join(owner, bare.programme, Role.OWNER)
    remove_member(membership=owner.memberships.get(programme=None), by=ida)
    assert owner.memberships.count() == 2


def test_a_role_is_taken_though_pilots_run_elsewhere(olga, ida):
    elsewhere = make_programme()
    join(olga, elsewhere, Role.OWNER)
    start(make_pilot(elsewhere, owner=olga))

    remove_member(membership=olga.memberships.exclude(programme=elsewhere).get(), by=ida)

    assert olga.memberships.get().programme == elsewhere


def test_pilots_in_intake_keep_nobody(pilot, olga, ida):
    remove_member(membership=olga.memberships.get(), by=ida)

    assert not olga.memberships.exists()


# --- Tokens ------------------------------------------------------------------------------------
def test_a_token_is_told_once_and_kept_as_a_hash(olga):
    token, secret = create_token(user=olga, name="Meter")

    assert token.digest == digest_of(secret)
    assert secret not in str(told(events.TOKEN_CREATED).data)


def test_revoking_twice_changes_nothing(olga, on):
    token, _ = create_token(user=olga, name="Meter")
    with on("2026-03-02"):
        revoke_token(token=token, by=olga)
    with on("2026-03-09"):
        again = revoke_token(token=token, by=olga)

    assert again.revoked_at.date() == date(2026, 3, 2)
    assert told(events.TOKEN_REVOKED).data == {"name": "Meter"}
