"""The audit trail, put in order again."""

import pytest
from django.db import connection


@pytest.fixture
def keys_again():
    yield
    with connection.cursor() as cursor:  # what is left hanging would be noticed when the test ends
        for table in ("anchoredhead", "anchor", "verification", "seal", "chainhead", "event"):
            cursor.execute(f"DELETE FROM pilots_{table}")
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = DEFAULT")
