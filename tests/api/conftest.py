import pytest

from pilots.choices import Role
from tests.api.world import make_world
from tests.builders import join, make_user


@pytest.fixture(autouse=True)
def files_aside(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def world(programme, olga, ana, erik, ida):
    return make_world(programme, owner=olga, decider=ana, signer=erik, helper=ida)


@pytest.fixture
def otto(programme):
    """Owns pilots here, but not this one."""
    return join(make_user("Otto Other", "otto@example.com"), programme, Role.OWNER)


@pytest.fixture
def cast(olga, otto, petra, ana, erik, adam, ida, nils):
    return {
        "owner": olga,
        "other_owner": otto,
        "programme_manager": petra,
        "gatekeeper": ana,
        "executive": erik,
        "auditor": adam,
        "administrator": ida,
        "outsider": nils,
        "nobody": None,
    }
