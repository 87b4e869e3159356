"""Secrets of other systems, kept so that the database alone does not give them away.

Each is encrypted with the first of SECRETS_KEYS; every one of them can decrypt. So a key is changed by putting a new
one in front, encrypting everything anew, and then taking the old one away.
"""

from base64 import urlsafe_b64encode
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

SHORTEST_KEY = 32  # characters
PURPOSE = b"pilotage: secrets of other systems"


class WrongKey(Exception):
    """The secret was encrypted with a key that is not among SECRETS_KEYS; the message is for people."""

    def __init__(self) -> None:
        super().__init__(
            "The secret was encrypted with a key that this server no longer has. "
            "Put that key back into SECRETS_KEYS, or enter the secret again."
        )


def encrypt(secret: str) -> str:
    """The secret as it may be stored; never twice the same."""
    return _cipher().encrypt(secret.encode()).decode()


def decrypt(stored: str) -> str:
    """The secret that `encrypt` was given. Raises WrongKey."""
    try:
        return _cipher().decrypt(stored.encode()).decode()
    except InvalidToken:
        raise WrongKey from None


def encrypt_anew(stored: str) -> str:
    """The same secret, encrypted with the first key. Raises WrongKey."""
    try:
        return _cipher().rotate(stored.encode()).decode()
    except InvalidToken:
        raise WrongKey from None


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.SECRETS_KEYS))


@lru_cache(maxsize=4)
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    if not keys or min(len(key) for key in keys) < SHORTEST_KEY:
        raise ImproperlyConfigured(f"Each of SECRETS_KEYS must have at least {SHORTEST_KEY} characters.")
    return MultiFernet([_fernet(key) for key in keys])


def _fernet(key: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(key.encode())
    return Fernet(urlsafe_b64encode(derived))
