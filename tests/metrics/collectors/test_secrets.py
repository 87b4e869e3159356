"""Changing the key with which secrets are kept."""

import pytest
from django.core.management import CommandError, call_command

from metrics.models import Collector
from pilots.secrets import decrypt
from tests.builders import make_collector, make_kpi

pytestmark = pytest.mark.django_db
OLD, NEW = "old key of more than thirty-two characters", "new key of more than thirty-two characters"


@pytest.fixture
def collector(pilot, olga, settings):
    settings.SECRETS_KEYS = [OLD]
    make_collector(make_kpi(pilot, "Open"), by=olga, sign_in="none")
    return make_collector(make_kpi(pilot), by=olga, secret="letmein-5f3a")


def test_with_the_new_key_in_front_the_old_one_can_go(collector, settings, capsys):
    settings.SECRETS_KEYS = [NEW, OLD]

    call_command("encrypt_secrets_anew")
    call_command("encrypt_secrets_anew")

    assert capsys.readouterr().out.splitlines() == ["1 secret is encrypted with the first key."] * 2
    settings.SECRETS_KEYS = [NEW]
    kept = Collector.objects.get(pk=collector.pk).secret
    assert decrypt(kept) == "letmein-5f3a" and "letmein" not in kept


def test_a_secret_that_no_key_opens_is_named_and_left_as_it_is(collector, settings):
    settings.SECRETS_KEYS = [NEW]
    named = f"1 cannot be read with any of SECRETS_KEYS: Invoices per hour of {collector.kpi.pilot.key}."

    with pytest.raises(CommandError, match=named):
        call_command("encrypt_secrets_anew")

    assert Collector.objects.get(pk=collector.pk).secret == collector.secret
