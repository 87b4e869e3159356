"""What takes far longer to make than most tests that begin with it is made once for many of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.test import override_settings


@contextmanager
def made_once(django_db_blocker, **settings: Any) -> Iterator[None]:
    """Rows made inside, under these settings, are there for every test of the fixture's scope and gone after it.

    Each test needs the fixture `db` besides, which takes back what the test itself writes.
    """
    with django_db_blocker.unblock(), override_settings(**settings), transaction.atomic():
        yield
        transaction.set_rollback(True)
