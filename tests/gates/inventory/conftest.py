"""Files of pilots, and the playbooks that they follow, as the tests of imports have them."""

from tests.gates.imports.conftest import playbooks, shared_data, table

__all__ = ["playbooks", "shared_data", "table"]
