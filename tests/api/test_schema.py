"""The schema: complete, valid, true of what the API answers, and shown on a page."""

import os
from io import StringIO
from itertools import pairwise

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, settings

from tests.api.world import BASE, program_of

EXAMPLES = os.environ.get("FUZZ_EXAMPLES")  # per operation, role and mode; `make fuzz` sends more, by chance
BOUNDED = settings(
    max_examples=int(EXAMPLES or 2),
    phases=[Phase.explicit, Phase.generate],
    derandomize=EXAMPLES is None,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)

pytestmark = [pytest.mark.django_db, pytest.mark.either]


def test_the_schema_is_made_without_a_warning():
    call_command("spectacular", "--fail-on-warn", "--validate", stdout=StringIO())


def test_every_operation_is_described(olga):
    paths = program_of(olga).get(f"{BASE}schema/?format=json").json()["paths"]
    operations = [operation for methods in paths.values() for operation in methods.values()]
    assert len(operations) == len({operation["operationId"] for operation in operations}) > 25
    assert all(operation["summary"] and operation["tags"] for operation in operations)
    assert {"tokenAuth": []} in operations[0]["security"]
    assert {"cookieAuth": []} in operations[0]["security"]


def test_both_ways_to_sign_in_are_described(olga):
    schemes = program_of(olga).get(f"{BASE}schema/?format=json").json()["components"]["securitySchemes"]
    assert set(schemes) == {"tokenAuth", "cookieAuth"}
    assert all(scheme["description"] for scheme in schemes.values())


@pytest.mark.parametrize("path", ["schema/", ""])
def test_strangers_do_not_read_the_schema(path):
    assert program_of(None).get(f"{BASE}{path}").status_code in (302, 401)


@pytest.fixture
def known(world):
    """What stands in addresses, by parameter; for `id` by the word before it."""
    return {
        "allowed-hosts": world.host.pk,
        "amendments": world.amendment.pk,
        "annotations": world.note.pk,
        "assessments": world.assessment.pk,
        "benefit": world.benefit.pk,
        "benefit-pools": world.pool.pk,
        "benefits": world.benefit.pk,
        "budget-lines": world.line.pk,
        "collectors": world.collector.pk,
        "columns": "standard",
        "conditions": world.condition.pk,
        "decisions": world.decision.pk,
        "distinctions": world.distinction.pk,
        "delegations": world.delegation.pk,
        "events": world.event.pk,
        "evidence": world.file.pk,
        "feedback": world.feedback.pk,
        "gate": world.gate.pk,
        "gatekeepers": world.risk.pk,
        "gates": world.gate.pk,
        "handovers": world.handed.pk,
        "items": world.item.pk,
        "jobs": world.running_job.pk,
        "key": world.pilot.key,
        "kpi": world.kpi.pk,
        "kpis": world.kpi.pk,
        "kpi-definitions": world.definition.pk,
        "line": world.line.pk,
        "measurement": world.reading.pk,
        "measurements": world.reading.pk,
        "meeting": world.running.pk,
        "meetings": world.planned.pk,
        "month": world.month.month,
        "number": 1,
        "people": world.risk.person_id,
        "overlaps": world.overlap.pk,
        "pilot": world.pilot.key,
        "playbooks": world.draft.pk,
        "programme": world.programme.slug,
        "signs": world.sign.pk,
        "slug": world.programme.slug,
        "waivers": world.waiver.pk,
        **{key: entry.pk for key, entry in world.entries.items()},
    }


@pytest.fixture
def fuzzed(world, olga, ana):
    """The API's own schema, bound to the application; bodies name things that are there."""
    raw = program_of(olga).get(f"{BASE}schema/?format=json").json()
    there = {
        "programme": [world.programme.slug],
        "pilot": [world.pilot.key],
        "assessment": [world.assessment.pk],
        "owner": [olga.pk, None],
        "sponsor": [ana.pk, None],
        "responsible": [olga.pk, None],
        "playbook": [world.playbook.playbook.key],
    }
    for name, component in raw["components"]["schemas"].items():
        if name.endswith("SentRequest"):
            for field in component["properties"].keys() & there.keys():
                component["properties"][field]["enum"] = there[field]
    schema = schemathesis.openapi.from_dict(raw)
    schema.app = get_wsgi_application()
    # As Django's own test client does: the request is inside the test's transaction.
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield schema
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


# A schema cannot say that a baseline needs its day, so what it allows may still be refused.
NOT_PROMISED = [schemathesis.checks.positive_data_acceptance]


RIGHT, WRONG = schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE
# An auditor changes nothing, so what is wrong with a request is found by the others.
TRIED = [
    *(("programme_manager", mode) for mode in (RIGHT, WRONG)),
    *(("gatekeeper", mode) for mode in (RIGHT, WRONG)),
    ("auditor", RIGHT),
]


# The client of schemathesis leaves downloads unread, and so their files open.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize(("role", "mode"), TRIED)
def test_whatever_is_sent_is_answered_as_the_schema_says(role, mode, fuzzed, known, cast):
    program = program_of(cast[role])
    sign_in = {"Authorization": program._credentials["HTTP_AUTHORIZATION"]}
    operations = [found.ok() for found in fuzzed.get_all_operations()]
    tried = operations if mode == RIGHT else [one for one in operations if can_be_wrong(one)]

    for operation in tried:
        strategy = operation.as_strategy(generation_mode=mode, path_parameters=fixed(operation, known, mode))

        @given(strategy)
        @BOUNDED
        def is_answered_as_described(case):
            case.call_and_validate(headers=sign_in, excluded_checks=NOT_PROMISED)

        is_answered_as_described()

    assert len(operations) >= len(tried) > 0.9 * len(operations) > 25


def can_be_wrong(operation) -> bool:
    """Whether the schema refuses any request for this: where any text is a name, looking for a wrong one takes long."""
    only_address = not list(operation.body) and not list(operation.query)
    return not only_address or any(
        one.definition["schema"] != {"type": "string"} for one in operation.path_parameters
    )


def fixed(operation, known, mode):
    """Addresses of things that are there; where only the address can be wrong it is left to chance."""
    names = in_address(operation.path)
    only_address = not list(operation.body) and not list(operation.query)
    if not names or (mode == WRONG and only_address):
        return None
    return {name: known[thing] for name, thing in names.items()}


def in_address(path: str) -> dict[str, str]:
    """The parameters of an address, each with the word under which `known` has what they name."""
    words = path.strip("/").split("/")
    names = {word.strip("{}"): before for before, word in pairwise(words) if word.startswith("{")}
    return {name: before if name == "id" else name for name, before in names.items()}


def test_every_address_can_be_filled_in(olga, known):
    paths = program_of(olga).get(f"{BASE}schema/?format=json").json()["paths"]
    needed = {thing for path in paths for thing in in_address(path).values()}
    assert needed == known.keys()
