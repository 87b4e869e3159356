"""The files for production, held against the settings and the code they start; no Docker engine is needed."""

import ast
import importlib
import re
import shlex
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
OURS = ("web", "worker", "beat")
REQUIRED_IN_PRODUCTION = {
    *("SECRET_KEY", "DATABASE_URL", "REDIS_URL", "BASE_URL", "ALLOWED_HOSTS"),
    *("EMAIL_URL", "DEFAULT_FROM_EMAIL", "DATA_DIR"),
}


@pytest.fixture(scope="module")
def compose():
    return yaml.safe_load((ROOT / "docker-compose.yml").read_text())


@pytest.fixture(scope="module")
def services(compose):
    return compose["services"]


@pytest.fixture(scope="module")
def dockerfile():
    text = (ROOT / "Dockerfile").read_text().replace("\\\n", " ")
    return [line.split(maxsplit=1) for line in text.splitlines() if line and not line.startswith("#")]


def read_by_settings():
    """The names that settings.py asks the environment for."""
    tree = ast.parse((ROOT / "config" / "settings.py").read_text())
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
    return {
        call.args[0].value
        for call in calls
        if ast.unparse(call.func).split(".")[0] == "env" and isinstance(call.args[0], ast.Constant)
    }


def words(command):
    return shlex.split(command) if isinstance(command, str) else command


@pytest.mark.parametrize("name", OURS)
def test_every_variable_given_to_a_service_is_one_that_the_settings_read(services, name):
    assert set(services[name]["environment"]) <= read_by_settings()


@pytest.mark.parametrize("name", [*OURS, "migrate"])
def test_every_variable_that_production_needs_is_given(services, name):
    assert set(services[name]["environment"]) >= REQUIRED_IN_PRODUCTION
    assert read_by_settings() >= REQUIRED_IN_PRODUCTION


@pytest.mark.parametrize("variable", ["SECRET_KEY", "POSTGRES_PASSWORD"])
def test_a_secret_has_no_default_and_its_absence_stops_the_start(variable):
    uses = re.findall(r"\$\{" + variable + r"([^}]*)\}", (ROOT / "docker-compose.yml").read_text())

    assert uses
    assert all(use.startswith(":?") for use in uses)


def test_web_worker_and_beat_start_after_the_migrations_and_with_a_broker(services):
    for name in OURS:
        needs = services[name]["depends_on"]
        assert needs["migrate"]["condition"] == "service_completed_successfully"
        assert needs["redis"]["condition"] == "service_healthy"
    assert services["migrate"]["depends_on"]["db"]["condition"] == "service_healthy"


def test_every_lasting_service_says_whether_it_is_healthy(services):
    for name in set(services) - {"migrate"}:
        assert services[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL"), name


def test_the_python_of_health_checks_can_be_read(services):
    for name in ("web", "beat"):
        ast.parse(services[name]["healthcheck"]["test"][-1])


def test_the_web_health_check_asks_an_address_that_exists(services, settings):
    from django.urls import resolve

    path = re.search(r"8000(/\w+)", services["web"]["healthcheck"]["test"][-1]).group(1)

    assert resolve(path).func.__name__ == "readyz"
    assert "127.0.0.1" in services["web"]["environment"]["ALLOWED_HOSTS"]


def test_what_must_survive_lies_in_declared_volumes(compose, services):
    used = {mount.split(":")[0] for service in services.values() for mount in service.get("volumes", [])}

    assert used == set(compose["volumes"])
    assert f"data:{services['web']['environment']['DATA_DIR']}" in services["web"]["volumes"]


def test_the_programs_that_the_services_start_exist(services):
    for name in OURS:
        program, *arguments = words(services[name]["command"])
        importlib.import_module(program)
        module = arguments[arguments.index("-A") + 1] if program == "celery" else arguments[0]
        assert hasattr(
            importlib.import_module(module), "celery_app" if program == "celery" else "application"
        )


def test_the_scheduler_of_beat_exists(services):
    command = services["beat"]["command"]
    module, name = command[command.index("--scheduler") + 1].rsplit(".", 1)

    assert hasattr(importlib.import_module(module), name)


def test_the_commands_of_the_migration_service_exist(services):
    from django.core.management import get_commands

    script = words(services["migrate"]["command"])[-1]

    assert set(re.findall(r"manage\.py (\w+)", script)) <= set(get_commands())


def test_the_image_runs_as_an_ordinary_user_and_installs_by_hash(dockerfile):
    instructions = [name for name, _rest in dockerfile]
    users = [rest for name, rest in dockerfile if name == "USER"]
    installs = [rest for name, rest in dockerfile if name == "RUN" and "pip install" in rest]

    assert users and users[-1] not in ("root", "0")
    assert instructions.index("USER") < instructions.index("CMD")
    assert all("--require-hashes" in rest for rest in installs)


def test_the_image_gets_every_app_and_file_it_needs(settings):
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    apps = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}

    assert allowed >= apps | {"manage.py", "requirements.lock", "bootstrap.lock", "templates", "static"}
