"""Secrets of other systems: readable with the key only, and the key can be changed."""

import stat
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ImproperlyConfigured

from pilots.secrets import WrongKey, decrypt, encrypt, encrypt_anew

OLD, NEW = "the old key of this test, long enough", "the new key of this test, long enough"


@pytest.fixture
def keys(settings):
    def use(*keys):
        settings.SECRETS_KEYS = list(keys)

    use(OLD)
    return use


@pytest.mark.parametrize("secret", ["", "letmein", "pässword ✓", "a" * 4_000])
def test_what_is_encrypted_can_be_decrypted(keys, secret):
    stored = encrypt(secret)

    assert decrypt(stored) == secret
    assert encrypt(secret) != stored
    assert not secret or secret not in stored


def test_another_key_does_not_decrypt_and_says_what_to_do(keys):
    stored = encrypt("letmein")
    keys(NEW)

    for read in (decrypt, encrypt_anew):
        with pytest.raises(
            WrongKey, match="Put that key back into SECRETS_KEYS, or enter the secret again."
        ) as wrong:
            read(stored)
        assert "letmein" not in str(wrong.value)


@pytest.mark.parametrize("stored", ["", "nonsense", "gAAAAA=="])
def test_what_was_never_encrypted_is_not_decrypted(keys, stored):
    with pytest.raises(WrongKey):
        decrypt(stored)


def test_a_changed_secret_is_not_decrypted(keys):
    stored = encrypt("letmein")
    changed = stored[:40] + ("A" if stored[40] != "A" else "B") + stored[41:]

    with pytest.raises(WrongKey):
        decrypt(changed)


def test_a_key_is_changed_by_putting_a_new_one_in_front(keys):
    stored = encrypt("letmein")
    keys(NEW, OLD)
    assert decrypt(stored) == "letmein"

    anew = encrypt_anew(stored)
    keys(NEW)
    assert decrypt(anew) == "letmein"
    with pytest.raises(WrongKey):
        decrypt(stored)


@pytest.mark.parametrize("given", [[], [""], ["too short"], [OLD, "too short"]])
def test_keys_that_protect_nothing_are_refused(keys, given):
    keys(*given)

    with pytest.raises(ImproperlyConfigured, match="at least 32 characters"):
        encrypt("letmein")


def test_an_installation_makes_its_own_key_that_only_its_owner_reads():
    path = Path(django_settings.DATA_DIR) / "secrets_key"

    assert [path.read_text()] == django_settings.SECRETS_KEYS
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert django_settings.SECRET_KEY not in django_settings.SECRETS_KEYS
