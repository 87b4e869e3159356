"""The set-up script: what it says when it cannot go on, and that it does nothing twice."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import bootstrap

ROOT = Path(bootstrap.__file__).parent
LOCKS = ("bootstrap.lock", "requirements.lock", "requirements-dev.lock")
OFFLINE = {
    "PIP_CONFIG_FILE": os.devnull,
    "PIP_INDEX_URL": "http://127.0.0.1:9/simple",  # nobody listens on the discard port
    "PIP_FIND_LINKS": "",
    "PIP_RETRIES": "0",
}


@pytest.fixture
def clone(tmp_path):
    """A folder with the files of the set-up, whose lock lists nothing."""
    shutil.copy(ROOT / "bootstrap.py", tmp_path)
    for name in LOCKS:
        (tmp_path / name).write_text("")
    return tmp_path


def setup(folder, **environment):
    return subprocess.Popen(
        [sys.executable, "bootstrap.py", "setup"],
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said_by(process):
    return process.communicate(timeout=60)[0]


def pins(name):
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==(\S+)", (ROOT / name).read_text(), re.MULTILINE))


@pytest.mark.process
def test_two_setups_at_once_do_not_break_each_other_and_a_third_has_nothing_to_do(clone):
    both = [setup(clone), setup(clone)]
    said = [said_by(process) for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    assert sum("Creating .venv" in words for words in said) == 1
    third = said_by(setup(clone))
    assert "Creating" not in third
    assert "Installing" not in third


@pytest.mark.process
def test_a_changed_lock_file_is_installed_and_a_broken_environment_is_made_again(clone):
    said_by(setup(clone))

    (clone / "requirements.lock").write_text("# changed\n")
    assert "Installing the packages" in said_by(setup(clone))
    shutil.rmtree(clone / ".venv" / "bin")
    assert "Creating .venv" in said_by(setup(clone))


@pytest.mark.process
def test_without_a_network_it_says_so_and_leaves_no_half_truth_behind(clone):
    (clone / "bootstrap.lock").write_text(f"uv==1.0 --hash=sha256:{'0' * 64}\n")
    (clone / "requirements.lock").write_text(f"django==5.2 --hash=sha256:{'0' * 64}\n")

    offline = setup(clone, **OFFLINE)
    said = said_by(offline)

    assert offline.returncode == 1
    assert "the package index does not answer" in said
    assert "Traceback" not in said
    assert not (clone / ".venv" / "installed.json").exists()


def test_an_old_python_is_told_which_one_is_needed(monkeypatch, capsys):
    monkeypatch.setattr(sys, "version_info", (3, 9, 2, "final", 0))

    assert bootstrap.main(["run"]) == 2
    assert "Pilotage needs Python 3.11 or newer; this is Python 3.9" in capsys.readouterr().err


def test_the_script_can_be_read_by_a_python_too_old_to_run_it():
    import ast

    ast.parse((ROOT / "bootstrap.py").read_text(), feature_version=(3, 6))


def test_a_python_without_venv_is_told_what_to_install(monkeypatch, tmp_path):
    refusal = subprocess.CompletedProcess([], 1, "It was not created: ensurepip is not available", "")
    monkeypatch.setattr(bootstrap.subprocess, "run", lambda *_, **__: refusal)

    with pytest.raises(bootstrap.SetupError, match="apt-get install python3-venv"):
        bootstrap.create_environment()


def test_the_development_environment_also_serves_for_running(monkeypatch, tmp_path):
    stamp = tmp_path / "installed.json"
    monkeypatch.setattr(bootstrap, "STAMP", stamp)
    monkeypatch.setattr(bootstrap, "is_usable", lambda: True)
    monkeypatch.setattr(bootstrap, "install_packages", lambda lock: None)

    bootstrap.install(bootstrap.DEVELOPMENT_LOCK)
    assert set(json.loads(stamp.read_text())) == {"home", "requirements.lock", "requirements-dev.lock"}
    bootstrap.install(bootstrap.RUNTIME_LOCK)
    assert set(json.loads(stamp.read_text())) == {"home", "requirements.lock"}


def test_an_unknown_command_shows_the_commands(capsys):
    assert bootstrap.main(["rnu"]) == 2
    assert "Usage: python3 bootstrap.py COMMAND" in capsys.readouterr().out


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_file_pins_hashes_and_names_no_address(name):
    text = (ROOT / name).read_text()

    assert "://" not in text
    assert len(re.findall(r"^\S+==", text, re.MULTILINE)) > 0
    for entry in re.split(r"\n(?=\S)", text):
        assert "==" not in entry or "--hash=sha256:" in entry


def test_the_development_lock_contains_the_runtime_lock():
    development = pins("requirements-dev.lock")

    assert {name: development.get(name) for name in pins("requirements.lock")} == pins("requirements.lock")
