"""The demo is made once for all tests of it; each works on it in a transaction of its own."""

import pytest
from django.db import transaction
from django.utils import timezone

from gates.demo.seed import seed


@pytest.fixture(scope="package")
def _seeded(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        today = timezone.localdate()
        assert seed(today)
        yield today
        transaction.set_rollback(True)


@pytest.fixture
def demo(_seeded):
    """The day for which the demo was made; what the test writes is undone."""
    with transaction.atomic():
        yield _seeded
        transaction.set_rollback(True)
